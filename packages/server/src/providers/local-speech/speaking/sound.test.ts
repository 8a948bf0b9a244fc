import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audibleRange, fadeEnds, toPcm } from './sound.ts';

const RATE = 24_000;
const silence = (seconds: number) => new Float32Array(seconds * RATE);
const sound = (seconds: number, level = 0.5) =>
  Float32Array.from({ length: seconds * RATE }, (_, at) => level * Math.sin(at / 5));
const joined = (...parts: Float32Array[]) => Float32Array.from(parts.flatMap((part) => Array.from(part)));

describe('the audible range', () => {
  it('leaves 40 ms before the sound and 100 ms after it', () => {
    const { start, end } = audibleRange(joined(silence(0.5), sound(1), silence(0.3)), RATE);
    expect(start / RATE).toBeCloseTo(0.46, 3);
    expect(end / RATE).toBeCloseTo(1.6, 3);
  });

  it('takes for silence what is 45 dB quieter than the loudest place', () => {
    const { start } = audibleRange(joined(sound(0.5, 0.002), sound(1)), RATE);
    expect(start / RATE).toBeCloseTo(0.46, 3);
    expect(audibleRange(joined(sound(0.5, 0.004), sound(1)), RATE).start).toBe(0);
  });

  it('keeps pauses between sounds, and stays inside the samples', () => {
    const samples = joined(sound(0.2), silence(0.5), sound(0.2));
    expect(audibleRange(samples, RATE)).toEqual({ start: 0, end: samples.length });
  });

  it('is empty where nothing sounds', () => {
    expect(audibleRange(silence(1), RATE)).toEqual({ start: 0, end: 0 });
    expect(audibleRange(new Float32Array(0), RATE)).toEqual({ start: 0, end: 0 });
  });
});

describe('a fade', () => {
  it('lets the sound begin and end at zero and leaves the middle alone', () => {
    const samples = new Float32Array(RATE).fill(0.5);
    fadeEnds(samples, RATE);
    expect([samples[0], samples.at(-1), samples[RATE / 2]]).toEqual([0, 0, 0.5]);
    let largestStep = 0;
    for (let at = 1; at < RATE; at += 1)
      largestStep = Math.max(largestStep, Math.abs((samples[at] ?? 0) - (samples[at - 1] ?? 0)));
    expect(largestStep).toBeLessThan(0.005);
  });

  it('manages sounds of a few samples', () => {
    for (const length of [0, 1, 2, 3]) {
      const samples = new Float32Array(length).fill(1);
      fadeEnds(samples, RATE);
      expect(samples.every((sample) => sample >= 0 && sample <= 1)).toBe(true);
    }
  });
});

describe('the limiter', () => {
  it('changes nothing below -1 dBFS', () => {
    expect(Array.from(toPcm(Float32Array.of(0, 0.5, -0.5, 0.25), 1, RATE))).toEqual([0, 16_384, -16_383, 8_192]);
    expect(Array.from(toPcm(Float32Array.of(0.25), 2, RATE))).toEqual([16_384]);
  });

  it('keeps peaks below -1 dBFS and signs as they were', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 2 }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (values, gain) => {
          for (const [at, sample] of toPcm(Float32Array.from(values), gain, RATE).entries()) {
            expect(Math.abs(sample)).toBeLessThanOrEqual(Math.round(32_767 * 10 ** (-1 / 20)));
            expect(Math.sign(sample) * Math.sign(values[at] ?? 0)).toBeGreaterThanOrEqual(0);
          }
        },
      ),
    );
  });

  it('turns down around a peak, without a step, and leaves the rest alone', () => {
    const samples = new Float32Array(RATE).fill(0.5);
    samples[RATE / 2] = 1.8;
    const pcm = toPcm(samples, 1, RATE);
    expect((pcm[RATE / 2] ?? 0) / 32_767).toBeCloseTo(10 ** (-1 / 20), 2);
    expect([pcm[0], pcm.at(-1), pcm[RATE / 2 - RATE / 50]]).toEqual([16_384, 16_384, 16_384]);
    const steps = Array.from(pcm, (sample, at) =>
      at === RATE / 2 || at === RATE / 2 + 1 ? 0 : Math.abs(sample - (pcm[at - 1] ?? sample)),
    );
    expect(Math.max(...steps)).toBeLessThan(1000);
  });
});
