import type { EndedReason } from '@visavis/protocol';
import { catalogue } from './catalogue.ts';

/** Why a session ended, by the `end_reason` of the API: in some words, and in a sentence. */
const texts: Record<EndedReason, [words: string, sentence: string]> = catalogue({
  en: {
    'ended-by-client': ['Ended by the user', 'The user, or the program that the user talked through, ended the conversation.'],
    'ended-by-agent': ['Ended by the agent', 'The agent said goodbye and ended the conversation.'],
    'nobody-joined': ['Nobody joined', 'The session was created, but nobody connected to it in time.'],
    'client-gone': ['The user left', 'The connection was lost or the page was closed, and nobody came back in time.'],
    silence: ['Silence', 'Nobody said anything for as long as the agent’s settings allow.'],
    'idle-timeout': ['Nothing happened', 'No message came for as long as the agent’s settings allow.'],
    'max-duration': ['Longest time reached', 'The conversation reached the longest time that the agent’s settings allow.'],
    'provider-failed': [
      'A service failed',
      'The language model, the voice or the recogniser failed and could not be replaced. See Settings, Providers.',
    ],
    'worker-lost': [
      'The server lost the call',
      'The process that held the conversation ended unexpectedly. What was said until then is kept.',
    ],
    'agent-deleted': ['The agent was deleted', 'The agent was deleted while the conversation was going on.'],
    'server-recovered': [
      'The server was restarted',
      'The server had stopped unexpectedly; the session was closed when it started again.',
    ],
    shutdown: ['The server was stopped', 'The server was stopped while the conversation was going on.'],
  },
});

/** All of them, as the API names them. */
export const END_REASONS = Object.keys(texts) as EndedReason[];

const known = (reason: string) => texts[reason as EndedReason] as [words: string, sentence: string] | undefined;

/** In some words; a reason that this console does not know as the API names it. */
export const endReasonWords = (reason: string): string => known(reason)?.[0] ?? reason;

/** In a sentence, where this console knows the reason. */
export const endReasonSentence = (reason: string): string | undefined => known(reason)?.[1];
