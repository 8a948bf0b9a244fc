import { between, type Random } from './random.ts';

/** The small motion of a head that is never quite still, each about -1 to 1. */
export interface Sway {
  yaw: number;
  pitch: number;
  roll: number;
  shiftX: number;
  shiftY: number;
}

/** How far a sway of 1 goes, in degrees and face widths, and how far breathing in lifts the head. */
export const SWAY = { yaw: 2.2, pitch: 1.3, roll: 1.1, shift: 0.008 };
export const BREATH_LIFT = 0.006;

const PARTS = ['yaw', 'pitch', 'roll', 'shiftX', 'shiftY'] as const satisfies readonly (keyof Sway)[];
/** Slow waves that never meet in the same way, in Hz, and how high they are. */
const WAVES = [
  { hz: 0.09, height: 0.5 },
  { hz: 0.19, height: 0.32 },
  { hz: 0.37, height: 0.18 },
];

/**
 * A sway by the time in ms. With `periodMs` it comes back to its beginning after that time, without a seam: each wave then has
 * the nearest frequency that fits.
 */
export function createSway(random: Random, periodMs?: number): (ms: number) => Sway {
  const waves = PARTS.map(() =>
    WAVES.map(({ hz, height }) => {
      const wanted = hz * between(random, 0.85, 1.15);
      const cycles = periodMs === undefined ? undefined : Math.max(1, Math.round((wanted * periodMs) / 1_000));
      return { hz: cycles === undefined ? wanted : (cycles * 1_000) / periodMs!, height, phase: random() * 2 * Math.PI };
    }),
  );
  return (ms) => {
    const sway: Sway = { yaw: 0, pitch: 0, roll: 0, shiftX: 0, shiftY: 0 };
    for (const [i, part] of PARTS.entries()) {
      for (const { hz, height, phase } of waves[i]!)
        sway[part] += height * Math.sin(((ms / 1_000) * hz * 2 * Math.PI + phase) % (2 * Math.PI));
    }
    return sway;
  };
}
