import { ApiError } from '../rest/errors.ts';
import { type Call, CallRefused } from './call.ts';
import type { LiveEnd } from './state.ts';
import { problemOf } from './texts.ts';

/** What no further attempt changes ends the call; what may pass is tried again. */
export function refusalOf(error: unknown, call: Call | undefined): unknown {
  const lasting = error instanceof ApiError && error.status < 500 && error.status !== 429;
  const missing = error instanceof ApiError && ['no-capacity', 'no-speech-model', 'speech-model-loading'].includes(error.code);
  const first = call === undefined || call.state.name === 'connecting';
  return lasting || (missing && first) ? new CallRefused('refused', { cause: error }) : error;
}

/** Whether the server has no room for it now. */
export const isFull = (error: unknown): boolean => error instanceof ApiError && error.code === 'no-capacity';

/** Whether the answer means that the session is gone; then a new one can begin. */
export function isOver(error: unknown): boolean {
  return error instanceof ApiError && ['session-ended', 'session-not-found', 'invalid-token'].includes(error.code);
}

/** The end of a conversation that was refused so. */
export function refused(error: unknown): LiveEnd {
  const { code, text } = problemOf(error);
  return { kind: 'refused', code, text };
}
