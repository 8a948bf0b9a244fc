import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audibleRange, fadeEnds, toPcm } from './sound.ts';

const RATE = 24_000;
const silence = (seconds: number) => new Float32Array(seconds * RATE);
const sound = (seconds: number, level = 0.5) =>
  Float32Array.from({ length: seconds * RATE }, (_, at) => level * Math.sin(at / 5));
const joined = (...parts: Float32Array[]) => Float32Array.from(parts.flatMap((part) => Array.from(part)));

describe('the audible range', () => {
  it('leaves 40 ms around the sound', () => {
    const { start, end } = audibleRange(joined(silence(0.5), sound(1), silence(0.3)), RATE);
    expect(start / RATE).toBeCloseTo(0.46, 3);
    expect(end / RATE).toBeCloseTo(1.54, 3);
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
  it('changes nothing below -3 dBFS', () => {
    expect(Array.from(toPcm(Float32Array.of(0, 0.5, -0.5, 0.25), 1))).toEqual([0, 16_384, -16_383, 8_192]);
    expect(Array.from(toPcm(Float32Array.of(0.25), 2))).toEqual([16_384]);
  });

  it('never turns over or exceeds full scale, and keeps louder louder', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 2 }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (values, gain) => {
          const sorted = Float32Array.from(values).sort();
          const pcm = toPcm(sorted, gain);
          for (const [at, sample] of pcm.entries()) {
            expect(Math.abs(sample)).toBeLessThanOrEqual(32_767);
            expect(sample).toBeGreaterThanOrEqual(pcm[at - 1] ?? -32_768);
            expect(Math.sign(sample) * Math.sign(sorted[at] ?? 0)).toBeGreaterThanOrEqual(0);
          }
        },
      ),
    );
  });
});
