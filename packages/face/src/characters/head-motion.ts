import type { Pose } from '../pose.ts';
import type { HeadMeasures, Layer } from './drawing.ts';

/** How a layer moves: what of `Layer` matters for that. */
export type LayerMotion = Pick<Layer, 'follows' | 'depth' | 'relief' | 'jaw' | 'settles'>;

/** A pose in the form in which points are moved by it; every value within what a drawn head can show. */
export interface Stance {
  head: HeadMeasures;
  sinYaw: number;
  sinPitch: number;
  /** 1 - cosine of the turn and of the nod. */
  narrowerX: number;
  narrowerY: number;
  sinRoll: number;
  cosRoll: number;
  /** In units. */
  shiftX: number;
  shiftY: number;
  breath: number;
  jawDrop: number;
}

const JAW_DROP = 26;

/** Keeps a value within -most..most without a corner in its movement; 0 for what is no number. */
export function limit(value: number, most: number): number {
  return Number.isFinite(value) ? most * Math.tanh(value / most) : 0;
}

/** A value within 0..1; 0 for what is no number. */
export function share(value: number): number {
  return value > 0 ? Math.min(1, value) : 0;
}

export function smoothStep(from: number, to: number, value: number): number {
  const t = share((value - from) / (to - from));
  return t * t * (3 - 2 * t);
}

export function stanceOf(head: HeadMeasures, pose: Readonly<Pose>): Stance {
  const radians = Math.PI / 180;
  const yaw = limit(pose.yaw, 16) * radians;
  const pitch = limit(pose.pitch, 13) * radians;
  const roll = limit(pose.roll, 16) * radians;
  return {
    head,
    sinYaw: Math.sin(yaw),
    sinPitch: Math.sin(pitch),
    narrowerX: 1 - Math.cos(yaw),
    narrowerY: 1 - Math.cos(pitch),
    sinRoll: Math.sin(roll),
    cosRoll: Math.cos(roll),
    shiftX: limit(pose.shiftX, 0.3) * 2 * head.radiusX,
    shiftY: limit(pose.shiftY, 0.3) * 2 * head.radiusX,
    breath: share(pose.breath),
    jawDrop: JAW_DROP * share(pose.open) * (1 - share(pose.press)),
  };
}

/** Moves a point of a layer as the pose has it; writes into `out` at 0 and 1. */
export function movePoint(stance: Stance, motion: LayerMotion, x: number, y: number, out: Float64Array): void {
  const { head } = stance;
  if (motion.follows === 'still') {
    out[0] = x;
    out[1] = y;
    return;
  }
  if (motion.follows === 'body') {
    moveBody(stance, x, y, out);
    return;
  }
  const u = (x - head.centerX) / head.radiusX;
  const v = (y - head.centerY) / head.radiusY;
  const jaw = motion.jaw ?? 1;
  let jawY = 0;
  if (jaw > 0 && y > head.jawY)
    jawY = jaw * stance.jawDrop * smoothStep(head.jawY, head.chinY, y) * (1 - 0.5 * Math.min(1, u * u));
  const round = 1 - u * u - v * v;
  const z = (motion.depth ?? 0) + (motion.relief ?? 1) * head.depth * Math.max(round, -0.7);
  const turnedX = x + stance.sinYaw * (z + 34) - stance.narrowerX * (x - head.centerX);
  const turnedY = y + jawY + stance.sinPitch * (z + 46) - stance.narrowerY * (y - head.centerY);
  const [dx, dy] = [turnedX - head.centerX, turnedY - head.pivotY];
  const movedX = head.centerX + stance.cosRoll * dx - stance.sinRoll * dy + stance.shiftX;
  const movedY = head.pivotY + stance.sinRoll * dx + stance.cosRoll * dy + stance.shiftY - 3 * stance.breath;
  if (motion.settles) {
    const moving = 1 - 0.9 * smoothStep(motion.settles[0], motion.settles[1], y);
    out[0] = x + moving * (movedX - x);
    out[1] = y + moving * (movedY - y);
  } else {
    out[0] = movedX;
    out[1] = movedY;
  }
}

/** The torso breathes, leans a little after the head, and the skin of the neck goes with the head at its upper end. */
function moveBody(stance: Stance, x: number, y: number, out: Float64Array): void {
  const { head } = stance;
  const neck = 1 - smoothStep(head.chinY - 40, head.collarY, y);
  const [dx, dy] = [x - head.centerX, y - head.pivotY];
  const headX = stance.cosRoll * dx - stance.sinRoll * dy - dx + stance.shiftX + stance.sinYaw * 24;
  const headY = stance.sinRoll * dx + stance.cosRoll * dy - dy + stance.shiftY + stance.sinPitch * 16 - 3 * stance.breath;
  const torsoX = 0.2 * stance.shiftX + 5 * stance.sinYaw + 0.006 * stance.breath * dx;
  const torsoY = 0.1 * stance.shiftY - 5 * stance.breath;
  out[0] = x + torsoX + neck * (headX - torsoX);
  out[1] = y + torsoY + neck * (headY - torsoY);
}

const moved = new Float64Array(2);

/**
 * Finds the point of a layer that the pose moves to x, y: within a fiftieth of a unit for poses people take. What `out` holds is
 * where it begins to look, so a neighbour's answer makes it quick.
 */
export function findSource(stance: Stance, motion: LayerMotion, x: number, y: number, out: Float64Array): void {
  let fromX = out[0]!;
  let fromY = out[1]!;
  for (let i = 0; i < 12; i++) {
    movePoint(stance, motion, fromX, fromY, moved);
    const missX = x - moved[0]!;
    const missY = y - moved[1]!;
    fromX += missX;
    fromY += missY;
    if (missX < 0.02 && missX > -0.02 && missY < 0.02 && missY > -0.02) break;
  }
  out[0] = fromX;
  out[1] = fromY;
}
