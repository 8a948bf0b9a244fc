import { AppError } from '../errors.ts';
import type { SpeechService } from './speech.ts';

const refuse = () =>
  Promise.reject(new AppError('no-speech-model', 'No speech model is available: this server was started without local speech'));

/** The ears and voice of a server that has none. */
export const speechWithoutEngine: SpeechService = { speak: refuse, transcribe: refuse };
