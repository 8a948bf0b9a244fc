import type { Message, Session } from '@visavis/client';
import type { Place } from './message-places.ts';

/** What was said, and by whom, for a file. */
export interface Exported {
  session: Session;
  messages: readonly Message[];
  /** Where messages are in the recording, where there is one. */
  places: ReadonlyMap<number, Place>;
}

/** Names of the speakers, in the reader's language. */
export interface Speakers {
  user: string;
  tool: string;
  system: string;
  /** Behind what was cut off. */
  interrupted: string;
}

/** Everything that the API says about the session, to be read by programs. */
export function asJson({ session, messages }: Exported): string {
  return `${JSON.stringify({ session, messages }, undefined, 2)}\n`;
}

/** A transcript for people: `[0:05] Clara: Hello!` */
export function asText(exported: Exported, speakers: Speakers): string {
  const { session, messages } = exported;
  const head = [`${session.agent_name}, ${session.started_at}`, ''];
  const lines = messages.map((message) => {
    const cut = message.interrupted ? ` [${speakers.interrupted}]` : '';
    return `[${clockText(startOf(exported, message), 0)}] ${speakerOf(message, session, speakers)}: ${message.content}${cut}`;
  });
  return `${[...head, ...lines].join('\n')}\n`;
}

/**
 * Subtitles (WebVTT, https://www.w3.org/TR/webvtt1/): along the recording where there is one, else along the session. What was not spoken
 * stands for as long as it takes to read, at most until the next message.
 */
export function asSubtitles(exported: Exported, speakers: Speakers): string {
  const shown = exported.messages.filter(({ content }) => content.trim() !== '');
  const starts = shown.map((message) => startOf(exported, message));
  const cues = shown.map((message, at) => {
    const startMs = starts[at] ?? 0;
    const nextMs = Math.max(starts[at + 1] ?? Number.POSITIVE_INFINITY, startMs + SHORTEST_CUE_MS);
    const endMs = exported.places.get(message.message_id)?.endMs ?? Math.min(nextMs, startMs + readingMs(message.content));
    const times = `${clockText(startMs, 3)} --> ${clockText(Math.max(endMs, startMs + SHORTEST_CUE_MS), 3)}`;
    return `${message.message_id}\n${times}\n<v ${inCue(speakerOf(message, exported.session, speakers))}>${inCue(message.content)}`;
  });
  return `${['WEBVTT', ...cues].join('\n\n')}\n`;
}

const SHORTEST_CUE_MS = 1_000;

/** Subtitles are read at some 15 characters a second (BBC Subtitle Guidelines, "Timing"). */
function readingMs(text: string): number {
  return Math.max(SHORTEST_CUE_MS, (text.length / 15) * 1_000);
}

/** When a message begins, in ms from the beginning of the recording, or of the session. */
function startOf({ session, places }: Exported, message: Message): number {
  return places.get(message.message_id)?.startMs ?? Math.max(0, Date.parse(message.created_at) - Date.parse(session.started_at));
}

function speakerOf({ role }: Message, session: Session, speakers: Speakers): string {
  return role === 'assistant' ? session.agent_name : speakers[role];
}

/** `0:05`, `1:02:03`; with digits as in WebVTT: `00:00:05.000`. */
function clockText(ms: number, digits: 0 | 3): string {
  const whole = digits === 0 ? Math.floor(ms / 1_000) * 1_000 : Math.round(ms);
  const [hours, minutes, seconds] = [
    Math.floor(whole / 3_600_000),
    Math.floor(whole / 60_000) % 60,
    Math.floor(whole / 1_000) % 60,
  ];
  const two = (value: number) => String(value).padStart(2, '0');
  if (digits === 3) return `${two(hours)}:${two(minutes)}:${two(seconds)}.${String(whole % 1_000).padStart(3, '0')}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** Line breaks would end a cue, and these characters begin tags. */
function inCue(text: string): string {
  return text
    .trim()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/\s*\n\s*/g, ' ');
}
