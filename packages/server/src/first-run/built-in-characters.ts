import { CAST } from '@visavis/face';

/** One of the characters that come with the product, and the voice that suits it. */
export interface BuiltInCharacter {
  name: string;
  voiceId: string;
}

/** Mei, Samuel and Clara have voices of their own; the others share those of the local catalogue. */
const VOICES: Readonly<Record<string, string>> = {
  Clara: 'local/clara',
  Samuel: 'local/samuel',
  Mei: 'local/mei',
  Amira: 'local/clara',
  George: 'local/george',
  Nora: 'local/emma',
  Mateo: 'local/michael',
  Otto: 'local/flite-rms',
  Fenn: 'local/mei',
};

/** All characters that can be drawn, in the order in which they are made. */
export function builtInCharacters(): BuiltInCharacter[] {
  return CAST.map(({ name }) => ({ name, voiceId: VOICES[name] ?? 'local/clara' }));
}
