import type { llm } from '@livekit/agents';
import { LLM } from '@livekit/agents-plugin-openai';
import type { OpenAI } from 'openai';
import type { LanguageModelEndpoint } from '../../core/conversation.ts';
import type { LanguageModelConnections } from './connections.ts';
import { parametersOf } from './request-parameters.ts';

/** What one call tells beyond its tokens: the plugin keeps neither the provider's error nor the reason of the end. */
export interface CallWatch {
  /** The error as the client threw it. */
  error?: unknown;
  /** Whether the provider said that its answer is whole. */
  finished: boolean;
  /** Something was generated: a word, a thought or a tool call. */
  onProgress: () => void;
}

/** Builds a model for one call; a `watch` belongs to that call alone. */
export type CreateLanguageModel = (endpoint: LanguageModelEndpoint, watch: CallWatch) => llm.LLM;

/** LiveKit's OpenAI plugin on our connections. Cheap enough to be built for every call; owns nothing. */
export function createLanguageModel(
  endpoint: LanguageModelEndpoint,
  connections: LanguageModelConnections,
  watch: CallWatch = { finished: false, onProgress: () => {} },
): llm.LLM {
  return new LLM({ model: endpoint.model, client: watched(connections.client(endpoint), endpoint, watch) });
}

/** What the plugin uses of a client, with eyes on it. */
function watched(client: OpenAI, endpoint: LanguageModelEndpoint, watch: CallWatch): OpenAI {
  const { completions } = client.chat;
  async function create(
    body: OpenAI.ChatCompletionCreateParamsStreaming,
    options: OpenAI.RequestOptions,
  ): Promise<AsyncIterable<OpenAI.ChatCompletionChunk>> {
    try {
      return watchedChunks(await completions.create({ ...body, ...parametersOf(endpoint) }, options), watch);
    } catch (error) {
      watch.error = error;
      throw error;
    }
  }
  // The border: the plugin calls nothing else.
  return { baseURL: client.baseURL, chat: { completions: { create } } } as unknown as OpenAI;
}

async function* watchedChunks(
  chunks: AsyncIterable<OpenAI.ChatCompletionChunk>,
  watch: CallWatch,
): AsyncGenerator<OpenAI.ChatCompletionChunk> {
  try {
    for await (const chunk of chunks) {
      const choice = chunk.choices?.[0];
      if (choice?.finish_reason) watch.finished = true;
      if (choice && hasProgress(choice.delta)) watch.onProgress();
      yield chunk;
    }
  } catch (error) {
    watch.error = error;
    throw error;
  }
}

/** DeepSeek, vLLM and Ollama stream a model's thoughts under these names: it is alive, though there is no word yet. */
function hasProgress(
  delta: OpenAI.ChatCompletionChunk.Choice.Delta & { reasoning_content?: unknown; reasoning?: unknown },
): boolean {
  return Boolean(delta?.content || delta?.tool_calls || delta?.reasoning_content || delta?.reasoning);
}
