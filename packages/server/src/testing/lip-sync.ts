import { createSpokenTrack } from '../face/live/spoken-track.ts';
import type { RecordedSpeech } from './recorded-voice.ts';

// Lips against sound in what a client receives: the sound that came is found in the speech that was sent, so that it is known which moment of it is
// heard with a picture, whatever buffers did to its pace; how far the lips are apart in that picture is compared with how far they should be.

/** What came out of a client while the agent said something. */
export interface ReceivedSpeech {
  /** 48 kHz, mono, by time: what was missing is silence. */
  sound: Int16Array;
  /** How far the lips are apart in each picture, and when it was shown, in ms of `sound`. */
  pictures: ReadonlyArray<{ ms: number; open: number }>;
}

export interface LipSync {
  /** Pearson's r at the best lag, and the lag: how much later than the sound the lips are. */
  r: number;
  lagMs: number;
  /** Pictures that are counted: those whose sound was found. */
  pictures: number;
}

const STEP_MS = 10;
const MOST_LAG_MS = 300;
/** Samples a ms, of what is compared: 8 kHz. */
const RATE = 8;
const WINDOW_MS = 200;
const WINDOW_STEP_MS = 100;
/** The pace of what is received changes by no more than this from one end to the other. */
const MOST_SHIFT_MS = 400;
/** Root mean square from which there is something to be found, and how alike it must be. */
const LOUD = 300;
const ALIKE = 0.8;
/** Between two windows that were found so far apart, a pause of the speech has kept its length; before the first and after the last it holds so long. */
const SAME_PACE_MS = 40;
const BEYOND_MS = 300;

/** How far apart the lips should be in every 10 ms of a speech, 0 to 1: as the server's own track has it, to which words and sound are told in advance. */
export function intendedOpening({ samples, words }: RecordedSpeech): Float32Array {
  const track = createSpokenTrack();
  track.hear({ type: 'speech', piece: { utterance: '', positionMs: 0, samples, words } });
  track.hear({ type: 'ended', utterance: '' });
  return Float32Array.from({ length: Math.ceil(samples.length / 24 / STEP_MS) }, (_, n) => track.at('', n * STEP_MS)?.open ?? 0);
}

/** Which moment of a speech is heard at a moment of what was received, both in ms; undefined where it cannot be told. */
export type SpeechPlace = (receivedMs: number) => number | undefined;

/** Finds a speech in the sound that was received. @throws Error where it is not there */
export function placeSpeech(sound: Int16Array, { samples }: RecordedSpeech): SpeechPlace {
  const received = thinned(sound, 48 / RATE);
  const said = thinned(samples, 24 / RATE);
  const roughMs = roughPlace(received, said);
  const found: Array<{ ms: number; offsetMs: number }> = [];
  const length = WINDOW_MS * RATE;
  for (let from = 0; from + length <= received.length; from += WINDOW_STEP_MS * RATE) {
    const window = received.subarray(from, from + length);
    if (Math.sqrt(powerOf(window) / length) < LOUD) continue;
    const near = found.at(-1)?.offsetMs ?? roughMs;
    const at = bestPlace(window, said, from - (near + MOST_SHIFT_MS) * RATE, from - (near - MOST_SHIFT_MS) * RATE);
    if (at !== undefined) found.push({ ms: from / RATE + WINDOW_MS / 2, offsetMs: (from - at) / RATE });
  }
  const [first, last] = [found[0], found.at(-1)];
  if (first === undefined || last === undefined) throw new Error('The speech was not found in what was received');
  return (ms) => {
    const after = found.findIndex((each) => each.ms >= ms);
    const [before, next] = [after < 0 ? last : found[after - 1], found[after]];
    if (before === undefined || next === undefined) {
      const end = before ?? first;
      return Math.abs(end.ms - ms) > BEYOND_MS + WINDOW_MS / 2 ? undefined : ms - end.offsetMs;
    }
    const near = ms - before.ms < next.ms - ms ? before : next;
    const samePace = Math.abs(before.offsetMs - next.offsetMs) <= SAME_PACE_MS;
    return samePace || Math.abs(near.ms - ms) <= WINDOW_MS / 2 ? ms - near.offsetMs : undefined;
  };
}

/** The lips of pictures against an opening that was intended, at lags up to `mostLagMs`. */
export function lipSync(
  { pictures }: Pick<ReceivedSpeech, 'pictures'>,
  place: SpeechPlace,
  intended: Float32Array,
  mostLagMs = MOST_LAG_MS,
): LipSync {
  const placed = pictures.flatMap(({ ms, open }) => {
    const at = place(ms);
    return at === undefined ? [] : [{ at, open }];
  });
  const best: LipSync = { r: -1, lagMs: 0, pictures: placed.length };
  for (let lagMs = -mostLagMs; lagMs <= mostLagMs; lagMs += STEP_MS) {
    const r = lipCorrelation(placed, intended, lagMs);
    if (r > best.r) Object.assign(best, { r, lagMs });
  }
  return best;
}

