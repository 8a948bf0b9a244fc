import type { EndedReason } from '@visavis/protocol';
import { ApiError, TimeoutError, UnreachableError } from '../rest/errors.ts';
import { MicrophoneError, type MicrophoneProblem } from './microphone.ts';
import type { Told } from './state.ts';

const MICROPHONE: Record<MicrophoneProblem, string> = {
  'insecure-origin':
    'Browsers give pages a microphone only over https (or on localhost), and this page came over plain http. Open it over https to talk; writing works here, too.',
  unsupported:
    'This browser cannot make calls (WebRTC). You can write instead, or open this page in a current Chrome, Edge, Firefox or Safari.',
  refused:
    'The microphone was not allowed. Allow it in the site settings beside the address, then press Start again. You can write meanwhile.',
  none: 'No microphone was found. Plug one in and press Start again. You can write meanwhile.',
  busy: 'The microphone could not be opened; another program may be using it. Close that one and press Start again. You can write meanwhile.',
};

const REFUSALS: Record<string, string> = {
  'try-link-invalid': 'This link was used already or has run out. Ask whoever gave it to you for a new one.',
  'not-signed-in': 'A link is good for one conversation. Ask for a new link, or sign in and reload this page.',
  'agent-not-found': 'There is no such agent here, or it is not yours.',
  'no-capacity': 'The server has no room for another call right now. Try again in a while; you can write meanwhile.',
  'no-speech-model':
    'This server has nothing to hear and speak with yet: its administrator can fetch speech models. You can write meanwhile.',
  'speech-model-loading':
    'The server is still loading its speech models. Press Start again in a minute; you can write meanwhile.',
  'language-model-loading': 'The server is still loading its language model. Try again in a minute.',
  'no-language-model': 'This server has no language model to answer with yet. Its administrator can fetch or connect one.',
  'concurrency-limit': 'Too many conversations are going on at once. End one and try again.',
  'origin-not-allowed': 'This agent is not meant for this page.',
  'embed-not-found': 'This agent is not available here any more.',
  'embed-expired': 'This agent is not available here any more.',
  'embed-busy': 'This agent is talking with as many people as it may right now. Please try again in a few minutes.',
  'embed-budget-exhausted': 'This agent has talked as much as it may today. Please come back tomorrow.',
  'session-type-not-allowed': 'This agent cannot be talked with in this way here.',
  'too-many-attempts': 'There were too many failed attempts from here. Please try again in a quarter of an hour.',
  'wrong-credentials': 'The e-mail address or the password is wrong.',
  'session-ended': 'The conversation is over.',
  'session-not-found': 'The conversation is no longer there.',
  'invalid-token': 'This page was away for too long and has lost its conversation.',
};

const ENDED: Record<EndedReason, string> = {
  'ended-by-client': 'You ended the conversation.',
  'ended-by-agent': 'The agent ended the conversation.',
  'nobody-joined': 'The conversation ended because nobody joined it.',
  'client-gone': 'The conversation ended because the connection was lost for too long.',
  silence: 'The conversation ended because nothing was said for a while.',
  'idle-timeout': 'The conversation ended because nothing happened for a while.',
  'max-duration': 'The conversation reached its longest length.',
  'provider-failed': 'The conversation ended because a speech or language service failed.',
  'worker-lost': 'The conversation ended because part of the server failed.',
  'agent-deleted': 'The conversation ended because the agent was deleted.',
  'server-recovered': 'The conversation ended while the server was away.',
  shutdown: 'The server was stopped.',
};

/** What live sessions tell by themselves. */
const OWN = {
  'call-lost': 'The server could not be reached for a minute, so the call is over.',
  'went-on-in-writing': 'The conversation goes on in writing. Press Start to talk again.',
  'no-room-for-face': 'The agent cannot be seen right now: the server shows as many faces as it can. The voice goes on.',
  'no-webgl': 'This browser cannot draw the agent (it has no WebGL 2); the voice goes on.',
  'face-failed': 'The agent could not be drawn; the voice goes on.',
  'picture-returning': 'The picture is coming back; the voice goes on.',
  'picture-failed': 'The picture could not be drawn; the voice goes on.',
  'picture-paused': 'The picture is paused because the server is busy; the voice goes on.',
  'picture-simpler': 'The picture is simpler for now because the server is busy.',
  elsewhere: 'This conversation goes on in another tab.',
};
export type OwnCode = keyof typeof OWN;

/** What a live session tells by itself. */
export function told(code: OwnCode): Told {
  return { code, text: OWN[code] };
}

/** What went wrong, in words for the person in front of the page, with what to do. */
export function problemOf(error: unknown): Told {
  if (error instanceof MicrophoneError) return { code: `microphone-${error.problem}`, text: MICROPHONE[error.problem], error };
  if (error instanceof ApiError) {
    const text = REFUSALS[error.code] ?? `${error.message}${/[.!?]$/.test(error.message) ? '' : '.'}`;
    return { code: error.code, text, error };
  }
  if (error instanceof UnreachableError || error instanceof TimeoutError)
    return { code: 'unreachable', text: 'The server cannot be reached. Check the connection and try again.', error };
  return { code: 'unknown', text: 'Something went wrong. Please try again.', error };
}

/** Why a conversation is over, in words. */
export function endedText(reason: string | null): string {
  return ENDED[reason as EndedReason] ?? 'The conversation is over.';
}
