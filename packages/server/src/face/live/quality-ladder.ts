import type { VideoQuality } from '../../core/calls/face.ts';

export type Level = VideoQuality['level'];

/** From the best to the least that is shown. */
export const LEVELS: readonly Level[] = ['full', 'low-rate', 'small', 'audio-only'];

/** How the last second or two went. */
export interface Strain {
  /** The 95th percentile of the lateness of the sound's beats, in ms. */
  latenessMs: number;
  /** Of the pictures that were asked for, the share that was not there in time. */
  skipped: number;
}

/** Where all faces of a worker stand, and why. Counted in steps of a second. */
export interface Ladder {
  level: Level;
  /** Steps in a row that were bad, or good. */
  bad: number;
  good: number;
  /** So many good steps lead up by one level. */
  patience: number;
  /** Steps since it last went up. */
  sinceUp: number;
}

/**
 * Beyond it the pictures give way. A client's jitter buffer takes beats that are 25 ms late; voices alone, six of them, make 5 to 12 ms of
 * two cores that have other things to do (measured).
 */
export const BAD = { latenessMs: 25, skipped: 0.1 } as const;
/** Below both there is room. Between the two nothing changes. */
export const GOOD = { latenessMs: 15, skipped: 0.04 } as const;
/** One second may have had a reason of its own: somebody joined, memory was tidied. */
const BAD_STEPS = 3;
const LEAST_PATIENCE = 5;
const MOST_PATIENCE = 60;
/** Who falls back so soon after going up waits twice as long for the next try. */
const RELAPSE_STEPS = 20;

export const TOP: Ladder = { level: 'full', bad: 0, good: 0, patience: LEAST_PATIENCE, sinceUp: RELAPSE_STEPS };

/** One second later. One level at a time: each saves about half of what the one before costs. */
export function climb(ladder: Ladder, strain: Strain): Ladder {
  const isBad = strain.latenessMs > BAD.latenessMs || strain.skipped > BAD.skipped;
  const isGood = strain.latenessMs < GOOD.latenessMs && strain.skipped < GOOD.skipped;
  const at = LEVELS.indexOf(ladder.level);
  const next = {
    ...ladder,
    bad: isBad ? ladder.bad + 1 : 0,
    good: isBad ? 0 : ladder.good + (isGood ? 1 : 0),
    sinceUp: ladder.sinceUp + 1,
  };
  const lower = LEVELS[at + 1];
  if (next.bad >= BAD_STEPS && lower !== undefined) {
    const relapsed = ladder.sinceUp < RELAPSE_STEPS;
    const patience = relapsed ? Math.min(MOST_PATIENCE, ladder.patience * 2) : LEAST_PATIENCE;
    return { ...next, level: lower, bad: 0, good: 0, patience };
  }
  const higher = LEVELS[at - 1];
  if (next.good >= ladder.patience && higher !== undefined) return { ...next, level: higher, good: 0, sinceUp: 0 };
  return next;
}
