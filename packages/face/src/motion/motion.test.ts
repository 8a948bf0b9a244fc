import { describe, expect, it } from 'vitest';
import { CLOSED_MOUTH, type FaceState, MOUTH_PARAMETERS, type MouthShape, type Pose, REST } from '../pose.ts';
import { createMotion } from './motion.ts';

const KEYS = Object.keys(REST) as (keyof Pose)[];
const WIDE: MouthShape = { ...CLOSED_MOUTH, open: 0.8, wide: 0.3 };

/** Speech as it goes up and down, with a pause of a second every four. */
const voiceAt = (ms: number) => (ms % 4_000 > 3_000 ? 0 : 0.5 + 0.4 * Math.sin(ms / 150) * Math.sin(ms / 770));
const stateAt = (ms: number): FaceState => (['idle', 'listening', 'thinking', 'speaking'] as const)[Math.floor(ms / 8_000) % 4]!;

function live(fps: number, seconds: number, { seed = 3, state }: { seed?: number; state?: FaceState } = {}): Pose[] {
  const motion = createMotion({ seed });
  return Array.from({ length: fps * seconds }, (_, i) => {
    const ms = (i * 1_000) / fps;
    const now = state ?? stateAt(ms);
    return motion.pose(ms, { state: now, mouth: undefined, energy: now === 'speaking' ? voiceAt(ms) : 0 });
  });
}

const blinksIn = (poses: Pose[]) => poses.filter(({ blink }, i) => blink > 0.5 && (poses[i - 1]?.blink ?? 0) <= 0.5).length;

