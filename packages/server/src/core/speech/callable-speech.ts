import type { TimedWord } from './speech.ts';

/** Why a call of a recogniser or a voice failed. */
export type SpeechFailureKind =
  | 'unauthorized'
  | 'rate-limited'
  | 'rejected'
  | 'unreachable'
  | 'not-allowed'
  | 'server-error'
  | 'timeout'
  /** It broke off in the middle. */
  | 'closed'
  | 'bad-answer'
  /** Nothing here is ready for it, as where a model is missing. */
  | 'unavailable';

/** A call of a recogniser or a voice failed. Holds no key and nothing that anybody said: vendors quote both, so their texts are left out. */
export class SpeechFailure extends Error {
  readonly kind: SpeechFailureKind;

  constructor(kind: SpeechFailureKind, message: string = kind, options?: { cause: unknown }) {
    super(message, options);
    this.name = 'SpeechFailure';
    this.kind = kind;
  }
}

/** One failed call of a provider, or (`all-failed`) that none is left to be asked. */
export interface SpeechReport {
  provider: string;
  stage: 'listening' | 'speaking';
  kind: SpeechFailureKind | 'all-failed';
}

/** The rate at which recognisers take audio, in Hz; mono. */
export const HEARING_RATE = 16_000;
/** The rate at which voices give it. */
export const VOICE_RATE = 24_000;

/** What a recogniser hears. Times in seconds from the start of its call's audio. */
export type Heard =
  | { type: 'speech-start' }
  | { type: 'speech-end' }
  /** What it may be; replaces the partial before. */
  | { type: 'partial'; text: string; start: number; end: number }
  /** What it was. Everything before `end` is done with. */
  | { type: 'final'; text: string; start: number; end: number; language?: string; words?: TimedWord[] }
  /** The answer to a flush: everything before it has been recognised. One for each, in order. */
  | { type: 'flushed' };

/** One call of a recogniser: audio goes in, as it is spoken. */
export interface Hearing {
  /** Mono samples at `HEARING_RATE`; may not be changed afterwards. Never throws. */
  send(samples: Int16Array): void;
  /** The utterance is over: its transcript is wanted now. */
  flush(): void;
  /** Ends when the call's signal fires; throws `SpeechFailure`. To be read once. */
  events: AsyncIterable<Heard>;
}

/** A recogniser that can be called. */
export interface Recogniser {
  /** As users see it. */
  provider: string;
  /** How long it may take to answer a call, and then each flush, in ms. */
  answerMs: number;
  /** Begins a call, which lasts until `signal` fires. @throws SpeechFailure */
  listen(signal: AbortSignal): Promise<Hearing>;
}

/** Text for a voice, as it comes; `flush`: what came so far is to be said now. */
export type VoiceInput = { type: 'text'; text: string } | { type: 'flush' };

/** A piece of speech. */
export interface VoicePiece {
  /** Mono at `VOICE_RATE`. */
  samples: Int16Array;
  /** The words that begin in it, as they were written; times in seconds from the start of the call. */
  words: TimedWord[];
}

/** A voice that can be called. */
export interface CallableVoice {
  /** As users see it. */
  provider: string;
  /** How long it may take to begin a clause it was given, in ms. */
  firstAudioMs: number;
  /** How long it may stop while it has something to say, in ms. */
  nextAudioMs: number;
  /** Says texts as they come; ends after them, or when `signal` fires. @throws SpeechFailure */
  speak(input: AsyncIterable<VoiceInput>, signal: AbortSignal): AsyncIterable<VoicePiece>;
  /** Ends what it keeps open between calls. */
  close?(): Promise<void>;
}
