import { type Pose, REST } from '../pose.ts';
import { blinksInLoop, lidAt } from './blinks.ts';
import { type Gaze, gazeBetween, nextGaze } from './gaze.ts';
import { createRandom } from './random.ts';
import { BREATH_LIFT, createSway, SWAY } from './sway.ts';

export interface IdleLoopOptions {
  seed: number;
  /** At least 2. */
  seconds: number;
  fps: number;
}

const BREATHS_PER_SECOND = 0.23;

/**
 * An idle face whose last frame is followed by its first without a seam, `seconds * fps` frames, to be rendered once and played over
 * and over. The mouth is closed in all of them; in the first and the last the eyes are open and with the viewer.
 * @throws Error for less than 2 seconds or a frame
 */
export function idleLoop({ seed, seconds, fps }: IdleLoopOptions): Pose[] {
  if (!(seconds >= 2) || !(fps > 0)) throw new Error(`An idle loop of ${seconds} s at ${fps} frames a second is too short`);
  const frames = Math.round(seconds * fps);
  const periodMs = (frames / fps) * 1_000;
  const sway = createSway(createRandom(seed), periodMs);
  const blinks = blinksInLoop(createRandom(seed + 1), periodMs);
  const gazes = gazesInLoop(seed + 2, periodMs);
  const breaths = Math.max(1, Math.round((BREATHS_PER_SECOND * periodMs) / 1_000));
  return Array.from({ length: frames }, (_, i) => {
    const ms = (i * 1_000) / fps;
    const swayed = sway(ms);
    const gaze = gazes(ms);
    const breath = 0.5 - 0.5 * Math.cos((2 * Math.PI * breaths * ms) / periodMs);
    return {
      ...REST,
      blink: Math.max(0, ...blinks.map((begin) => lidAt(ms - begin))),
      gazeX: gaze.x,
      gazeY: gaze.y,
      yaw: SWAY.yaw * swayed.yaw,
      pitch: SWAY.pitch * swayed.pitch,
      roll: SWAY.roll * swayed.roll,
      shiftX: SWAY.shift * swayed.shiftX,
      shiftY: SWAY.shift * swayed.shiftY - BREATH_LIFT * breath,
      breath,
    };
  });
}

/** Where the eyes look in a loop: at the viewer at both ends. */
function gazesInLoop(seed: number, periodMs: number): (ms: number) => Gaze {
  const random = createRandom(seed);
  const moves: Array<{ atMs: number; gaze: Gaze }> = [{ atMs: 0, gaze: { x: 0, y: 0 } }];
  for (let atMs = 700; atMs < periodMs - 900; ) {
    const { gaze, stayMs } = nextGaze(random, 'idle');
    moves.push({ atMs, gaze });
    atMs += stayMs;
  }
  moves.push({ atMs: periodMs - 400, gaze: { x: 0, y: 0 } });
  return (ms) => {
    const last = moves.findLastIndex(({ atMs }) => atMs <= ms);
    const { atMs, gaze } = moves[Math.max(last, 0)]!;
    return gazeBetween(moves[Math.max(last - 1, 0)]!.gaze, gaze, ms - atMs);
  };
}
