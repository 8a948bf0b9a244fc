import { type FaceState, type MouthShape, type Pose, REST } from '../pose.ts';
import { createBlinks } from './blinks.ts';
import { approach, smooth } from './easing.ts';
import { type Gaze, gazeBetween, nextGaze } from './gaze.ts';
import { createMouthGuard } from './mouth-guard.ts';
import { createRandom } from './random.ts';
import { BREATH_LIFT, createSway, SWAY } from './sway.ts';

/** What the face is to show at a moment. */
export interface MotionInput {
  state: FaceState;
  /** Undefined: nothing is said. */
  mouth: Readonly<MouthShape> | undefined;
  /** How loud the voice is, 0 to 1. */
  energy: number;
}

/** The life in a face. */
export interface Motion {
  /** The pose at a time in ms that never goes back, at any frame rate. */
  pose(timeMs: number, input: MotionInput): Pose;
  /** The speech was cut off: the mouth is shut within 120 ms. */
  interrupt(): void;
}

/** Everything but the mouth moves in steps of this, so that it is the same at every frame rate. */
const STEP_MS = 20;
/** A longer break is not made up for step by step. */
const LONGEST_BREAK_MS = 2_000;
/** From one state to the other. */
const STATE_EASE_MS = 260;

/** How a state holds the head: how much it sways, degrees, and brows. */
interface Bearing {
  sway: number;
  yaw: number;
  pitch: number;
  roll: number;
  brow: number;
  breathHz: number;
}

const BEARINGS: Record<FaceState, Bearing> = {
  idle: { sway: 1, yaw: 0, pitch: 0, roll: 0, brow: 0, breathHz: 0.23 },
  listening: { sway: 0.6, yaw: 0, pitch: 0.8, roll: 1.4, brow: 0.1, breathHz: 0.23 },
  thinking: { sway: 0.8, yaw: 1.2, pitch: -1.2, roll: -1, brow: -0.12, breathHz: 0.23 },
  speaking: { sway: 1.6, yaw: 0, pitch: 0, roll: 0, brow: 0.04, breathHz: 0.3 },
};
const STATES = Object.keys(BEARINGS) as FaceState[];

/** The head follows the eyes: degrees for a gaze to the edge, and how slowly, in ms. */
const HEAD_FOLLOWS = { yaw: 5, pitch: 3, timeMs: 420 };

/** What stands out of the voice moves the head and the brows: so long counts as now, and as usual. */
const NOW_MS = 110;
const USUAL_MS = 1_100;
const EMPHASIS = { pitch: 5.5, brow: 0.9, easeMs: 90 };
/** Where the voice was and is no more for so long, a phrase has ended. */
const PHRASE_END_MS = 160;
const PHRASE_END_BLINKS = 0.4;

/** A nod of a listener: degrees, how long, and how often. */
const NOD = { pitch: 2.6, lengthMs: 620, everyMs: [3_500, 9_000] as const };

