import { join } from 'node:path';
import type { Voice } from '../../core/voices/voice.ts';
import type { InstalledVoice, VoiceSpec } from './process-messages.ts';

/** A voice that this machine can have, and the models of the catalogue that it needs. */
export interface LocalVoice extends Pick<Voice, 'id' | 'name' | 'language' | 'gender'> {
  models: readonly string[];
  /** How it is made, once those models are in their folders. */
  spec(folderOf: (model: string) => string): VoiceSpec;
  /** Brought only where it is the voice that is set (`VISAVIS_TTS`), not with the defaults. */
  onlyByName?: true;
  /** Brings it to -20 LUFS; measured by `bench/speech/voice-quality.ts`. */
  gain: number;
}

const PRONUNCIATION = 'english-pronunciation';
const PIPER_JOE = 'piper-en-us-joe-medium';
const KOKORO = 'kokoro-82m-int8';
const KOKORO_VOICES = 'kokoro-voices-en';
const KOKORO_VOICES_ES = 'kokoro-voices-es';

type Accent = 'en-US' | 'en-GB';

const kokoro = (name: string, gender: Voice['gender'], style: string, accent: Accent, gain: number): LocalVoice => ({
  id: `local/${name.toLowerCase()}`,
  name,
  language: accent,
  gender,
  models: [PRONUNCIATION, KOKORO, KOKORO_VOICES],
  spec: (folderOf) => ({
    engine: 'kokoro',
    modelPath: join(folderOf(KOKORO), 'kokoro-v1.0.int8.onnx'),
    stylePath: join(folderOf(KOKORO_VOICES), `${style}.bin`),
    pronunciation: { folder: folderOf(PRONUNCIATION), accent },
  }),
  gain,
});

/** Needs nothing but the npm package; says itself what it is. */
const flite = (name: string, gender: Voice['gender'], voice: 'slt' | 'rms', gain: number): LocalVoice => ({
  id: `local/flite-${voice}`,
  name: `${name} (basic, always there)`,
  language: 'en-US',
  gender,
  models: [],
  spec: () => ({ engine: 'flite', voice }),
  gain,
});

/** In the order in which they stand in for a voice that is not to be had. */
export const LOCAL_VOICES: readonly LocalVoice[] = [
  {
    id: 'local/samuel',
    name: 'Samuel',
    language: 'en-US',
    gender: 'male',
    models: [PRONUNCIATION, PIPER_JOE],
    spec: (folderOf) => ({
      engine: 'piper',
      modelPath: join(folderOf(PIPER_JOE), 'en_US-joe-medium.onnx'),
      pronunciation: { folder: folderOf(PRONUNCIATION), accent: 'en-US' },
    }),
    gain: 1.83,
  },
  kokoro('Clara', 'female', 'af_heart', 'en-US', 1.31),
  kokoro('Mei', 'female', 'af_bella', 'en-US', 1.26),
  kokoro('Michael', 'male', 'am_michael', 'en-US', 1.45),
  kokoro('Emma', 'female', 'bf_emma', 'en-GB', 0.94),
  kokoro('George', 'male', 'bm_george', 'en-GB', 1.15),
  {
    id: 'local/dora',
    name: 'Dora',
    language: 'es-ES',
    gender: 'female',
    models: [KOKORO, KOKORO_VOICES_ES],
    onlyByName: true,
    spec: (folderOf) => ({
      engine: 'kokoro',
      modelPath: join(folderOf(KOKORO), 'kokoro-v1.0.int8.onnx'),
      stylePath: join(folderOf(KOKORO_VOICES_ES), 'ef_dora.bin'),
      pronunciation: 'spanish',
    }),
    gain: 1.3,
  },
  flite('Ada', 'female', 'slt', 0.61),
  flite('Ralph', 'male', 'rms', 1.19),
];

/** The voices whose models are all in their folders. */
export function installedVoices(folderOf: (model: string) => string, isReady: (model: string) => boolean): InstalledVoice[] {
  return LOCAL_VOICES.filter((voice) => voice.models.every(isReady)).map(({ id, language, gender, gain, spec }) => ({
    id,
    language,
    gender,
    gain,
    spec: spec(folderOf),
  }));
}

/** What the API shows of the voices. */
export function listLocalVoices(available: readonly string[]): Voice[] {
  return LOCAL_VOICES.map(({ id, name, language, gender }) => ({
    id,
    name,
    provider: 'local',
    language,
    gender,
    previewUrl: null,
    available: available.includes(id),
  }));
}

/** Names what speaks with a voice, so that its preview is made anew when that changes. */
export function describeEngine(voice: LocalVoice | undefined): string {
  return voice ? JSON.stringify([voice.spec((model) => model), voice.gain]) : 'none';
}
