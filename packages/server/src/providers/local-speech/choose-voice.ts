import type { InstalledVoice } from './process-messages.ts';

/** The voice asked for if it is installed, else the default one: the first. @throws Error if there is none at all. */
export function chooseVoice(voices: readonly InstalledVoice[], wanted: string | undefined): InstalledVoice {
  const chosen = voices.find((voice) => voice.id === wanted) ?? voices[0];
  if (!chosen) throw new Error('No voice is installed');
  return chosen;
}
