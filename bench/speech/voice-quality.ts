// Loudness, joins, timings, intelligibility and delay of the local voices: `npx tsx --conditions=source bench/speech/voice-quality.ts`
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadConfig } from '../../packages/server/src/config.ts';
import type { SpokenPart, TimedWord } from '../../packages/server/src/core/speech/speech.ts';
import { loadFlite, openFliteVoice } from '../../packages/server/src/providers/local-speech/engines/flite.ts';
import { loadKokoro, loadKokoroVoice } from '../../packages/server/src/providers/local-speech/engines/kokoro.ts';
import { loadPiperVoice } from '../../packages/server/src/providers/local-speech/engines/piper.ts';
import type { SpokenPhrase, VoiceEngine } from '../../packages/server/src/providers/local-speech/engines/voice-engine.ts';
import { installedEars } from '../../packages/server/src/providers/local-speech/local-ears.ts';
import { installedVoices } from '../../packages/server/src/providers/local-speech/local-voices.ts';
import type { InstalledVoice, VoiceSpec } from '../../packages/server/src/providers/local-speech/process-messages.ts';
import { loadEnglishPronouncer } from '../../packages/server/src/providers/local-speech/pronunciation/english-pronouncer.ts';
import { createResampler } from '../../packages/server/src/providers/local-speech/speaking/resampler.ts';
import { OUTPUT_RATE, speakClause } from '../../packages/server/src/providers/local-speech/speaking/speak-clause.ts';
import { createSpeechFlow } from '../../packages/server/src/providers/local-speech/speaking/speech-flow.ts';
import { createOnce } from '../../packages/server/src/providers/local-speech/threads/once.ts';
import { loadCatalogue } from '../../packages/server/src/providers/models/catalogue.ts';
import { createModelStore } from '../../packages/server/src/providers/models/model-store.ts';
import { percentile, round } from '../harness/machine.ts';
import { bringPython, PYTHON_FOLDER } from './fetch-recordings.ts';
import { LISTENING_RATE, recognise, startEngine, toInt16 } from './engine.ts';
import { loudnessLufs, worstClick } from './loudness.ts';
import { addWordErrors, countWordErrors, wordErrorRate } from './word-errors.ts';

/**
 * The sentences are not those of the benchmark, so that voices are tuned on others than they are judged by.
 *   --measure=loudness,joins,timings,words,first-audio   only these
 *   --only=TEXT      only voices whose id has this in it
 *   --sentences=40   only the first of `voice-quality.txt`
 *   --keep=FOLDER    keeps what the models gave out, so that the finishing touches can be tried again quickly
 */
