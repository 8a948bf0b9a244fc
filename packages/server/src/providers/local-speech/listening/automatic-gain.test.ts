import { describe, expect, it } from 'vitest';
import { createAutomaticGain } from './automatic-gain.ts';

const window = (peak: number) => Float32Array.from({ length: 512 }, (_, at) => (at === 100 ? -peak : 0));
const peakOf = (samples: Float32Array | undefined) => samples?.reduce((most, each) => Math.max(most, Math.abs(each)), 0);

describe('the automatic gain', () => {
  it('leaves alone what is loud enough', () => {
    expect(createAutomaticGain().apply(window(0.2))).toBeUndefined();
    expect(createAutomaticGain().apply(window(1))).toBeUndefined();
  });

  it('brings quiet sound up to the same level, at most by 40 dB', () => {
    expect(peakOf(createAutomaticGain().apply(window(0.01)))).toBeCloseTo(0.2);
    expect(peakOf(createAutomaticGain().apply(window(0.001)))).toBeCloseTo(0.1);
    expect(peakOf(createAutomaticGain().apply(window(0)))).toBe(0);
  });

  it('minds a loud sound for a second, so that a pause in speech is not made loud', () => {
    const gain = createAutomaticGain();
    gain.apply(window(0.5));
    for (let at = 0; at < 30; at += 1) expect(gain.apply(window(0.01))).toBeUndefined();
    expect(peakOf(gain.apply(window(0.01)))).toBeCloseTo(0.2);
  });

  it('changes nothing of what it is given', () => {
    const samples = window(0.01);
    createAutomaticGain().apply(samples);
    expect(peakOf(samples)).toBeCloseTo(0.01);
  });
});
