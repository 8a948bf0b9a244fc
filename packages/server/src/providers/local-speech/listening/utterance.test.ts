import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WINDOW_SAMPLES } from '../engines/voice-activity.ts';
import { createUtterance, type Utterance, type Window } from './utterance.ts';

const WINDOWS_PER_SECOND = 16_000 / WINDOW_SAMPLES;

/** The n-th window of a stream; every sample is its own place, in so many parts of full scale. */
const SCALE = 2 ** 23;
function window(index: number, probability: number): Window {
  const samples = Float32Array.from({ length: WINDOW_SAMPLES }, (_, at) => (index * WINDOW_SAMPLES + at) / SCALE);
  return { samples, probability };
}

function add(utterance: Utterance, probabilities: readonly number[]): void {
  for (const probability of probabilities) {
    const { samples } = window(utterance.firstWindow + utterance.length(), probability);
    utterance.add(samples, probability);
  }
}
const windows = (seconds: number, probability: number): number[] =>
  Array(Math.round(seconds * WINDOWS_PER_SECOND)).fill(probability);

describe('an utterance', () => {
  it('is not cut at a pause in its first 12 s', () => {
    const utterance = createUtterance(0, []);
    add(utterance, [...windows(11, 0.9), ...windows(0.8, 0)]);
    expect(utterance.placeToCut()).toBeUndefined();
  });

  it('is cut in the middle of a pause of 160 ms after that', () => {
    const utterance = createUtterance(0, []);
    add(utterance, windows(12.5, 0.9));
    add(utterance, [0, 0, 0, 0]);
    expect(utterance.placeToCut()).toBeUndefined();
    add(utterance, [0]);
    expect(utterance.placeToCut()).toBe(utterance.length() - 2);
  });

  it('is cut by 22 s where the last 6 s are least like speech', () => {
    const utterance = createUtterance(0, []);
    // A quieter place before the last 6 s does not count.
    add(utterance, [...windows(14, 0.9), 0.4, 0.4, 0.4, ...windows(4, 0.9), 0.5, 0.45, 0.5]);
    const quietest = utterance.length() - 2;
    while (utterance.placeToCut() === undefined) add(utterance, [0.9]);
    expect(utterance.length()).toBe(Math.ceil(22 * WINDOWS_PER_SECOND));
    expect(utterance.placeToCut()).toBe(quietest);
  });

  it('loses and doubles no sample over any number of cuts', () => {
    const probability = fc.oneof(fc.constant(0.9), fc.constant(0.1), fc.double({ min: 0, max: 1, noNaN: true }));
    const stretch = fc.tuple(fc.integer({ min: 1, max: 200 }), probability);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.array(stretch, { maxLength: 30 }), (first, stretches) => {
        let utterance = createUtterance(first, []);
        const pieces: Float32Array[] = [];
        let given = 0;
        for (const [count, probable] of stretches) {
          for (let n = 0; n < count; n += 1) {
            add(utterance, [probable]);
            given += 1;
            const cut = utterance.placeToCut();
            if (cut === undefined) continue;
            expect(cut).toBeGreaterThan(0);
            expect(cut).toBeLessThan(utterance.length());
            pieces.push(utterance.samples(cut));
            utterance = utterance.rest(cut);
          }
          expect(utterance.length()).toBeLessThanOrEqual(22 * WINDOWS_PER_SECOND);
        }
        pieces.push(utterance.samples(utterance.length()));
        let next = first * WINDOW_SAMPLES;
        let whole = true;
        for (const sample of pieces.flatMap((piece) => Array.from(piece))) whole &&= sample === next++ / SCALE;
        expect(whole).toBe(true);
        expect(next).toBe((first + given) * WINDOW_SAMPLES);
      }),
      { numRuns: 25 },
    );
  });
});
