import { describe, expect, it } from 'vitest';
import { loudnessOf } from './loudness.ts';

const RATE = 24_000;
const tone = (amplitude: number, seconds: number, hertz = 997) =>
  Float32Array.from({ length: seconds * RATE }, (_, at) => amplitude * Math.sin((2 * Math.PI * hertz * at) / RATE));

describe('the loudness of a clause', () => {
  it('is -3.01 LUFS for a full tone of 997 Hz, as the standard says', () => {
    expect(loudnessOf(tone(1, 2), RATE)).toBeCloseTo(-3.01, 1);
    expect(loudnessOf(tone(0.1, 2), RATE)).toBeCloseTo(-23.01, 1);
  });

  it('does not count pauses', () => {
    expect(loudnessOf(Float32Array.from([...tone(0.1, 1), ...new Float32Array(RATE), ...tone(0.1, 1)]), RATE)).toBeCloseTo(
      -23,
      0,
    );
  });

  it('is known of a sound of a few milliseconds, and not of silence', () => {
    expect(loudnessOf(tone(0.1, 0.02), RATE)).toBeGreaterThan(-30);
    expect(loudnessOf(new Float32Array(RATE), RATE)).toBeUndefined();
    expect(loudnessOf(new Float32Array(0), RATE)).toBeUndefined();
  });
});
