import { bandFeature, SILENT_FEATURE } from '../../packages/face/src/mouth/audio-features.ts';
import { CLOSED_OUTPUT, FIRST_VISEME_OUTPUT, MODEL_OUTPUTS, SHAPE_OUTPUTS } from '../../packages/face/src/mouth/audio-mouth.ts';
import { createGestureLine, pressLips, tuckLip } from '../../packages/face/src/mouth/gesture-line.ts';
import { createLoudness, type Loudness, USUAL_LEVEL } from '../../packages/face/src/mouth/loudness.ts';
import { BANDS, createMelBands, HOP, HOP_MS, WINDOW } from '../../packages/face/src/mouth/mel-bands.ts';
import { VISEMES, type Viseme } from '../../packages/face/src/mouth/visemes.ts';
import { gesturesOfWord, type TimedWord } from '../../packages/face/src/mouth/word-gestures.ts';
import type { SpokenSentence } from './spoken-sentences.ts';

/** A sentence as the model sees it, hop by hop, and what it should say. */
export interface Example {
  voice: string;
  index: number;
  hops: number;
  /** `hops * BANDS` */
  features: Float32Array;
  /** `hops * MODEL_OUTPUTS`; the visemes as 1 for the right one. */
  targets: Float32Array;
  energy: Float32Array;
  /** Where it is unchanged. */
  sentence: SpokenSentence;
}

/** A sentence's words in ms, as the mouth takes them. */
export function timedWords({ words }: Pick<SpokenSentence, 'words'>): TimedWord[] {
  return words.map(({ text, start, end, phonemes }) => ({
    text,
    startMs: start * 1_000,
    endMs: end * 1_000,
    ...(phonemes && {
      phonemes: phonemes.map((phoneme) => ({
        symbol: phoneme.phoneme,
        startMs: phoneme.start * 1_000,
        endMs: phoneme.end * 1_000,
      })),
    }),
  }));
}

/** What the mouth should do, hop by hop, by the phonemes. */
export function truthOf(words: readonly TimedWord[], loudness: Loudness): Float32Array {
  const line = createGestureLine();
  const gestures = words.flatMap((word) => gesturesOfWord(word));
  line.add(gestures);
  const targets = new Float32Array(loudness.hops * MODEL_OUTPUTS);
  const shape = new Float32Array(SHAPE_OUTPUTS);
  for (let hop = 0; hop < loudness.hops; hop++) {
    const ms = (hop + 0.5) * HOP_MS;
    const { pressed, tucked } = line.at(ms, shape);
    tuckLip(shape, tucked);
    pressLips(shape, pressed);
    const speech = loudness.speechAt(ms);
    const at = hop * MODEL_OUTPUTS;
    for (let k = 0; k < SHAPE_OUTPUTS; k++) targets[at + k] = shape[k]! * speech;
    targets[at + CLOSED_OUTPUT] = pressed * speech;
    const viseme: Viseme =
      speech === 0 ? 'sil' : (gestures.find(({ startMs, endMs }) => startMs <= ms && ms < endMs)?.viseme ?? 'sil');
    targets[at + FIRST_VISEME_OUTPUT + VISEMES.indexOf(viseme)] = 1;
  }
  return targets;
}

export interface Variation {
  /** Played so much faster, and higher: another speaker. */
  faster: number;
  /** White noise is added, so loud, in dBFS. */
  noiseDb: number;
  /** Treble against bass: 0 as it is. */
  tilt: number;
}

export const AS_IT_IS: Variation = { faster: 1, noiseDb: -120, tilt: 0 };

/** Another voice, another room, another microphone. */
export function varied(random: () => number): Variation {
  return { faster: 0.86 + 0.3 * random(), noiseDb: -80 + 35 * random(), tilt: random() * 1.2 - 0.6 };
}

function changed(samples: Int16Array, { faster, noiseDb, tilt }: Variation, random: () => number): Int16Array {
  const result = new Int16Array(Math.floor(samples.length / faster));
  const noise = 32_768 * 10 ** (noiseDb / 20) * Math.sqrt(12);
  let before = 0;
  for (let i = 0; i < result.length; i++) {
    const position = i * faster;
    const left = Math.floor(position);
    const value = samples[left]! + ((samples[left + 1] ?? 0) - samples[left]!) * (position - left);
    const tilted = value - tilt * before;
    before = value;
    result[i] = Math.min(Math.max(tilted + noise * (random() - 0.5), -32_768), 32_767);
  }
  return result;
}

export function exampleOf(sentence: SpokenSentence, variation: Variation, random: () => number): Example {
  const samples = variation === AS_IT_IS ? sentence.samples : changed(sentence.samples, variation, random);
  const loudness = createLoudness({ ...USUAL_LEVEL });
  loudness.push(samples);
  loudness.end();
  const { hops } = loudness;
  const features = new Float32Array(hops * BANDS);
  const bands = createMelBands();
  const window = new Float32Array(WINDOW);
  const powers = new Float32Array(BANDS);
  for (let hop = 0; hop < hops; hop++) {
    const from = hop * HOP + HOP / 2 - WINDOW / 2;
    for (let i = 0; i < WINDOW; i++) window[i] = (samples[from + i] ?? 0) / 32_768;
    bands.measure(window, powers);
    for (let band = 0; band < BANDS; band++) features[hop * BANDS + band] = bandFeature(powers[band]!, loudness.levelAt(hop));
  }
  const words = timedWords(sentence).map((word) => ({
    ...word,
    startMs: word.startMs / variation.faster,
    endMs: word.endMs / variation.faster,
    ...(word.phonemes && {
      phonemes: word.phonemes.map(({ symbol, startMs, endMs }) => ({
        symbol,
        startMs: startMs / variation.faster,
        endMs: endMs / variation.faster,
      })),
    }),
  }));
  const energy = Float32Array.from({ length: hops }, (_, hop) => loudness.energyAt((hop + 0.5) * HOP_MS));
  return { voice: sentence.voice, index: sentence.index, hops, features, targets: truthOf(words, loudness), energy, sentence };
}

/** Writes what a model sees of a hop. */
export function gather({ features, hops }: Example, hop: number, offsets: readonly number[], into: Float32Array): void {
  for (const [o, offset] of offsets.entries()) {
    const row = hop + offset;
    if (row < 0 || row >= hops) into.fill(SILENT_FEATURE, o * BANDS, (o + 1) * BANDS);
    else into.set(features.subarray(row * BANDS, (row + 1) * BANDS), o * BANDS);
  }
}
