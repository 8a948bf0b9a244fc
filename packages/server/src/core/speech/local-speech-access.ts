import type { AppError } from '../errors.ts';
import type { Voice } from '../voices/voice.ts';

/** Where the speech of this machine answers. */
export interface LocalSpeechAddress {
  url: string;
  apiKey: string;
}

/** The ears and voices of this machine, for conversations. */
export interface LocalSpeechAccess {
  /** Where it listens, or what prevents it: `no-speech-model` with the way out, or `speech-model-loading`. */
  listening(): LocalSpeechAddress | AppError;
  /** Where it speaks, or what prevents it. */
  speaking(): LocalSpeechAddress | AppError;
  /** Its voices, in the order in which they stand in for one another. */
  voices(): Promise<Voice[]>;
}