/** At one lag. `at`: the moment of the speech. */
function lipCorrelation(lips: ReadonlyArray<{ at: number; open: number }>, intended: Float32Array, lagMs: number): number {
  return correlation(
    lips.map(({ open }) => open),
    lips.map(({ at }) => intended[Math.round((at - lagMs) / STEP_MS)] ?? 0),
  );
}

/** The same pictures so much later. */
export function delayed({ sound, pictures }: ReceivedSpeech, byMs: number): ReceivedSpeech {
  return { sound, pictures: pictures.map(({ ms, open }) => ({ ms: ms + byMs, open })) };
}

/** Where the mouth of Clara is in a square picture: shares of its side. */
export const LIPS_REGION = { left: 0.45, top: 0.53, right: 0.55, bottom: 0.68 };
/** Brightness, and the red difference (BT.601), of what shows between lips: it is dark, or has lost its red (teeth). */
const DARK = 75;
const COLOURLESS = 135;

/** How far lips are apart: what share of their region is neither skin nor lips. `yvOf`: brightness and red difference of the pixel with this number. */
export function openingOf(pixels: number, yvOf: (pixel: number) => readonly [y: number, v: number]): number {
  let inside = 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const [y, v] = yvOf(pixel);
    if (y < DARK || v < COLOURLESS) inside++;
  }
  return inside / pixels;
}

/** Of the lips' region in a whole I420 picture. */
export function openingInPicture({ width, height, data }: { width: number; height: number; data: ArrayLike<number> }): number {
  const left = Math.round(width * LIPS_REGION.left);
  const top = Math.round(height * LIPS_REGION.top);
  const columns = Math.round(width * LIPS_REGION.right) - left;
  const rows = Math.round(height * LIPS_REGION.bottom) - top;
  const red = width * height * 1.25;
  return openingOf(columns * rows, (pixel) => {
    const [x, y] = [left + (pixel % columns), top + Math.floor(pixel / columns)];
    return [data[y * width + x] ?? 255, data[red + (y >> 1) * (width >> 1) + (x >> 1)] ?? 255];
  });
}

/** Of the lips' region alone, as a canvas gives it: RGBA. */
export function openingInPixels(rgba: ArrayLike<number>): number {
  return openingOf(rgba.length / 4, (pixel) => {
    const [r, g, b] = [rgba[4 * pixel] ?? 0, rgba[4 * pixel + 1] ?? 0, rgba[4 * pixel + 2] ?? 0];
    return [16 + 0.257 * r + 0.504 * g + 0.098 * b, 128 + 0.439 * r - 0.368 * g - 0.071 * b];
  });
}

/** Every so many samples as their mean. */
function thinned(samples: Int16Array, by: number): Float32Array {
  return Float32Array.from({ length: Math.floor(samples.length / by) }, (_, n) => {
    let sum = 0;
    for (let i = 0; i < by; i++) sum += samples[n * by + i] ?? 0;
    return sum / by;
  });
}

function powerOf(samples: Float32Array): number {
  let power = 0;
  for (let n = 0; n < samples.length; n++) power += (samples[n] as number) ** 2;
  return power;
}

/** How much later the speech is in what was received, in ms, by loudness in steps of 10 ms. */
function roughPlace(received: Float32Array, said: Float32Array): number {
  const loudness = (samples: Float32Array) =>
    Array.from({ length: Math.floor(samples.length / (STEP_MS * RATE)) }, (_, n) => {
      const power = powerOf(samples.subarray(n * STEP_MS * RATE, (n + 1) * STEP_MS * RATE));
      return Math.log10(1 + Math.sqrt(power / (STEP_MS * RATE)));
    });
  const [all, own] = [loudness(received), loudness(said)];
  let best = { offset: 0, r: -1 };
  for (let offset = 0; offset + own.length / 2 < all.length; offset++) {
    const there = all.slice(offset, offset + own.length);
    const r = correlation(there, own.slice(0, there.length));
    if (r > best.r) best = { offset, r };
  }
  return best.offset * STEP_MS;
}

/** Where in `said`, between two places, a window is found; undefined: nowhere. */
function bestPlace(window: Float32Array, said: Float32Array, from: number, to: number): number | undefined {
  const power = powerOf(window);
  let best: { at: number | undefined; r: number } = { at: undefined, r: ALIKE };
  for (let at = Math.max(0, Math.round(from)); at <= Math.min(said.length - window.length, to); at++) {
    let product = 0;
    let own = 1;
    for (let n = 0; n < window.length; n++) {
      const sample = said[at + n] as number;
      product += sample * (window[n] as number);
      own += sample * sample;
    }
    const r = product / Math.sqrt(power * own);
    if (r > best.r) best = { at, r };
  }
  return best.at;
}

/** Pearson's r. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [n, value] of a.entries()) {
    const [da, db] = [value - ma, (b[n] ?? 0) - mb];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return ab / Math.sqrt(aa * bb || 1);
}
