import type { LanguageModelEndpoint } from '../../core/conversation.ts';
import type { LanguageModelConnections } from './connections.ts';
import { describeFailure, type EndpointFailureKind } from './endpoint-failure.ts';
import { parametersOf } from './request-parameters.ts';

/** Whether an endpoint works, and if not, what its owner can do something about. */
export type EndpointTest =
  | { ok: true; ms: number; model: string }
  | {
      ok: false;
      kind: 'unauthorized' | 'unreachable' | 'not-allowed' | 'bad-answer' | 'timeout' | 'rate-limited';
      /** At most 200 characters, without the key. */
      detail: string;
    };

/** Somebody watches a button; a model that needs longer for one word is of no use in a conversation. */
const MAX_TEST_MS = 20_000;
const TEST_TOKENS = 5;

/**
 * Tries an endpoint with a real completion of a few tokens, once. `model` is the name the provider gives itself; `ms` until the answer was whole.
 * Throws only when `signal` is aborted.
 */
export async function testEndpoint(
  connections: LanguageModelConnections,
  endpoint: LanguageModelEndpoint,
  signal: AbortSignal,
): Promise<EndpointTest> {
  const startedAt = performance.now();
  const limitMs = Math.min(endpoint.firstTokenTimeoutMs, MAX_TEST_MS);
  const limit = AbortSignal.timeout(limitMs);
  try {
    const answer = await connections.client(endpoint).chat.completions.create(
      {
        model: endpoint.model,
        messages: [{ role: 'user', content: 'Say OK.' }],
        ...parametersOf({ ...endpoint, maxTokens: TEST_TOKENS }),
        stream: false,
      },
      { signal: AbortSignal.any([signal, limit]) },
    );
    if (!Array.isArray(answer?.choices) || !answer.choices[0]?.message) {
      return { ok: false, kind: 'bad-answer', detail: 'The answer is no chat completion' };
    }
    return { ok: true, ms: performance.now() - startedAt, model: answer.model || endpoint.model };
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) return { ok: false, kind: 'timeout', detail: `No answer within ${limitMs} ms` };
    const { kind, detail } = describeFailure(error, endpoint.apiKey);
    return { ok: false, kind: TOLD[kind], detail };
  }
}

const TOLD: Record<EndpointFailureKind, (EndpointTest & { ok: false })['kind']> = {
  unauthorized: 'unauthorized',
  'rate-limited': 'rate-limited',
  busy: 'rate-limited',
  loading: 'bad-answer',
  'server-error': 'bad-answer',
  rejected: 'bad-answer',
  unreachable: 'unreachable',
  'not-allowed': 'not-allowed',
  timeout: 'timeout',
  'bad-answer': 'bad-answer',
  'too-long': 'bad-answer',
};
