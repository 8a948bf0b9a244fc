import type { Voice, VoiceCatalogue } from './voice.ts';

const voice = (name: string, gender: Voice['gender'], id = name.toLowerCase()) => ({
  id: `local/${id}`,
  name,
  provider: 'local',
  language: 'en',
  gender,
});

/** The voices of the built-in avatars. */
export const BUILT_IN_VOICES = [
  voice('Clara', 'female'),
  voice('Samuel', 'male'),
  voice('Mei', 'female'),
  voice('George', 'male'),
  voice('Emma', 'female'),
  voice('Michael', 'male'),
  voice('Ralph', 'male', 'flite-rms'),
] as const;

/** The catalogue of a server without a speech engine: the built-in voices are known, and none can be heard yet. */
export const voicesWithoutEngine: VoiceCatalogue = {
  list: async () => BUILT_IN_VOICES.map((known) => ({ ...known, previewUrl: null, available: false })),
};
