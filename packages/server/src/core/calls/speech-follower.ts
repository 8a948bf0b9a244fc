import type { SpokenWord } from './voice-conversation.ts';

/** A sound of a word, as the voice names it, in ms from the beginning of the reply's sound. */
export interface FollowedPhoneme {
  /** Misaki's notation or IPA. */
  symbol: string;
  startMs: number;
  endMs: number;
}

export interface FollowedWord extends SpokenWord {
  /** Only of voices that know. */
  phonemes?: FollowedPhoneme[];
}

/** A piece of a reply's sound that is going to be played. */
export interface FollowedSpeech {
  /** The reply's id. */
  utterance: string;
  /** Where it belongs, in ms from the beginning of the reply's sound. */
  positionMs: number;
  /** 24 kHz, mono; shared with the loudspeaker, so that they may not be changed. */
  samples: Int16Array;
  /** Words that begin here. */
  words: FollowedWord[];
}

/** Whoever wants to know what will be said before it is heard: a face. Never throws; does its work somewhere else. */
export interface SpeechFollower {
  speech(piece: FollowedSpeech): void;
  /** What came so far is all that is to be played for now. More may come of the same reply, after a tool was called. */
  ended(utterance: string): void;
  /** It was cut off: nothing more of it is played. */
  cut(utterance: string): void;
}

/** A place in a reply's sound. */
export interface SpeechPosition {
  utterance: string;
  /** From the beginning of the reply's sound. */
  ms: number;
}

/** What is said in a conversation, to be followed. */
export interface Followable {
  /** Tells this one from now on, instead of the one before; what waits to be played is told at once. */
  follow(follower: SpeechFollower | undefined): void;
  /** Where the 20 ms begin that the last `Speaker.read` handed over; undefined: it was silence. */
  readonly position: SpeechPosition | undefined;
}
