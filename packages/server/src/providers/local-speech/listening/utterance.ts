import { WINDOW_SAMPLES } from '../engines/voice-activity.ts';

const WINDOWS_PER_SECOND = 16_000 / WINDOW_SAMPLES;
/** From here on an utterance is cut at the next short pause … */
const CUT_AT_PAUSE_FROM = 12 * WINDOWS_PER_SECOND;
const PAUSE_WINDOWS = 5;
/** … and here at the least speech-like place of its last seconds, pause or not. */
const CUT_ANYWAY_AT = 22 * WINDOWS_PER_SECOND;
const LOOK_BACK_WINDOWS = 6 * WINDOWS_PER_SECOND;
const QUIET = 0.35;

/** The audio of an utterance that is being said, window by window. */
export interface Utterance {
  /** Index of its first window in the stream. */
  readonly firstWindow: number;
  add(window: Float32Array, probability: number): void;
  length(): number;
  /** The audio of the first `windows` windows. */
  samples(windows: number): Float32Array;
  windowsFrom(index: number): Window[];
  /** How many windows to cut off from the front now because it grew too long; undefined: none. */
  placeToCut(): number | undefined;
  /** What is left after a cut, as an utterance of its own. */
  rest(from: number): Utterance;
}

export interface Window {
  samples: Float32Array;
  probability: number;
}

export function createUtterance(firstWindow: number, windows: Window[]): Utterance {
  return {
    firstWindow,
    add(samples, probability) {
      windows.push({ samples, probability });
    },
    length: () => windows.length,
    samples(count) {
      const chosen = windows.slice(0, count);
      const audio = new Float32Array(chosen.length * WINDOW_SAMPLES);
      for (const [index, window] of chosen.entries()) audio.set(window.samples, index * WINDOW_SAMPLES);
      return audio;
    },
    windowsFrom: (index) => windows.slice(index),
    placeToCut() {
      if (windows.length < CUT_AT_PAUSE_FROM) return undefined;
      const last = windows.slice(-PAUSE_WINDOWS);
      if (last.every((window) => window.probability < QUIET)) return windows.length - Math.floor(PAUSE_WINDOWS / 2);
      return windows.length < CUT_ANYWAY_AT ? undefined : quietestPlace(windows);
    },
    rest: (from) => createUtterance(firstWindow + from, windows.slice(from)),
  };
}

/** The middle of the three neighbouring windows with the least speech, among the last seconds. */
function quietestPlace(windows: readonly Window[]): number {
  let best = windows.length - 2;
  let least = Number.POSITIVE_INFINITY;
  for (let at = Math.max(1, Math.round(windows.length - LOOK_BACK_WINDOWS)); at < windows.length - 1; at += 1) {
    const sum = [at - 1, at, at + 1].reduce((total, index) => total + (windows[index]?.probability ?? 0), 0);
    if (sum < least) {
      least = sum;
      best = at;
    }
  }
  return best;
}
