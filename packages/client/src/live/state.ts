import type { EndedReason, ServerEvent, TurnLatency } from '@visavis/protocol';
import { type Captions, NO_CAPTIONS } from './captions.ts';

/** How the conversation is had: in writing, spoken, or spoken face to face. */
export type LiveMode = 'chat' | 'voice' | 'video';

/**
 * Of the call. `idle`: there is none, and the conversation can be had in writing. `ended`: it is over; another begins with the next `send`
 * or `setMode`, where `session` is a function.
 */
export type Connection = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'ended';

/** Something that a person should know, with a stable `code` for programs and a text in English. */
export interface Told {
  /** An error code of the API, `microphone-refused`, `unreachable`, `call-lost`, the code of a notice of the server, ... */
  readonly code: string;
  readonly text: string;
  /** What was thrown, where something was. */
  readonly error?: unknown;
}

/** Why a conversation is over. `elsewhere`: another tab has taken it over. */
export type LiveEnd =
  | { kind: 'ended'; reason: EndedReason | null; text: string }
  | { kind: 'elsewhere'; text: string }
  | { kind: 'refused'; code: string; text: string };

export interface Picture {
  /** Who draws the agent: nobody, the server (see `media.video`), or this page (see `media.canvas`). */
  readonly from: 'none' | 'server' | 'page';
  /** How the picture falls short, where it does. */
  readonly note: Told | undefined;
}

/** Everything that a page shows of a conversation, at one moment. Never changed: another object takes its place. */
export interface LiveState {
  readonly connection: Connection;
  readonly mode: LiveMode;
  readonly sessionId: number | undefined;
  readonly agentName: string | undefined;
  /** The agent's language, as in `en` or `pt-BR`. */
  readonly language: string | undefined;
  /** What was said, oldest first. */
  readonly captions: Captions;
  /** What the agent does in a call. */
  readonly activity: 'listening' | 'thinking' | 'speaking' | undefined;
  readonly userSpeaking: boolean;
  /** A written reply is on its way. */
  readonly replying: boolean;
  readonly muted: boolean;
  /** The browser plays nothing before the next tap or key: call `resumeAudio` there. */
  readonly soundBlocked: boolean;
  readonly picture: Picture;
  /** The newest thing that a person should know; gone with the next thing they do. */
  readonly problem: Told | undefined;
  readonly ending: LiveEnd | undefined;
}

export const NO_PICTURE: Picture = { from: 'none', note: undefined };

export const FIRST_STATE: LiveState = {
  connection: 'idle',
  mode: 'chat',
  sessionId: undefined,
  agentName: undefined,
  language: undefined,
  captions: NO_CAPTIONS,
  activity: undefined,
  userSpeaking: false,
  replying: false,
  muted: false,
  soundBlocked: false,
  picture: NO_PICTURE,
  problem: undefined,
  ending: undefined,
};

/** What a live session tells. */
export interface LiveEvents {
  /** After every change. */
  state: LiveState;
  problem: Told;
  /** A reply was heard or read to its end, or was cut off. */
  reply: { replyId: string; content: string; interrupted: boolean };
  /** When each stage of a turn was reached; more of it may come later. */
  timings: { replyId: string; latency: TurnLatency };
  ended: LiveEnd;
  /** A microphone or loudspeaker came or went. */
  devices: undefined;
  /** Everything that the server tells, as it tells it. */
  event: ServerEvent;
}
