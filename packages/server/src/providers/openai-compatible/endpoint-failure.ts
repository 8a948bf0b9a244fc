import { OpenAI } from 'openai';
import { AddressNotAllowedError } from '../private-network.ts';

/** What went wrong with one call of one endpoint. */
export type EndpointFailureKind =
  | 'unauthorized'
  | 'rate-limited'
  | 'loading'
  | 'busy'
  | 'server-error'
  | 'rejected'
  | 'unreachable'
  | 'not-allowed'
  | 'timeout'
  | 'bad-answer'
  | 'too-long';

/** One failure, fit for logs and metrics: it holds no word of a conversation and no key. */
export interface EndpointFailure {
  kind: EndpointFailureKind;
  /** The HTTP status, where there was one. */
  status?: number;
  /** Whether the same request may do better in a moment. */
  retryable: boolean;
  /** How long the provider asks to wait. */
  retryAfterMs?: number;
  /** At most 200 characters, without the key. Vendors may quote the request in it: for the owner of the key, not for logs. */
  detail: string;
}

const MAX_DETAIL = 200;

/** Tells what an error of the client, the connection or the stream means. `apiKey` is removed from the detail. */
export function describeFailure(error: unknown, apiKey: string | undefined): EndpointFailure {
  const detail = scrub(messageOf(error), apiKey);
  const blocked = causes(error).some((cause) => cause instanceof AddressNotAllowedError);
  if (blocked) return { kind: 'not-allowed', retryable: false, detail };
  if (error instanceof OpenAI.APIConnectionTimeoutError) return { kind: 'timeout', retryable: false, detail };
  if (error instanceof OpenAI.APIConnectionError) return { kind: 'unreachable', retryable: true, detail };
  if (error instanceof OpenAI.APIError && error.status !== undefined) {
    const { status } = error;
    const retryAfterMs = retryAfter(error.headers);
    const common = { status, detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    // The local model says these two; see `core/conversation.ts` for what a caller is told.
    if (error.code === 'language-model-loading') return { kind: 'loading', retryable: false, ...common };
    if (error.code === 'model-busy') return { kind: 'busy', retryable: true, ...common };
    if (status === 401 || status === 403) return { kind: 'unauthorized', retryable: false, ...common };
    // An empty account answers 429 as well, and does so for days.
    if (status === 429) return { kind: 'rate-limited', retryable: error.code !== 'insufficient_quota', ...common };
    if (status >= 500 || status === 408 || status === 409) return { kind: 'server-error', retryable: true, ...common };
    if (status >= 400) return { kind: 'rejected', retryable: false, ...common };
    return { kind: 'bad-answer', retryable: false, ...common };
  }
  if (error instanceof SyntaxError || error instanceof OpenAI.APIError) return { kind: 'bad-answer', retryable: false, detail };
  if (causes(error).some(isConnectionError)) return { kind: 'unreachable', retryable: true, detail };
  return { kind: 'bad-answer', retryable: false, detail };
}

/** A vendor's text, short and without the key, should the vendor have quoted it. */
export function scrub(text: string, apiKey: string | undefined): string {
  let clean = text;
  if (apiKey && apiKey.length >= 4) clean = clean.replaceAll(apiKey, '***');
  // Vendors quote keys with stars in the middle, which the exact match misses.
  clean = clean
    .replace(/\b(sk|key|pk|gsk)[-_][\w*.-]{6,}/gi, '***')
    .replace(/\s+/g, ' ')
    .trim();
  return clean.length > MAX_DETAIL ? `${clean.slice(0, MAX_DETAIL - 1)}…` : clean;
}

function messageOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'The answer is not valid JSON'; // Its message quotes the answer.
  const last = causes(error).at(-1);
  const inner = last instanceof Error && last !== error ? last.message : '';
  const outer = error instanceof Error ? error.message : 'Unknown error';
  return inner && !outer.includes(inner) ? `${outer} ${inner}` : outer;
}

function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let next = error; next instanceof Error && chain.length < 8; next = next.cause) {
    chain.push(next);
    if (next instanceof AggregateError) chain.push(...next.errors);
  }
  return chain;
}

function isConnectionError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(E[A-Z]+|UND_ERR_.*)$/.test(code);
}

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), in ms. */
function retryAfter(headers: Headers | undefined): number | undefined {
  const value = headers?.get('retry-after');
  if (!value) return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
