import { describe, expect, it } from 'vitest';
import { encodeMouth } from '../mouth/mouth-frames.ts';
import { CLOSED_MOUTH } from '../pose.ts';
import { createReceivedMouths } from './received-mouths.ts';

const opening = (opens: number[]) => encodeMouth(opens.map((open) => ({ ...CLOSED_MOUTH, open })));
const loud = (length: number) => new Uint8Array(length).fill(255);

describe('mouths that are received', () => {
  it('stand between the two nearest frames, from the place that the frames are for', () => {
    const mouths = createReceivedMouths();
    mouths.take({ utterance: 'r1', fromMs: 100, frames: opening([0, 1, 0]), energy: loud(3) });
    expect(mouths.at('r1', 110)?.open).toBeCloseTo(0.5);
    expect(mouths.at('r1', 120)?.open).toBeCloseTo(1);
    expect([mouths.energy('r1', 120), mouths.energy('r1', 40)]).toEqual([1, 0]);
    // Nothing is known of another one, nor behind the last frame.
    expect([mouths.at('r2', 120), mouths.at('r1', 161), mouths.energy('r1', 161)]).toEqual([undefined, undefined, 0]);
  });

  it('are closed in a gap, and take what comes later for the same place', () => {
    const mouths = createReceivedMouths();
    mouths.take({ utterance: 'r1', fromMs: 0, frames: opening([1, 1]), energy: loud(2) });
    mouths.take({ utterance: 'r1', fromMs: 200, frames: opening([1]), energy: loud(1) });
    expect(mouths.at('r1', 100)?.open).toBe(0);
    mouths.take({ utterance: 'r1', fromMs: 80, frames: opening([1, 0.6, 1]), energy: loud(3) });
    expect(mouths.at('r1', 100)?.open).toBeCloseTo(0.6, 2);
    expect(mouths.at('r1', 200)?.open).toBe(1);
  });

  it('of long ago are forgotten, and nonsense is passed over', () => {
    const mouths = createReceivedMouths();
    for (let n = 0; n < 6; n++) mouths.take({ utterance: `r${n}`, fromMs: 0, frames: opening([1, 1]), energy: loud(2) });
    expect([mouths.at('r0', 0), mouths.at('r5', 0)?.open]).toEqual([undefined, 1]);
    for (const fromMs of [Number.NaN, -20, 1e12, Number.POSITIVE_INFINITY])
      mouths.take({ utterance: 'r5', fromMs, frames: opening([0.2]), energy: loud(1) });
    mouths.take({ utterance: 'r5', fromMs: 0, frames: new Uint8Array(7), energy: loud(0) });
    expect(mouths.at('r5', 0)?.open).toBe(1);
  });
});
