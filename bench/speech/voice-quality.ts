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
import { loadPronouncer } from '../../packages/server/src/providers/local-speech/pronunciation/load-pronouncer.ts';
import { createResampler } from '../../packages/server/src/providers/local-speech/speaking/resampler.ts';
import { audibleRange } from '../../packages/server/src/providers/local-speech/speaking/sound.ts';
import { OUTPUT_RATE, speakClause } from '../../packages/server/src/providers/local-speech/speaking/speak-clause.ts';
import { createSpeechFlow } from '../../packages/server/src/providers/local-speech/speaking/speech-flow.ts';
import { createOnce } from '../../packages/server/src/providers/local-speech/threads/once.ts';
import { loadCatalogue } from '../../packages/server/src/providers/models/catalogue.ts';
import { createModelStore } from '../../packages/server/src/providers/models/model-store.ts';
import { createClauseSplitter } from '../../packages/server/src/spoken-text/clause-splitter.ts';
import { percentile, round } from '../harness/machine.ts';
import { type Engine, LISTENING_RATE, recognise, speak, startEngine, toInt16 } from './engine.ts';
import { bringPython, PYTHON_FOLDER } from './fetch-recordings.ts';
import { loudnessLufs, trailingDbfs, worstClick } from './loudness.ts';
import { addWordErrors, countWordErrors, wordErrorRate } from './word-errors.ts';

/**
 * The sentences are not those of the benchmark, so that voices are tuned on others than they are judged by.
 *   --measure=loudness,joins,timings,words,first-audio   only these
 *   --only=TEXT      only voices whose id has this in it
 *   --sentences=40   only the first of `voice-quality.txt`
 *   --speeds=1       at which the words are counted
 *   --keep=FOLDER    keeps what the models gave out, so that the finishing touches can be tried again quickly
 */
