import { describe, expect, it } from 'vitest';
import { createDecimator, createInterpolator } from './resample.ts';

const SECOND = 48_000;
const wave = (hertz: number, rate: number) =>
  Int16Array.from({ length: rate }, (_, at) => Math.round(10_000 * Math.sin((2 * Math.PI * hertz * at) / rate)));
const inPieces = (samples: Int16Array, size: number) =>
  Array.from({ length: samples.length / size }, (_, at) => samples.slice(at * size, (at + 1) * size));
/** Loudness in decibels, of a full wave of the amplitude 10,000. */
const decibels = (samples: ArrayLike<number>) => {
  const all = Array.from(samples).slice(1_000);
  return 20 * Math.log10(Math.sqrt(all.reduce((sum, sample) => sum + sample ** 2, 0) / all.length) / (10_000 / Math.SQRT2));
};
/** The loudness at one frequency (Goertzel). */
const decibelsAt = (samples: Int16Array, hertz: number, rate: number) => {
  const turn = (2 * Math.PI * hertz) / rate;
  let [real, imaginary] = [0, 0];
  for (const [at, sample] of samples.entries()) {
    real += sample * Math.cos(turn * at);
    imaginary += sample * Math.sin(turn * at);
  }
  return 20 * Math.log10((2 * Math.hypot(real, imaginary)) / samples.length / 10_000);
};

function decimated(hertz: number): Int16Array {
  const decimate = createDecimator();
  return Int16Array.from(inPieces(wave(hertz, SECOND), 480).flatMap((piece) => [...decimate(piece)]));
}
function interpolated(hertz: number): Int16Array {
  const interpolate = createInterpolator();
  return Int16Array.from(
    inPieces(wave(hertz, 24_000), 480).flatMap((piece) => {
      const into = new Int16Array(960);
      interpolate(piece, into);
      return [...into];
    }),
  );
}

describe('the way down to 16 kHz', () => {
  it.each([200, 1_000, 4_000, 6_000])('keeps %i Hz', (hertz) => {
    expect(decimated(hertz)).toHaveLength(16_000);
    expect(Math.abs(decibels(decimated(hertz)))).toBeLessThan(0.5);
  });

  it.each([9_500, 12_000, 15_000, 20_000])('lets nothing of %i Hz come back as another tone', (hertz) => {
    expect(decibels(decimated(hertz))).toBeLessThan(-45);
  });
});

describe('the way up to 48 kHz', () => {
  it.each([200, 1_000, 4_000, 9_000])('keeps %i Hz, without its mirror', (hertz) => {
    const samples = interpolated(hertz);
    expect(Math.abs(decibelsAt(samples, hertz, SECOND))).toBeLessThan(0.5);
    expect(decibelsAt(samples, 24_000 - hertz, SECOND)).toBeLessThan(-45);
  });

  it('is silent after two silent pieces', () => {
    const interpolate = createInterpolator();
    const into = new Int16Array(960);
    for (const piece of [wave(1_000, 24_000).slice(0, 480), new Int16Array(480), new Int16Array(480)]) interpolate(piece, into);
    expect(into.every((sample) => sample === 0)).toBe(true);
  });
});
