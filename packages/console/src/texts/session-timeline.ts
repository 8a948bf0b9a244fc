import type { TimelineEntry } from '@visavis/client';
import { catalogue } from './catalogue.ts';

type Of<T extends TimelineEntry['type']> = Extract<TimelineEntry, { type: T }>;

/** What happened in a session, in plain words. */
export const timelineTexts = catalogue({
  en: {
    title: 'What happened',
    hint: 'The time is counted from the beginning of the session.',
    empty: 'Nothing was kept of this session: it is older than the timeline.',
    leftOut: (n: number) => (n === 1 ? 'One later event is not kept.' : `${n.toLocaleString('en')} later events are not kept.`),
    goingOn: 'The session is going on.',
    after: (clock: string) => `After ${clock}`,

    created: {
      agent_chat: 'Started as a chat',
      agent_voice: 'Started as a voice call',
      agent_video: 'Started as a video call',
      webrtc_video: 'Started with a driven face',
    },
    switched: {
      agent_chat: 'Went on as a chat',
      agent_voice: 'Went on as a voice call',
      agent_video: 'Went on as a video call',
      webrtc_video: 'Went on with a driven face',
    },
    joined: 'The user joined',
    joinedAgain: 'The user connected again',
    left: {
      'said-goodbye': ['The user left', 'The page was closed or left.'],
      'connection-lost': ['The connection was lost', 'Nothing was heard of the user for some seconds.'],
      'connection-closed': ['The user left', 'The connection was closed.'],
      'switched-to-chat': ['The call was hung up', 'The conversation went on in writing.'],
      'worker-lost': ['The call broke off', 'The process that held the call ended unexpectedly.'],
      'server-restarting': ['The call was hung up', 'The server was restarted; the user could come back.'],
      'server-lost': ['The call broke off', 'The server had stopped unexpectedly; this is when it was back.'],
    } satisfies Record<Of<'left'>['reason'], [string, string]>,
    interrupted: 'A reply was interrupted',
    interruptedAfter: (seconds: string) => `${seconds} s of it had been heard.`,
    interruptedUnheard: 'Nothing of it had been heard.',
    interruptedWritten: 'It was stopped while it was being written.',
    replyFailed: 'A message was not answered',
    /** By the code of the error. */
    replyFailures: {
      'provider-failed': 'No language model gave an answer.',
      'provider-unavailable': 'The language model could not be reached.',
      'language-model-loading': 'The language model was still loading.',
      'no-language-model': 'No language model is set up.',
      'worker-lost': 'The process that was answering ended unexpectedly.',
      'server-restarting': 'The server was restarted meanwhile.',
    } as Record<string, string>,
    providerFailed: {
      listening: (provider: string) => `Speech recognition failed: ${provider}`,
      thinking: (provider: string) => `The language model failed: ${provider}`,
      speaking: (provider: string) => `The voice failed: ${provider}`,
    } satisfies Record<Of<'provider-failed'>['stage'], (provider: string) => string>,
    /** By the kind of the failure. */
    failures: {
      unauthorized: 'It refused the key.',
      'rate-limited': 'Too much was asked of it, or its budget is used up.',
      loading: 'It was still loading.',
      busy: 'It was busy.',
      'server-error': 'It reported an error of its own.',
      rejected: 'It refused the request.',
      unreachable: 'It could not be reached.',
      'not-allowed': 'Its address is not allowed.',
      timeout: 'It did not answer in time.',
      'bad-answer': 'Its answer could not be understood.',
      'too-long': 'The conversation was too long for it.',
      'all-failed': 'Nothing else was left to try.',
    } as Record<string, string>,
    picture: {
      full: 'The picture is as good as it was meant to be again',
      'low-rate': 'The picture moves less smoothly',
      small: 'The picture got smaller',
      'audio-only': 'The picture stands still; the voice goes on',
    } satisfies Record<Of<'picture'>['level'], string>,
    pictureReasons: {
      none: '',
      cpu: 'The machine was busy.',
      'renderer-lost': 'The part that draws faces had to be started again.',
      'renderer-failed': 'The face could not be drawn.',
    } satisfies Record<Of<'picture'>['reason'], string>,
    pictureSize: (fps: number, width: number, height: number) => `${width} × ${height}, ${fps} pictures a second.`,
    notice: 'The user was told',
    ended: 'The session ended',
  },
});