describe('motion', () => {
  it('is the same for a seed, and another for another', () => {
    expect(live(25, 40)).toEqual(live(25, 40));
    expect(live(25, 40, { seed: 4 })).not.toEqual(live(25, 40));
  });

  it('is the same at half the frame rate', () => {
    const [fast, slow] = [live(25, 64), live(12.5, 64)];
    const tolerance: Partial<Record<keyof Pose, number>> = {
      yaw: 0.1,
      pitch: 0.5,
      roll: 0.1,
      brow: 0.15,
      gazeX: 0.02,
      gazeY: 0.02,
      blink: 1,
    };
    for (const key of KEYS) {
      const apart = slow.map((pose, i) => Math.abs(pose[key] - fast[i * 2]![key]));
      const mean = apart.reduce((sum, value) => sum + value, 0) / apart.length;
      expect(Math.max(...apart), key).toBeLessThanOrEqual(tolerance[key] ?? 0.02);
      expect(mean, key).toBeLessThan(0.06);
    }
  });

  it('stays within what a face can do, for hours', () => {
    const motion = createMotion({ seed: 9 });
    const farthest = { ...REST };
    for (let ms = 0; ms < 3 * 3_600_000; ms += 400) {
      const pose = motion.pose(ms, { state: stateAt(ms), mouth: undefined, energy: voiceAt(ms) });
      for (const key of KEYS) farthest[key] = Math.max(farthest[key], Number.isFinite(pose[key]) ? Math.abs(pose[key]) : 1e9);
    }
    const most: Partial<Record<keyof Pose, number>> = { yaw: 9, pitch: 8, roll: 5, shiftX: 0.03, shiftY: 0.03 };
    for (const key of KEYS) expect(farthest[key], key).toBeLessThanOrEqual(most[key] ?? 1);
  });

  it('blinks 10 to 30 times a minute, now and then twice', () => {
    for (const state of ['idle', 'listening', 'speaking'] as const) {
      const count = blinksIn(live(25, 300, { state })) / 5;
      expect(count).toBeGreaterThan(10);
      expect(count).toBeLessThan(30);
    }
    const begins = live(25, 300, { state: 'idle' }).flatMap(({ blink }, i, all) =>
      blink > 0.5 && (all[i - 1]?.blink ?? 0) <= 0.5 ? [i * 40] : [],
    );
    const pauses = begins.slice(1).map((ms, i) => ms - begins[i]!);
    expect(pauses.some((ms) => ms < 500)).toBe(true);
    expect(Math.max(...pauses) - Math.min(...pauses)).toBeGreaterThan(2_500);
  });

  it('moves the head more in speech than in idleness, and least while it listens', () => {
    const spread = (state: FaceState) => {
      const yaws = live(25, 120, { state }).map(({ yaw, pitch }) => Math.abs(yaw) + Math.abs(pitch));
      return yaws.reduce((sum, value) => sum + value, 0) / yaws.length;
    };
    expect(spread('speaking')).toBeGreaterThan(spread('idle') * 1.2);
    expect(spread('idle')).toBeGreaterThan(0.5);
  });

  it('looks away to think, and at the viewer to listen', () => {
    const away = (state: FaceState) =>
      live(25, 60, { state }).filter(({ gazeX, gazeY }) => Math.hypot(gazeX, gazeY) > 0.2).length / (25 * 60);
    expect(away('thinking')).toBeGreaterThan(0.6);
    expect(away('listening')).toBeLessThan(0.15);
  });

  it('nods while it listens', () => {
    const poses = live(25, 60, { state: 'listening' });
    const nods = poses.filter(({ pitch }, i) => pitch - (poses[i - 5]?.pitch ?? pitch) > 1.5).length;
    expect(nods).toBeGreaterThan(2);
  });

  it('raises brows and head with the voice', () => {
    const motion = createMotion({ seed: 1 });
    const calm = createMotion({ seed: 1 });
    let raised = 0;
    let nodded = 0;
    for (let ms = 0; ms < 20_000; ms += 40) {
      const loud = ms % 2_000 < 300 ? 0.95 : 0.35;
      const [moved, still] = [loud, 0.35].map((energy, i) =>
        [motion, calm][i]!.pose(ms, { state: 'speaking', mouth: undefined, energy }),
      );
      raised = Math.max(raised, moved!.brow - still!.brow);
      nodded = Math.max(nodded, moved!.pitch - still!.pitch);
    }
    expect(raised).toBeGreaterThan(0.15);
    expect(nodded).toBeGreaterThan(1);
  });

  it('eases from state to state without a jump of the head', () => {
    const poses = live(25, 64);
    for (const [i, pose] of poses.entries()) {
      const before = poses[i - 1] ?? pose;
      expect(Math.abs(pose.yaw - before.yaw)).toBeLessThan(1);
      expect(Math.abs(pose.roll - before.roll)).toBeLessThan(0.8);
      expect(Math.abs(pose.pitch - before.pitch)).toBeLessThan(1.2);
    }
  });

  it('lets the mouth through as it is', () => {
    const motion = createMotion({ seed: 1 });
    expect(motion.pose(0, { state: 'speaking', mouth: WIDE, energy: 0.7 })).toMatchObject(WIDE);
    const closed = { ...CLOSED_MOUTH, press: 0.7 };
    expect(motion.pose(40, { state: 'speaking', mouth: closed, energy: 0.7 })).toMatchObject(closed);
    expect(motion.pose(80, { state: 'speaking', mouth: WIDE, energy: 0.7 })).toMatchObject(WIDE);
  });

  it.each(['nothing', 'a closed mouth', 'an interruption'] as const)(
    'shuts the mouth within 120 ms after %s, never opening it',
    (how) => {
      for (const fps of [12.5, 25, 60]) {
        const motion = createMotion({ seed: 1 });
        const stepMs = 1_000 / fps;
        const said = { state: 'speaking', mouth: WIDE, energy: 0.7 } as const;
        let before = motion.pose(0, said);
        if (how === 'an interruption') motion.interrupt();
        for (let ms = stepMs; ms < 400; ms += stepMs) {
          const mouth = how === 'nothing' ? undefined : how === 'a closed mouth' ? CLOSED_MOUTH : ms < 90 ? WIDE : undefined;
          const pose = motion.pose(ms, { ...said, mouth });
          for (const key of MOUTH_PARAMETERS) expect(pose[key]).toBeLessThanOrEqual(before[key]);
          if (ms >= 120) expect(pose).toMatchObject(CLOSED_MOUTH);
          if (ms < 50) expect(pose.open).toBeGreaterThan(0);
          before = pose;
        }
      }
    },
  );

  it('follows a new speech after an interruption', () => {
    const motion = createMotion({ seed: 1 });
    const said = { state: 'speaking', mouth: WIDE, energy: 0.7 } as const;
    motion.pose(0, said);
    motion.interrupt();
    for (let ms = 40; ms <= 200; ms += 40) motion.pose(ms, { ...said, mouth: undefined });
    for (let ms = 240; ms <= 360; ms += 40) motion.pose(ms, said);
    expect(motion.pose(400, said)).toMatchObject(WIDE);
  });

  it('does not move the mouth in silence', () => {
    for (const pose of live(25, 64)) expect(pose).toMatchObject({ ...CLOSED_MOUTH, smile: 0 });
  });

  it('goes on after a break', () => {
    const motion = createMotion({ seed: 1 });
    motion.pose(0, { state: 'idle', mouth: undefined, energy: 0 });
    const later = motion.pose(86_400_000, { state: 'speaking', mouth: WIDE, energy: 1 });
    for (const key of KEYS) expect(later[key]).toSatisfy(Number.isFinite);
  });
});
