import { ApiError, TimeoutError, UnreachableError } from '@visavis/client';
import type { EndedReason } from '@visavis/protocol';
import type { TextKey, Texts } from './texts/index.ts';

/** What the server says of a call or a message that cannot be had, by its code. */
const REFUSALS: Record<string, TextKey> = {
  'no-capacity': 'full',
  'no-speech-model': 'noSpeech',
  'speech-model-loading': 'loadingModels',
  'language-model-loading': 'loadingModels',
  'no-language-model': 'noModel',
  'concurrency-limit': 'tooMany',
  'rate-limited': 'tooFast',
  'session-busy': 'tooFast',
  'provider-failed': 'answerFailed',
  'provider-unavailable': 'answerFailed',
  'worker-lost': 'answerFailed',
  'server-restarting': 'unreachable',
  'session-ended': 'ended',
  'session-not-found': 'lost',
  'invalid-token': 'lost',
};

const ENDED: Record<EndedReason, TextKey> = {
  'ended-by-client': 'endedByYou',
  'ended-by-agent': 'endedByAgent',
  'nobody-joined': 'endedGone',
  'client-gone': 'endedGone',
  silence: 'endedSilence',
  'idle-timeout': 'endedIdle',
  'max-duration': 'endedLength',
  'provider-failed': 'endedFailed',
  'worker-lost': 'endedFailed',
  'agent-deleted': 'lost',
  'server-recovered': 'endedServer',
  shutdown: 'endedServer',
};

/** What the embed itself refuses: said in the server's own words, instead of a conversation. */
const EMBED_REFUSALS = new Set([
  'embed-not-found',
  'embed-expired',
  'embed-budget-exhausted',
  'origin-not-allowed',
  'session-type-not-allowed',
]);

export function isEmbedRefusal(error: unknown): boolean {
  return error instanceof ApiError && EMBED_REFUSALS.has(error.code);
}

/** Whether the session is gone, so that a new one can begin. */
export function isOver(error: unknown): boolean {
  return error instanceof ApiError && ['session-ended', 'session-not-found', 'invalid-token'].includes(error.code);
}

/** What went wrong, in words for whoever sits in front of it. */
export function problemText(error: unknown, texts: Texts): string {
  if (error instanceof ApiError) {
    const key = REFUSALS[error.code];
    return key ? texts[key] : `${error.message}${/[.!?。]$/.test(error.message) ? '' : '.'}`;
  }
  if (error instanceof UnreachableError || error instanceof TimeoutError || error instanceof TypeError) return texts.unreachable;
  return texts.failed;
}

export function endedText(reason: string | null | undefined, texts: Texts): string {
  return texts[ENDED[reason as EndedReason] ?? 'ended'];
}

/** A stable word for programs. */
export function codeOf(error: unknown): string {
  if (error instanceof ApiError) return error.code;
  return error instanceof UnreachableError || error instanceof TimeoutError ? 'unreachable' : 'failed';
}
