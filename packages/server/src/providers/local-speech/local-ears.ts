import { join } from 'node:path';
import type { CatalogueEntry } from '../models/catalogue.ts';
import type { InstalledSpeech, RecogniserSpec } from './process-messages.ts';

export const VOICE_ACTIVITY = 'silero-vad-v6';
export const DEFAULT_RECOGNISER = 'moonshine-tiny-en';

/** The recognition models of the catalogue that can be run, best first, and how. */
const RECOGNISERS: ReadonlyArray<{ model: string; engine: RecogniserSpec['engine']; partials: boolean }> = [
  { model: DEFAULT_RECOGNISER, engine: 'moonshine', partials: true },
  { model: 'whisper-base', engine: 'whisper', partials: false },
];

/** What there is to listen with, if all of it is there; the model that was chosen goes before the others. */
export function installedEars(
  folderOf: (model: string) => string,
  isReady: (model: string) => boolean,
  catalogue: readonly CatalogueEntry[],
  chosen: string | undefined,
): InstalledSpeech['ears'] {
  const there = RECOGNISERS.filter(({ model }) => isReady(model));
  const recognisers = there
    .sort((a, b) => Number(b.model === chosen) - Number(a.model === chosen))
    .map(({ model, engine, partials }) => ({
      model,
      languages: [...(catalogue.find((entry) => entry.name === model)?.languages ?? [])],
      partials,
      spec: { engine, folder: folderOf(model) },
    }));
  if (recognisers.length === 0 || !isReady(VOICE_ACTIVITY)) return undefined;
  return { recognisers, voiceActivityPath: join(folderOf(VOICE_ACTIVITY), 'silero_vad_16k_op15.onnx') };
}

/** The models that would have to come before anything can be recognised. */
export function missingForEars(isReady: (model: string) => boolean): string[] {
  const recogniser = RECOGNISERS.some(({ model }) => isReady(model)) ? [] : [DEFAULT_RECOGNISER];
  return [...recogniser, VOICE_ACTIVITY].filter((model) => !isReady(model));
}

export function isRecogniser(model: string): boolean {
  return RECOGNISERS.some((each) => each.model === model);
}
