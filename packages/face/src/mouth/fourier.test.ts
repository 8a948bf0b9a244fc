import { describe, expect, it } from 'vitest';
import { createPowerSpectrum } from './fourier.ts';

describe('a power spectrum', () => {
  it('is that of the discrete Fourier transform', () => {
    const size = 64;
    const samples = Float32Array.from({ length: size }, (_, i) => Math.sin(i * 0.7) + 0.5 * Math.cos(i * i) + 0.1);
    const powers = new Float32Array(size / 2 + 1);
    createPowerSpectrum(size).measure(samples, powers);
    for (const [k, power] of powers.entries()) {
      let [re, im] = [0, 0];
      for (const [n, sample] of samples.entries()) {
        re += sample * Math.cos((2 * Math.PI * k * n) / size);
        im -= sample * Math.sin((2 * Math.PI * k * n) / size);
      }
      expect(power).toBeCloseTo(re * re + im * im, 2);
    }
  });

  it('is not made for sizes that are no power of two', () => {
    expect(() => createPowerSpectrum(600)).toThrow(/power of two/);
  });
});
