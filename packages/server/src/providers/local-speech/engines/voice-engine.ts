import type { TimeSpan } from '../../../core/speech/speech.ts';
import type { SpokenWord } from '../pronunciation/spoken-word.ts';

export interface PhonemeTime extends TimeSpan {
  /** In misaki's notation. */
  phoneme: string;
}

/** When a word is said, in seconds from the start of the samples. */
export interface WordTime extends TimeSpan {
  /** Empty where the voice does not know them. */
  phonemes: PhonemeTime[];
}

export interface SpokenPhrase {
  /** Mono, -1..1, at the voice's `sampleRate`. */
  samples: Float32Array;
  /** One for each word that was given, in order. */
  words: WordTime[];
}

/** A voice in one thread. It computes on the calling thread: for speech threads only. */
export interface VoiceEngine {
  /** In Hz. */
  readonly sampleRate: number;
  /** `speed` 1 is the voice's own pace. At least one word. */
  speak(words: readonly SpokenWord[], speed: number): Promise<SpokenPhrase>;
  close(): Promise<void>;
}