/** Seeded: the same inputs at the same times give the same motion. Its memory does not grow. */
export function createMotion({ seed }: { seed: number }): Motion {
  const sway = createSway(createRandom(seed));
  const blinks = createBlinks(createRandom(seed + 1));
  const gazeRandom = createRandom(seed + 2);
  const nodRandom = createRandom(seed + 3);
  const phraseRandom = createRandom(seed + 4);
  const guard = createMouthGuard();

  let steppedToMs: number | undefined;
  /** What was given last: it holds from its time on, so that the same happens at every frame rate. */
  let held: { state: FaceState; energy: number } = { state: 'idle', energy: 0 };
  const weights: Record<FaceState, number> = { idle: 0, listening: 0, thinking: 0, speaking: 0 };
  let breathPhase = phraseRandom();
  let now = 0;
  let usual = 0;
  let emphasis = 0;
  let quietMs = PHRASE_END_MS;
  let gazeFrom: Gaze = { x: 0, y: 0 };
  let gazeTo: Gaze = { x: 0, y: 0 };
  let gazeSinceMs = 0;
  let gazeNextMs = 0;
  let gazeState: FaceState = 'idle';
  let head: Gaze = { x: 0, y: 0 };
  let nodSinceMs = Number.NEGATIVE_INFINITY;
  let nodNextMs = 0;

  function begin(ms: number, state: FaceState): void {
    weights[state] = 1;
    gazeSinceMs = ms;
    gazeNextMs = ms;
    gazeState = state;
    nodNextMs = ms + nodPauseMs();
  }

  const nodPauseMs = () => NOD.everyMs[0] + (NOD.everyMs[1] - NOD.everyMs[0]) * nodRandom();

  function bearing(): Bearing {
    const eased = STATES.map((state) => smooth(weights[state]));
    const sum = eased.reduce((total, weight) => total + weight, 0);
    const mixed: Bearing = { sway: 0, yaw: 0, pitch: 0, roll: 0, brow: 0, breathHz: 0 };
    for (const [i, state] of STATES.entries()) {
      for (const key of Object.keys(mixed) as (keyof Bearing)[]) mixed[key] += (BEARINGS[state][key] * eased[i]!) / sum;
    }
    return mixed;
  }

  function step(ms: number, state: FaceState, energy: number): void {
    for (const each of STATES) {
      weights[each] = Math.min(Math.max(weights[each] + ((each === state ? 1 : -1) * STEP_MS) / STATE_EASE_MS, 0), 1);
    }
    breathPhase = (breathPhase + (bearing().breathHz * STEP_MS) / 1_000) % 1;
    listen(ms, state, energy);
    look(ms, state);
    if (ms >= nodNextMs) {
      if (state === 'listening') nodSinceMs = ms;
      nodNextMs = ms + nodPauseMs();
    }
  }

  function listen(ms: number, state: FaceState, energy: number): void {
    now += (energy - now) * approach(STEP_MS, NOW_MS);
    usual += (now - usual) * approach(STEP_MS, USUAL_MS);
    const standsOut = state === 'speaking' ? Math.max(0, now - usual) : 0;
    emphasis += (standsOut - emphasis) * approach(STEP_MS, EMPHASIS.easeMs);
    const wasQuietMs = quietMs;
    quietMs = energy > 0.05 ? 0 : quietMs + STEP_MS;
    const phraseEnds = wasQuietMs < PHRASE_END_MS && quietMs >= PHRASE_END_MS;
    if (phraseEnds && phraseRandom() < PHRASE_END_BLINKS) blinks.suggest(ms);
  }

  function look(ms: number, state: FaceState): void {
    // A new state is seen in the eyes at once: thinking looks away, listening looks back.
    if (ms >= gazeNextMs || state !== gazeState) {
      gazeFrom = gazeBetween(gazeFrom, gazeTo, ms - gazeSinceMs);
      const next = nextGaze(gazeRandom, state, state !== gazeState);
      gazeTo = next.gaze;
      gazeSinceMs = ms;
      gazeNextMs = ms + next.stayMs;
      gazeState = state;
      const far = Math.hypot(gazeTo.x - gazeFrom.x, gazeTo.y - gazeFrom.y) > 0.3;
      if (far && gazeRandom() < 0.3) blinks.suggest(ms);
    }
    const share = approach(STEP_MS, HEAD_FOLLOWS.timeMs);
    head = { x: head.x + (gazeTo.x - head.x) * share, y: head.y + (gazeTo.y - head.y) * share };
  }

  function catchUp(timeMs: number, { state, energy }: MotionInput): void {
    const grid = Math.floor(timeMs / STEP_MS) * STEP_MS;
    if (steppedToMs === undefined) begin(grid, state);
    const from = Math.max(steppedToMs ?? grid, grid - LONGEST_BREAK_MS);
    for (let ms = from + STEP_MS; ms <= grid; ms += STEP_MS) step(ms, held.state, held.energy);
    held = { state, energy: Number.isFinite(energy) ? Math.min(Math.max(energy, 0), 1) : 0 };
    steppedToMs = Math.max(grid, steppedToMs ?? grid);
  }

  return {
    pose(timeMs, input) {
      catchUp(timeMs, input);
      const borne = bearing();
      const swayed = sway(timeMs);
      const gaze = gazeBetween(gazeFrom, gazeTo, timeMs - gazeSinceMs);
      const breath = 0.5 - 0.5 * Math.cos(2 * Math.PI * breathPhase);
      const nod = nodAt(timeMs - nodSinceMs) * smooth(weights.listening);
      return {
        ...REST,
        ...guard.at(timeMs, input.mouth),
        blink: blinks.at(timeMs),
        brow: Math.min(borne.brow + EMPHASIS.brow * emphasis - 0.25 * Math.min(gaze.y, 0), 1),
        gazeX: gaze.x,
        gazeY: gaze.y,
        yaw: borne.yaw + SWAY.yaw * borne.sway * swayed.yaw + HEAD_FOLLOWS.yaw * head.x,
        pitch:
          borne.pitch + SWAY.pitch * borne.sway * swayed.pitch + HEAD_FOLLOWS.pitch * head.y + EMPHASIS.pitch * emphasis + nod,
        roll: borne.roll + SWAY.roll * borne.sway * swayed.roll,
        shiftX: SWAY.shift * borne.sway * swayed.shiftX,
        shiftY: SWAY.shift * borne.sway * swayed.shiftY - BREATH_LIFT * breath,
        breath,
      };
    },
    interrupt: () => guard.interrupt(),
  };
}

/** Down and up, then a smaller one. */
function nodAt(sinceMs: number): number {
  if (sinceMs <= 0 || sinceMs >= NOD.lengthMs) return 0;
  const share = sinceMs / NOD.lengthMs;
  return NOD.pitch * Math.sin(Math.PI * 2 * share) ** 2 * (share < 0.5 ? 1 : 0.45);
}
