import type { CatalogueEntry } from '../models/catalogue.ts';
import { DEFAULT_RECOGNISER, isRecogniser, VOICE_ACTIVITY } from './local-ears.ts';
import { LOCAL_VOICES } from './local-voices.ts';

/** A setting names a model or voice that there is not; the message says which there are. */
export class UnknownSpeechError extends Error {
  override readonly name = 'UnknownSpeechError';
}

/**
 * The models to bring for the local speech, in this order.
 * @param stt a recognition model of the catalogue, `none`, or undefined for the default
 * @param tts a voice, `none`, or undefined for all that come with the defaults
 * @throws UnknownSpeechError for a name that is not known
 */
export function wantedSpeechModels(
  catalogue: readonly CatalogueEntry[],
  { stt, tts }: { stt: string | undefined; tts: string | undefined },
): string[] {
  const recogniser = stt ?? DEFAULT_RECOGNISER;
  if (recogniser !== 'none' && !isRecogniser(recogniser)) {
    const known = catalogue
      .filter((entry) => entry.task === 'stt' && isRecogniser(entry.name))
      .map((entry) => `local/${entry.name}`);
    throw new UnknownSpeechError(`VISAVIS_STT: there is no model local/${recogniser}; there are ${known.join(', ')}, and none`);
  }
  const ears = recogniser === 'none' ? [] : [VOICE_ACTIVITY, recogniser];
  if (tts === 'none') return ears;
  const chosen = LOCAL_VOICES.filter((voice) => (tts === undefined ? !voice.onlyByName : voice.id === `local/${tts}`));
  if (chosen.length === 0) {
    throw new UnknownSpeechError(
      `VISAVIS_TTS: there is no voice local/${tts}; there are ${LOCAL_VOICES.map(({ id }) => id).join(', ')}, and none`,
    );
  }
  return [...new Set([...ears, ...chosen.flatMap((voice) => voice.models)])];
}
