import { SpeechFailure, type SpeechFailureKind } from '../../core/speech/callable-speech.ts';
import { AddressNotAllowedError } from '../private-network.ts';

/** What an HTTP status, or the one in a vendor's error message, means. */
export function failureOfStatus(status: number): SpeechFailure {
  return new SpeechFailure(kindOfStatus(status), `The vendor answered with status ${status}`);
}

function kindOfStatus(status: number): SpeechFailureKind {
  if (status === 401 || status === 403) return 'unauthorized';
  // 402: no credit left.
  if (status === 402 || status === 429) return 'rate-limited';
  if (status >= 500) return 'server-error';
  return status >= 400 ? 'rejected' : 'bad-answer';
}

/** What an error of a connection means. Its text is not passed on: it may hold an address. */
export function failureOfConnection(error: unknown): SpeechFailure {
  if (error instanceof SpeechFailure) return error;
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (typeof status === 'number') return failureOfStatus(status);
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof AddressNotAllowedError) return new SpeechFailure('not-allowed', undefined, { cause: error });
  }
  const text = error instanceof Error ? error.message : '';
  const kind = /timed? ?out/i.test(text) ? 'timeout' : 'unreachable';
  return new SpeechFailure(kind, 'The vendor cannot be reached', { cause: error });
}
