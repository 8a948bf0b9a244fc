import { CLOSED_OUTPUT, MODEL_OUTPUTS, SHAPE_OUTPUTS } from '../../packages/face/src/mouth/audio-mouth.ts';
import { MOUTH_PARAMETERS } from '../../packages/face/src/pose.ts';
import type { Example } from './examples.ts';

/** What a way of driving the mouth makes of an example: `hops * SHAPE_OUTPUTS`. */
export type Driver = (example: Example) => Float32Array;

/** How well a driver agrees with the phonemes. */
export interface Score {
  /** Correlation over all hops, for each parameter. */
  r: Record<string, number>;
  /** Of the closures of p, b and m: the share in which the mouth is closed for 40 ms. */
  closuresMade: number;
  /** Closures where no lips close, a minute. */
  falseClosures: number;
}

/** As open as this is closed. */
const CLOSED = 0.06;
const FRAME_HOPS = 4;

export function score(driver: Driver, examples: readonly Example[]): Score {
  const made = examples.map((example) => ({ example, shapes: driver(example) }));
  const r = Object.fromEntries(
    MOUTH_PARAMETERS.map((key, k) => [key, correlation(made.map((each) => ({ ...each, k })))] as const),
  );
  let closures = 0;
  let closuresMade = 0;
  let falseClosures = 0;
  let hops = 0;
  for (const { example, shapes } of made) {
    hops += example.hops;
    const isTrue = (hop: number) => example.targets[hop * MODEL_OUTPUTS + CLOSED_OUTPUT]! > 0.95;
    const isMade = (hop: number) => shapes[hop * SHAPE_OUTPUTS]! < CLOSED;
    const wasOpen = (hop: number) => example.targets[hop * MODEL_OUTPUTS]! > 0.15;
    for (const [from, to] of runs(example.hops, isTrue)) {
      closures += 1;
      closuresMade += runs(example.hops, isMade).some(([a, b]) => b - a >= FRAME_HOPS && a < to + 3 && b > from - 3) ? 1 : 0;
    }
    for (const [from, to] of runs(example.hops, isMade)) {
      const middle = Math.floor((from + to) / 2);
      if (to - from >= 2 && wasOpen(middle)) falseClosures += 1;
    }
  }
  return { r, closuresMade: closuresMade / Math.max(closures, 1), falseClosures: falseClosures / (hops / 6_000) };
}

function runs(length: number, holds: (at: number) => boolean): Array<[from: number, to: number]> {
  const found: Array<[number, number]> = [];
  for (let at = 0, from = -1; at <= length; at++) {
    const inside = at < length && holds(at);
    if (inside && from < 0) from = at;
    if (inside || from < 0) continue;
    found.push([from, at]);
    from = -1;
  }
  return found;
}

function correlation(made: ReadonlyArray<{ example: Example; shapes: Float32Array; k: number }>): number {
  let [n, x, y, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
  for (const { example, shapes, k } of made) {
    for (let hop = 0; hop < example.hops; hop++) {
      const a = shapes[hop * SHAPE_OUTPUTS + k]!;
      const b = example.targets[hop * MODEL_OUTPUTS + k]!;
      n += 1;
      x += a;
      y += b;
      xx += a * a;
      yy += b * b;
      xy += a * b;
    }
  }
  const spread = Math.sqrt(Math.max(xx - (x * x) / n, 0) * Math.max(yy - (y * y) / n, 0));
  return spread === 0 ? 0 : (xy - (x * y) / n) / spread;
}
