import type { FaceState } from '../pose.ts';
import { smooth } from './easing.ts';
import { between, type Random } from './random.ts';

export interface Gaze {
  x: number;
  y: number;
}

/** An eye jumps, in ms; small and large jumps alike. */
export const SACCADE_MS = 50;

/** How often the eyes move, how far they wander while they stay with the viewer, and how often they look somewhere else. */
interface GazeHabit {
  stayMs: [low: number, high: number];
  wander: number;
  awayShare: number;
}

const HABITS: Record<FaceState, GazeHabit> = {
  idle: { stayMs: [900, 3_200], wander: 0.07, awayShare: 0.2 },
  listening: { stayMs: [800, 2_600], wander: 0.05, awayShare: 0.04 },
  thinking: { stayMs: [600, 1_500], wander: 0.08, awayShare: 0.85 },
  speaking: { stayMs: [700, 2_400], wander: 0.06, awayShare: 0.16 },
};

/** Where the eyes go next, and how long they stay there. Who begins to think looks away at once. */
export function nextGaze(random: Random, state: FaceState, begins = false): { gaze: Gaze; stayMs: number } {
  const { stayMs, wander, awayShare } = HABITS[state];
  const away = random() < awayShare || (begins && state === 'thinking');
  const wanders = { x: between(random, -wander, wander), y: between(random, -wander, wander) * 0.7 };
  const side = random() < 0.5 ? -1 : 1;
  const up = random() < 0.75 ? -1 : 1;
  const far = { x: side * between(random, 0.25, 0.5), y: 0 };
  far.y = state === 'thinking' ? up * between(random, 0.2, 0.45) : between(random, -0.12, 0.15);
  const stay = between(random, ...stayMs);
  return { gaze: away ? far : wanders, stayMs: away && state !== 'thinking' ? Math.min(stay, 1_100) : stay };
}

/** The eyes on their way. */
export function gazeBetween(from: Gaze, to: Gaze, sinceMs: number): Gaze {
  const share = smooth(sinceMs / SACCADE_MS);
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}
