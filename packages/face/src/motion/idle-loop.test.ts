import { describe, expect, it } from 'vitest';
import { CLOSED_MOUTH, type Pose, REST } from '../pose.ts';
import { idleLoop } from './idle-loop.ts';

const KEYS = Object.keys(REST) as (keyof Pose)[];

describe('an idle loop', () => {
  it.each([2, 6, 10])('of %i s has its last frame before its first', (seconds) => {
    const frames = idleLoop({ seed: 5, seconds, fps: 25 });
    expect(frames).toHaveLength(seconds * 25);
    const steps = frames.map((frame, i) => KEYS.map((key) => Math.abs(frame[key] - frames[(i + 1) % frames.length]![key])));
    const seam = steps.at(-1)!;
    for (const [k, key] of KEYS.entries()) {
      expect(seam[k]!, key).toBeLessThanOrEqual(Math.max(...steps.slice(0, -1).map((step) => step[k]!)));
    }
    expect(frames[0]).toMatchObject({ blink: 0, gazeX: 0, gazeY: 0 });
    expect(frames.at(-1)!.blink).toBe(0);
  });

  it('blinks, breathes and looks about, with a closed mouth', () => {
    const frames = idleLoop({ seed: 5, seconds: 8, fps: 25 });
    expect(Math.max(...frames.map(({ blink }) => blink))).toBe(1);
    expect(Math.max(...frames.map(({ breath }) => breath))).toBeGreaterThan(0.95);
    expect(Math.max(...frames.map(({ yaw }) => Math.abs(yaw)))).toBeGreaterThan(0.5);
    for (const frame of frames) expect(frame).toMatchObject(CLOSED_MOUTH);
  });

  it('is the same for a seed', () => {
    expect(idleLoop({ seed: 2, seconds: 4, fps: 12.5 })).toEqual(idleLoop({ seed: 2, seconds: 4, fps: 12.5 }));
  });

  it('is not made shorter than it can be', () => {
    expect(() => idleLoop({ seed: 2, seconds: 1, fps: 25 })).toThrow(/too short/);
  });
});
