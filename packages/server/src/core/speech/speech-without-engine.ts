import { AppError } from '../errors.ts';
import type { SpeechService } from './speech.ts';

const refusal = () =>
  new AppError(
    'no-speech-model',
    'This server was started without speech; leave VISAVIS_STT and VISAVIS_TTS out, or switch the session to text with PATCH {"session_type": "agent_chat"}',
  );

/** The ears and voice of a server that has none. */
export const speechWithoutEngine: SpeechService = {
  requireListening() {
    throw refusal();
  },
  speak: () => Promise.reject(refusal()),
  transcribe: () => Promise.reject(refusal()),
};
