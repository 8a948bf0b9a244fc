import type { TurnLatency } from '@visavis/protocol';
import type { Conversation } from '../conversation.ts';
import type { Followable } from './speech-follower.ts';
import type { AudioLine } from './transport.ts';
import type { VoiceConversationSpec } from './voice-spec.ts';

/** A word as it is written, and when it is said, in ms from the beginning of the reply's sound. */
export interface SpokenWord {
  text: string;
  startMs: number;
  endMs: number;
}

/** What led to a reply: the user's speech, a typed message, the join, or the conversation itself (a nudge, an announcement, an apology). */
export type ReplyOrigin =
  | { type: 'speech'; turnId: string }
  | { type: 'text'; messageId: number | undefined }
  | { type: 'greeting' }
  | { type: 'notice' };

/** What was heard of a reply. */
export interface HeardReply {
  /** The words the user heard. */
  content: string;
  interrupted: boolean;
  spokenMs: number;
}

/** What happens in a spoken conversation. `replyId` and `turnId` are unique in the conversation. */
export type VoiceEvent =
  | { type: 'user-speaking'; speaking: boolean }
  | { type: 'transcript'; text: string; final: boolean }
  | { type: 'state'; state: 'listening' | 'thinking' | 'speaking' }
  /** The user has said something that is part of the conversation from now on. */
  | { type: 'user-turn'; turnId: string; text: string; at: number }
  | { type: 'reply-start'; replyId: string; origin: ReplyOrigin }
  | { type: 'reply-delta'; replyId: string; text: string }
  | { type: 'reply-words'; replyId: string; words: SpokenWord[] }
  /** `hushed`: what is on its way is not to be heard. */
  | { type: 'reply-playing'; replyId: string; playing: boolean; positionMs: number; hushed: boolean }
  /** What has been heard so far, a few times a second while it changes: what is stored if the worker is lost now. */
  | { type: 'reply-heard'; replyId: string; content: string; spokenMs: number }
  | ({
      type: 'reply-end';
      replyId: string;
      origin: ReplyOrigin;
      latency: TurnLatency;
      provider: string;
      model: string;
    } & HeardReply)
  /** Known only after `reply-end` where the client reports it late; replaces the latency of that reply. */
  | { type: 'reply-latency'; replyId: string; latency: TurnLatency }
  /** Something the user should know, in words for the user. */
  | { type: 'notice'; code: string; text: string }
  /** One failed call of a provider, for logs and metrics. */
  | { type: 'provider-failed'; provider: string; stage: 'listening' | 'thinking' | 'speaking'; kind: string }
  /** The conversation is over by itself; what was to be said has been heard. */
  | { type: 'over'; reason: 'ended-by-agent' | 'silence' | 'provider-failed' };

/** A conversation that listens and speaks. Messages of `message` are answered by voice; their `end` comes when the reply was heard or cut off. */
export interface VoiceConversation extends Conversation {
  /** What the agent says, for a face. */
  readonly speech: Followable;
  /** Somebody is there: listens to and speaks on this line, instead of the one before. The greeting is said to the first. */
  attach(line: AudioLine, playoutDelayMs: () => number): void;
  /** Nobody is there: what is being said is cut off where it was heard. Silence is not counted meanwhile. */
  detach(): Promise<void>;
  /** Stops speaking; false where nothing is being said or thought. */
  interrupt(): boolean;
  /** The client has played so much of a reply. */
  played(replyId: string, playedMs: number): void;
}

export type StartVoiceConversation = (
  spec: VoiceConversationSpec,
  onEvent: (event: VoiceEvent) => void,
) => Promise<VoiceConversation>;
