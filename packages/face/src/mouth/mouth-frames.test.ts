import { describe, expect, it } from 'vitest';
import { CLOSED_MOUTH, MOUTH_PARAMETERS } from '../pose.ts';
import { decodeMouth, encodeMouth, mouthInFrames } from './mouth-frames.ts';

const shape = { ...CLOSED_MOUTH, open: 0.5, pucker: 1, tuck: 0.2 };

describe('mouth frames', () => {
  it('come back within half of a 255th', () => {
    const bytes = encodeMouth([shape, CLOSED_MOUTH, { ...shape, open: 1.7, wide: -3 }]);
    expect(bytes).toHaveLength(24);
    const [first, second, third] = decodeMouth(bytes);
    for (const key of MOUTH_PARAMETERS) expect(Math.abs(first![key] - shape[key])).toBeLessThan(1 / 500);
    expect(second).toEqual(CLOSED_MOUTH);
    expect(third).toMatchObject({ open: 1, wide: 0 });
  });

  it('are read between two, and closed outside', () => {
    const bytes = encodeMouth([shape, CLOSED_MOUTH, shape]);
    expect(mouthInFrames(bytes, 10).open).toBeCloseTo(0.25, 2);
    expect(mouthInFrames(bytes, 40).open).toBeCloseTo(0.5, 2);
    expect(mouthInFrames(bytes, 60)).toEqual(CLOSED_MOUTH);
    expect(mouthInFrames(bytes, -20)).toEqual(CLOSED_MOUTH);
  });

  it('must be whole', () => {
    expect(() => decodeMouth(new Uint8Array(9))).toThrow(/9 bytes/);
  });
});
