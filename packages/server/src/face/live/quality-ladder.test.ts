import { describe, expect, it } from 'vitest';
import { climb, type Ladder, type Strain, TOP } from './quality-ladder.ts';

const FINE: Strain = { latenessMs: 5, skipped: 0 };
const LATE: Strain = { latenessMs: 40, skipped: 0 };
const SKIPPING: Strain = { latenessMs: 5, skipped: 0.4 };
const SO_SO: Strain = { latenessMs: 18, skipped: 0.06 };

const after = (ladder: Ladder, strain: Strain, seconds: number) =>
  Array.from({ length: seconds }).reduce<Ladder>((now) => climb(now, strain), ladder);

/** Seconds until the level changes. */
function secondsToChange(ladder: Ladder, strain: Strain): number {
  let now = ladder;
  for (let seconds = 1; seconds < 500; seconds++) {
    now = climb(now, strain);
    if (now.level !== ladder.level) return seconds;
  }
  return Number.POSITIVE_INFINITY;
}

describe('the quality of pictures', () => {
  it('goes down step by step while the sound is late or pictures are skipped, never further than to none', () => {
    expect(after(TOP, LATE, 2).level).toBe('full');
    expect([3, 6, 9, 12, 60].map((seconds) => after(TOP, LATE, seconds).level)).toEqual([
      'low-rate',
      'small',
      'audio-only',
      'audio-only',
      'audio-only',
    ]);
    expect(after(TOP, SKIPPING, 3).level).toBe('low-rate');
  });

  it('is not moved by one bad second', () => {
    let ladder = TOP;
    for (let n = 0; n < 50; n++) ladder = climb(climb(climb(ladder, LATE), LATE), FINE);
    expect(ladder.level).toBe('full');
  });

  it('comes back one step after the other when there is room, and not before', () => {
    const low = after(TOP, LATE, 6);
    expect(low.level).toBe('small');
    expect(after(low, SO_SO, 100).level).toBe('small');
    expect(after(low, FINE, 100).level).toBe('full');
  });

  it('waits longer and longer where it cannot be kept', () => {
    let ladder = after(TOP, LATE, 3);
    const waits: number[] = [];
    for (let n = 0; n < 6; n++) {
      waits.push(secondsToChange(ladder, FINE));
      ladder = after(after(ladder, FINE, waits.at(-1) ?? 0), LATE, 3);
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.at(-1)).toBe(60);
    expect(waits[0]).toBeLessThan(10);
  });
});
