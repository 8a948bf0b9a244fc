import { ApiError } from '@visavis/client';
import type { Told } from '@visavis/client/live';
import type { EndedReason } from '@visavis/protocol';
import type { TextKey, Texts } from './texts/index.ts';

/** What is told, by its code. The texts of the SDK are in English and speak of a page of another kind. */
const TOLD: Record<string, TextKey> = {
  'microphone-insecure-origin': 'micInsecure',
  'microphone-unsupported': 'micUnsupported',
  'microphone-refused': 'micRefused',
  'microphone-none': 'micNone',
  'microphone-busy': 'micBusy',
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
  'call-lost': 'callLost',
  'session-type-not-allowed': 'refusedType',
  'embed-busy': 'refusedBusy',
  'embed-budget-exhausted': 'refusedBudget',
  'went-on-in-writing': 'goesOnInWriting',
  'no-room-for-face': 'faceFull',
  unreachable: 'unreachable',
  unknown: 'failed',
};

/** After these one can write all the same. */
const WRITING_HELPS =
  /^microphone-|^no-capacity$|^no-speech-model$|^speech-model-loading$|^session-type-not-allowed$|^call-lost$/;

const NOTES: Record<string, TextKey> = {
  'no-webgl': 'faceFailed',
  'face-failed': 'faceFailed',
  'picture-failed': 'faceFailed',
  'picture-returning': 'facePaused',
  'picture-paused': 'facePaused',
  'picture-simpler': 'faceSimpler',
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

/** What the embed itself refuses: said instead of a conversation. */
const REFUSALS: Record<string, TextKey> = {
  'embed-not-found': 'refusedGone',
  'embed-expired': 'refusedGone',
  'embed-busy': 'refusedBusy',
  'embed-budget-exhausted': 'refusedBudget',
  'origin-not-allowed': 'refusedOrigin',
};

/** A conversation that has begun stays, whatever of a budget is left for its next call or message. */
const OF_BUDGETS = ['embed-busy', 'embed-budget-exhausted'];

/** Whether there is to be no conversation; `begun`: it was going on. */
export function isEmbedRefusal(error: unknown, begun: boolean): error is ApiError {
  return error instanceof ApiError && Object.hasOwn(REFUSALS, error.code) && !(begun && OF_BUDGETS.includes(error.code));
}

/** For the visitor; whoever builds the page finds the server's words in the browser's console. `begun`: the conversation was going on. */
export function refusalText({ code }: ApiError, texts: Texts, begun: boolean): string {
  // The origin was allowed when it began: the embed is gone since, or allows the page no more.
  return texts[code === 'origin-not-allowed' && begun ? 'refusedGone' : (REFUSALS[code] ?? 'unavailable')];
}

/** What went wrong, in words for whoever sits in front of it. */
export function toldText({ code, text, error }: Told, texts: Texts, canWrite: boolean): string {
  // A notice of the server is in the agent's language already.
  const key = code === 'provider-failed' && error === undefined ? undefined : TOLD[code];
  const words = key ? texts[key] : text;
  return canWrite && WRITING_HELPS.test(code) ? `${words} ${texts.writeMeanwhile}` : words;
}

/** How a picture falls short. */
export function noteText({ code, text }: Told, texts: Texts): string {
  const key = NOTES[code];
  return key ? texts[key] : text;
}

export function endedText(reason: string | null, texts: Texts): string {
  return texts[ENDED[reason as EndedReason] ?? 'ended'];
}
