import { z } from 'zod';
import type { ChatTurn, GenerateRequest, Sampling } from './generator.ts';

const Text = z.union([
  z.string(),
  z.array(z.object({ type: z.literal('text'), text: z.string() })).transform((parts) => parts.map((part) => part.text).join('')),
]);

const Message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: Text.nullish().transform((content) => content ?? ''),
});

/** The body of a chat completion, as far as the local model knows it; what it does not know is passed over. */
const ChatRequest = z.object({
  messages: z.array(Message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repeat_penalty: z.number().min(0.5).max(2).nullish(),
  seed: z.int().nullish(),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  stop: z
    .union([z.string(), z.array(z.string()).max(16)])
    .nullish()
    .transform((stop) => (typeof stop === 'string' ? [stop] : (stop ?? [])).filter((text) => text !== '')),
});

/** A request as the generator takes it, and how the answer is sent. */
export interface ParsedChatRequest extends GenerateRequest {
  stream: boolean;
  includeUsage: boolean;
}

/** What a request gets that says nothing; measured in docs/models.md. */
export const DEFAULT_SAMPLING: Sampling = { temperature: 0, topP: 0.95, minP: 0.05, repeatPenalty: 1.1 };
const DEFAULT_MAX_TOKENS = 512;

/** Reads the body of `POST /v1/chat/completions`; the text says what is wrong with it. */
export function parseChatRequest(body: unknown): { request: ParsedChatRequest } | { problem: string } {
  const parsed = ChatRequest.safeParse(body);
  if (!parsed.success) {
    return { problem: parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; ') };
  }
  const { data } = parsed;
  const messages: ChatTurn[] = data.messages.map(({ role, content }) => ({
    role: role === 'developer' ? 'system' : role,
    content,
  }));
  return {
    request: {
      messages,
      sampling: {
        temperature: data.temperature ?? DEFAULT_SAMPLING.temperature,
        topP: data.top_p ?? DEFAULT_SAMPLING.topP,
        minP: data.min_p ?? DEFAULT_SAMPLING.minP,
        repeatPenalty: data.repeat_penalty ?? DEFAULT_SAMPLING.repeatPenalty,
        ...(data.seed === null || data.seed === undefined ? {} : { seed: data.seed }),
      },
      maxTokens: data.max_completion_tokens ?? data.max_tokens ?? DEFAULT_MAX_TOKENS,
      stop: data.stop,
      stream: data.stream ?? false,
      includeUsage: data.stream_options?.include_usage ?? false,
    },
  };
}