const { values: options } = parseArgs({
  options: {
    measure: { type: 'string', default: 'loudness,joins,timings,words,first-audio' },
    only: { type: 'string', default: '' },
    sentences: { type: 'string', default: '60' },
    keep: { type: 'string' },
  },
});
const SENTENCES = readFileSync(new URL('./voice-quality.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(0, Number(options.sentences));

const { modelsDir, modelFolders } = loadConfig();
const store = createModelStore({ catalogue: loadCatalogue(), modelsDir, folders: modelFolders });
const isReady = (model: string) => store.find(model).state === 'ready';
const voices = installedVoices(store.folderOf, isReady).filter(({ id }) => id.includes(options.only));

const kokoros = createOnce<Awaited<ReturnType<typeof loadKokoro>>>();

async function openVoice(spec: VoiceSpec): Promise<VoiceEngine> {
  if (spec.engine === 'flite') return openFliteVoice(await loadFlite(), spec.voice);
  const pronouncer = await loadEnglishPronouncer(spec.pronunciationFolder, { variant: spec.accent });
  if (spec.engine === 'piper') return loadPiperVoice(spec.modelPath, pronouncer);
  return loadKokoroVoice(await kokoros.get('', () => loadKokoro(spec.modelPath)), spec.stylePath, pronouncer);
}

/** Says the same only once. */
function remembering(engine: VoiceEngine, name: string): VoiceEngine {
  const known = new Map<string, Promise<SpokenPhrase>>();
  return {
    ...engine,
    speak(words, speed) {
      const key = createHash('sha256')
        .update(JSON.stringify([name, words, speed]))
        .digest('hex');
      const made = known.get(key) ?? kept(key, () => engine.speak(words, speed));
      known.set(key, made);
      return made;
    },
  };
}

async function kept(key: string, make: () => Promise<SpokenPhrase>): Promise<SpokenPhrase> {
  if (options.keep === undefined) return make();
  mkdirSync(options.keep, { recursive: true });
  const path = join(options.keep, key);
  if (!existsSync(`${path}.json`)) {
    const { samples, words } = await make();
    writeFileSync(`${path}.f32`, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    writeFileSync(`${path}.json`, JSON.stringify(words));
  }
  const file = readFileSync(`${path}.f32`);
  return {
    samples: new Float32Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength)),
    words: JSON.parse(readFileSync(`${path}.json`, 'utf8')),
  };
}

interface Spoken {
  samples: Float32Array;
  sampleRate: number;
  words: TimedWord[];
  parts: SpokenPart[];
}

interface Speaker extends InstalledVoice {
  engine: VoiceEngine;
  say(text: string, speed?: number): Promise<Spoken>;
}

async function openSpeaker(voice: InstalledVoice): Promise<Speaker> {
  const engine = remembering(await openVoice(voice.spec), voice.id);
  const resample = await createResampler(engine.sampleRate, OUTPUT_RATE);
  const { language, gain } = voice;
  return {
    ...voice,
    engine,
    async say(text, speed = 1) {
      const parts: SpokenPart[] = [];
      const flow = createSpeechFlow({
        language,
        speed,
        speak: (clause) => speakClause(engine, clause, { language, speed, gain, resample }),
        onPart: (part) => parts.push(part),
        onFlushed: () => undefined,
        onFailed(error) {
          throw error;
        },
      });
      flow.push(text);
      await flow.end();
      return { samples: joinParts(parts), sampleRate: OUTPUT_RATE, words: parts.flatMap(({ words }) => words), parts };
    },
  };
}

function joinParts(parts: readonly SpokenPart[]): Float32Array {
  const samples = new Float32Array(parts.reduce((sum, part) => sum + part.samples.length, 0));
  let at = 0;
  for (const part of parts) for (const sample of part.samples) samples[at++] = sample / 32_768;
  return samples;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
const decibels = (ratio: number) => 20 * Math.log10(ratio);
const describe = (values: readonly number[]) =>
  `mean ${round(mean(values), 1)}, deviation ${round(deviation(values), 2)}, ${round(Math.min(...values), 1)}..${round(Math.max(...values), 1)}`;

/** The limiter bends what is louder. */
const KNEE = 10 ** (-3 / 20);

async function measureLoudness(speaker: Speaker): Promise<void> {
  const spoken: Spoken[] = [];
  for (const sentence of SENTENCES.slice(0, 40)) spoken.push(await speaker.say(sentence));
  const whole = loudnessLufs({ samples: Float32Array.from(spoken.flatMap(({ samples }) => [...samples])), sampleRate: OUTPUT_RATE });
  const sentences = spoken.map(loudnessLufs).filter(Number.isFinite);
  const parts = spoken.flatMap((each) => each.parts.map((part) => loudnessLufs({ samples: joinParts([part]), sampleRate: OUTPUT_RATE })));
  const between = spoken.flatMap(({ parts: those }) => {
    const levels = those.map((part) => loudnessLufs({ samples: joinParts([part]), sampleRate: OUTPUT_RATE }));
    return levels.slice(1).map((level, index) => Math.abs(level - (levels[index] ?? level)));
  });
  const peaks = spoken.map(({ samples }) => samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
  const all = spoken.reduce((sum, { samples }) => sum + samples.length, 0);
  const bent = spoken.reduce((sum, { samples }) => sum + samples.filter((value) => Math.abs(value) > KNEE).length, 0);
  console.log(
    `${speaker.id} loudness ${round(whole, 2)} LUFS at gain ${speaker.gain} (for -20: ${round(speaker.gain * 10 ** ((-20 - whole) / 20), 3)});`,
    `sentences: ${describe(sentences)}; parts: ${describe(parts.filter(Number.isFinite))};`,
    `neighbours over 3 LU: ${between.filter((step) => step > 3).length} of ${between.length}, worst ${round(Math.max(0, ...between.filter(Number.isFinite)), 1)};`,
    `peak ${round(decibels(Math.max(...peaks)), 1)} dBFS, sentences bent ${peaks.filter((peak) => peak > KNEE).length}, samples ${bent} of ${all}`,
  );
}
//MORE
const MEASURES: Record<string, (speaker: Speaker) => Promise<void>> = {
  loudness: measureLoudness,
};

for (const voice of voices) {
  const speaker = await openSpeaker(voice);
  for (const name of options.measure.split(',')) await MEASURES[name]?.(speaker);
}