const { values: options } = parseArgs({
  options: {
    measure: { type: 'string', default: 'loudness,joins,timings,words,first-audio' },
    only: { type: 'string', default: '' },
    sentences: { type: 'string', default: '60' },
    speeds: { type: 'string', default: '0.8,1,1.3' },
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
  const pronouncer = await loadPronouncer(spec.pronunciation);
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

/** Where the limiter keeps peaks. */
const CEILING = 10 ** (-1.02 / 20);

async function measureLoudness(speaker: Speaker): Promise<void> {
  const spoken: Spoken[] = [];
  for (const sentence of SENTENCES.slice(0, 40)) spoken.push(await speaker.say(sentence));
  const whole = loudnessLufs({
    samples: Float32Array.from(spoken.flatMap(({ samples }) => [...samples])),
    sampleRate: OUTPUT_RATE,
  });
  const sentences = spoken.map(loudnessLufs).filter(Number.isFinite);
  const parts = spoken.flatMap((each) =>
    each.parts.map((part) => loudnessLufs({ samples: joinParts([part]), sampleRate: OUTPUT_RATE })),
  );
  const between = spoken.flatMap(({ parts: those }) => {
    const levels = those.map((part) => loudnessLufs({ samples: joinParts([part]), sampleRate: OUTPUT_RATE }));
    return levels.slice(1).map((level, index) => Math.abs(level - (levels[index] ?? level)));
  });
  const peaks = spoken.map(({ samples }) => samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
  console.log(
    `${speaker.id} loudness ${round(whole, 2)} LUFS at gain ${speaker.gain} (for -20: ${round(speaker.gain * 10 ** ((-20 - whole) / 20), 3)});`,
    `sentences: ${describe(sentences)}; parts: ${describe(parts.filter(Number.isFinite))};`,
    `neighbours over 3 LU: ${between.filter((step) => step > 3).length} of ${between.length}, worst ${round(Math.max(0, ...between.filter(Number.isFinite)), 1)};`,
    `peak ${round(decibels(Math.max(...peaks)), 1)} dBFS, sentences with limited peaks ${peaks.filter((peak) => peak > CEILING).length} of ${peaks.length}`,
  );
}

/** What PocketSphinx says of when the words and phones of a sentence are said. */
type Alignment = Array<{ start: number; end: number; phonemes: Array<{ phoneme: string; start: number; end: number }> }>;

const plainWords = (text: string) => text.toLowerCase().match(/[a-z']+/g) ?? [];

function align(texts: readonly string[], sounds: readonly Float32Array[]): Array<Alignment | undefined> {
  bringPython();
  const folder = mkdtempSync(join(tmpdir(), 'visavis-align-'));
  const requests = texts.map((text, index) => {
    const path = join(folder, `${index}.wav`);
    writeFileSync(path, wavOf(sounds[index] ?? new Float32Array(0)));
    return JSON.stringify({ path, words: plainWords(text) });
  });
  const output = execFileSync('python3', [fileURLToPath(new URL('./align-words.py', import.meta.url))], {
    input: requests.join('\n'),
    env: { ...process.env, PYTHONPATH: PYTHON_FOLDER },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  rmSync(folder, { recursive: true });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) ?? undefined);
}

/** 16 kHz, 16 bit, mono. */
function wavOf(samples: Float32Array): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length * 2, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(LISTENING_RATE, 24);
  header.writeUInt32LE(LISTENING_RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length * 2, 40);
  return Buffer.concat([header, toInt16(samples)]);
}

const AROUND = 0.3;

const differences = (milliseconds: readonly number[]) => {
  const sizes = milliseconds.map(Math.abs);
  return `|difference| median ${round(percentile(sizes, 0.5), 0)}, p95 ${round(percentile(sizes, 0.95), 0)}, bias ${round(percentile(milliseconds, 0.5), 0)} ms (n ${sizes.length})`;
};

async function measureTimings(speaker: Speaker): Promise<void> {
  const resample = await createResampler(OUTPUT_RATE, LISTENING_RATE);
  const spoken: Spoken[] = [];
  for (const sentence of SENTENCES) spoken.push(await speaker.say(sentence));
  const quiet = new Float32Array(AROUND * OUTPUT_RATE);
  const alignments = align(
    SENTENCES,
    spoken.map(({ samples }) => resample(Float32Array.from([...quiet, ...samples, ...quiet]))),
  );
  const starts: number[] = [];
  const ends: number[] = [];
  const phones: number[] = [];
  let used = 0;
  for (const [index, { words }] of spoken.entries()) {
    const aligned = alignments[index];
    if (!aligned || aligned.length !== words.length) continue;
    used += 1;
    for (const [at, word] of words.entries()) {
      const reference = aligned[at];
      if (!reference) continue;
      starts.push((word.start - (reference.start - AROUND)) * 1000);
      ends.push((word.end - (reference.end - AROUND)) * 1000);
      const { phonemes = [] } = word;
      if (phonemes.length !== reference.phonemes.length) continue;
      for (const [which, phoneme] of phonemes.entries()) {
        if (which > 0) phones.push((phoneme.start - ((reference.phonemes[which]?.start ?? 0) - AROUND)) * 1000);
      }
    }
  }
  console.log(`${speaker.id} timings, ${used} sentences: starts ${differences(starts)}; ends ${differences(ends)}`);
  if (phones.length > 0) console.log(`${speaker.id} timings: phonemes inside words ${differences(phones)}`);
}

/** Sounds that are soft at the ends of words, each alone and in a sentence. */
const SOFT_ENDS = ['puffs', 'myth', 'hum', 'off', 'seas', 'hat', 'fifth', 'home', 'thief', 'half', 'hitch', 'sixth'];
const FRAME_SECONDS = 0.005;

/** Level of each 5 ms in dBFS. */
function levelsOf(samples: Float32Array, sampleRate: number): number[] {
  const size = Math.round(FRAME_SECONDS * sampleRate);
  const levels: number[] = [];
  for (let at = 0; at + size <= samples.length; at += size) {
    levels.push(decibels(Math.sqrt(mean(Array.from(samples.subarray(at, at + size), (value) => value * value)) + 1e-12)));
  }
  return levels;
}

async function measureJoins(speaker: Speaker): Promise<void> {
  const { engine, gain } = speaker;
  const words = [...SENTENCES.slice(0, 20), ...SOFT_ENDS, ...SOFT_ENDS.map((word) => `He said ${word}.`)];
  const begins: number[] = [];
  const ends: number[] = [];
  const lost: number[] = [];
  const leads: number[] = [];
  const trails: number[] = [];
  for (const text of words) {
    const said = text
      .replace(/[.?!]/g, '')
      .split(' ')
      .map((word) => ({ text: word.replace(/,$/, ''), pause: '' as const }));
    const { samples, words: times } = await engine.speak(said, 1);
    const { start, end } = audibleRange(samples, engine.sampleRate);
    begins.push(((times[0]?.start ?? 0) - start / engine.sampleRate) * 1000);
    ends.push((end / engine.sampleRate - (times.at(-1)?.end ?? 0)) * 1000);
    const levels = levelsOf(
      samples.map((value) => value * gain),
      engine.sampleRate,
    );
    const first = Math.ceil(start / engine.sampleRate / FRAME_SECONDS);
    const last = Math.floor(end / engine.sampleRate / FRAME_SECONDS);
    lost.push(Math.max(...levels.slice(0, Math.max(0, first - 1)), ...levels.slice(last + 1), -120));
    leads.push(percentile(levels.slice(0, 4), 0.5));
    trails.push(percentile(levels.slice(-4), 0.5));
  }
  console.log(
    `${speaker.id} trim: sound kept before the first phoneme ${describe(begins)} ms, after the last ${describe(ends)} ms;`,
    `loudest 5 ms that was cut: ${describe(lost)} dBFS; the voice's own silence: before ${describe(leads)}, after ${describe(trails)} dBFS`,
  );
  const spoken: Spoken[] = [];
  for (const sentence of SENTENCES) spoken.push(await speaker.say(sentence));
  const edges = spoken.flatMap(({ parts }) => parts.flatMap(({ samples }) => [samples.at(0) ?? 0, samples.at(-1) ?? 0]));
  const clicks = spoken.map((each) => worstClick(each).ratio);
  const long = await speaker.say(
    'First of all, thank you for calling us today, we have good news. The room is ready.\n\nAnything else you want to know?',
  );
  const silences = long.parts.map(({ samples }) => {
    const first = samples.findIndex((sample) => Math.abs(sample) > 100);
    const last = samples.findLastIndex((sample) => Math.abs(sample) > 100);
    return { before: first / OUTPUT_RATE, after: (samples.length - 1 - last) / OUTPUT_RATE };
  });
  const gaps = silences.slice(1).map(({ before }, index) => round(before + (silences[index]?.after ?? 0), 2));
  console.log(
    `${speaker.id} joins: largest edge ${Math.max(...edges.map(Math.abs))} of 32767, click ratio ${describe(clicks)};`,
    `ends at ${describe(spoken.map(trailingDbfs).filter(Number.isFinite))} dBFS; silences heard between parts ${gaps.join(', ')} s`,
  );
}

let listener: Promise<Engine> | undefined;
/** The default recogniser in the product's speech process. */
function openListener(): Promise<Engine> {
  const ears = installedEars(store.folderOf, isReady, store.catalogue, undefined);
  if (!ears) throw new Error('There is no recognition model');
  listener ??= startEngine({ ears: { ...ears, recognisers: ears.recognisers.slice(0, 1) }, voices: [] });
  return listener;
}

async function measureWords(speaker: Speaker): Promise<void> {
  const { endpoint } = await openListener();
  const resample = await createResampler(OUTPUT_RATE, LISTENING_RATE);
  const speeds = options.speeds.split(',').map(Number);
  for (const speed of speeds) {
    const errors = [];
    for (const sentence of SENTENCES) {
      const heard = await recognise(endpoint, resample((await speaker.say(sentence, speed)).samples));
      const counted = countWordErrors(sentence, heard);
      if (counted.errors > 0) console.log(`  ${speaker.id} x${speed} (${counted.errors}): ${sentence} | ${heard}`);
      errors.push(counted);
    }
    console.log(`${speaker.id} words at speed ${speed}: WER ${round(wordErrorRate(addWordErrors(errors)) * 100, 2)} %`);
  }
}

const TWELVE_WORDS = [
  'Good morning and welcome back, what can I do for you today?',
  'Your new card was sent this morning and should arrive by Friday.',
  'If the problem comes back, please restart the box and call again.',
  'The next bus to the airport leaves at ten from the station.',
  'I have moved your appointment to next Thursday at half past nine.',
  'Thank you for waiting, I have just found your booking for tonight.',
];

/** Where the time to the first audio goes, from the whole text on; and the first clauses. */
async function measureFirstAudio(speaker: Speaker): Promise<void> {
  const engine = await startEngine({ voices: [speaker] });
  const whole: number[] = [];
  await speak(engine.endpoint, 'Hello there.');
  for (const text of [...TWELVE_WORDS, ...TWELVE_WORDS]) whole.push((await speak(engine.endpoint, text)).firstAudioMs);
  await engine.stop();
  const voice = await openVoice(speaker.spec);
  const resample = await createResampler(voice.sampleRate, OUTPUT_RATE);
  const { language, gain } = speaker;
  const model: number[] = [];
  const rest: number[] = [];
  const seconds: number[] = [];
  for (const text of [...TWELVE_WORDS, ...TWELVE_WORDS]) {
    const splitter = createClauseSplitter({ language });
    const [first] = [...splitter.push(text), ...splitter.flush()];
    let inModel = 0;
    const timed: VoiceEngine = {
      ...voice,
      async speak(words, speed) {
        const begin = performance.now();
        const phrase = await voice.speak(words, speed);
        inModel = performance.now() - begin;
        return phrase;
      },
    };
    const begin = performance.now();
    const { samples } = await speakClause(timed, first?.text ?? '', { language, speed: 1, gain, resample });
    model.push(inModel);
    rest.push(performance.now() - begin - inModel);
    seconds.push(samples.length / OUTPUT_RATE);
  }
  const middle = (values: readonly number[]) => round(percentile(values, 0.5), 0);
  console.log(
    `${speaker.id} first audio p50 ${middle(whole)}, p95 ${round(percentile(whole, 0.95), 0)} ms;`,
    `of it pronouncing and model ${middle(model)}, reading, resampling, times and loudness ${middle(rest)} ms, the rest processes and sockets;`,
    `first clauses ${describe(seconds)} s`,
  );
}
//MORE
const MEASURES: Record<string, (speaker: Speaker) => Promise<void>> = {
  loudness: measureLoudness,
  joins: measureJoins,
  timings: measureTimings,
  words: measureWords,
  'first-audio': measureFirstAudio,
};

for (const voice of voices) {
  const speaker = await openSpeaker(voice);
  for (const name of options.measure.split(',')) await MEASURES[name]?.(speaker);
}
await (await listener)?.stop();
