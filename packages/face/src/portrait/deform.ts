import type { Pose } from '../pose.ts';
import type { Region } from '../raster/index.ts';
import { type BlendShapes, buildBlendShapes, SHAPES, type ShapeName } from './blend-shapes.ts';
import { type FaceMeasures, measureFace, smoothStep, toLocal, toPicture } from './face-measures.ts';
import { buildPortraitMesh, type PortraitMesh } from './portrait-mesh.ts';

/** A face that can be moved: all that does not change from frame to frame. Lengths are in pixels of the picture. */
export interface PortraitRig {
  readonly measures: FaceMeasures;
  readonly mesh: PortraitMesh;
  readonly shapes: BlendShapes;
  /** How far each point goes along with the head, and with breathing: 0 to 1. */
  readonly withHead: Float32Array;
  readonly withBreath: Float32Array;
  /** What the head turns about: in the neck, as deep as the ears. */
  readonly pivot: readonly [x: number, y: number, z: number];
}

/** A pose within what a portrait can show. Angles in radians, shifts in pixels, amounts of each shape. */
export interface PortraitMotion {
  readonly amounts: Record<ShapeName, number>;
  yaw: number;
  pitch: number;
  roll: number;
  shiftX: number;
  shiftY: number;
  breath: number;
  /** How far the irises are turned, -1 to 1. */
  gazeX: number;
  gazeY: number;
  open: number;
  tongue: number;
  blink: number;
}

const RADIANS = Math.PI / 180;
/** Beyond these a flat picture stops looking like a head. */
const MOST_YAW = 8 * RADIANS;
const MOST_PITCH = 7 * RADIANS;
const MOST_ROLL = 8 * RADIANS;
const MOST_SHIFT = 0.07;

/** @param landmarks, bounds as for `buildPortraitMesh`. */
export function buildRig(landmarks: ArrayLike<number>, bounds: Region): PortraitRig {
  const measures = measureFace(landmarks);
  const mesh = buildPortraitMesh(landmarks, measures, bounds);
  const shapes = buildBlendShapes(mesh, measures);
  const withHead = new Float32Array(mesh.points);
  const withBreath = new Float32Array(mesh.points);
  const { faceHeight, faceWidth, chinY, foreheadY } = measures;
  const middleY = foreheadY + 0.42 * faceHeight;
  for (let point = 0; point < mesh.points; point++) {
    const outward = mesh.outward[point]!;
    if (outward === 0) {
      withHead[point] = 1;
      continue;
    }
    const [x, y] = toLocal(measures, mesh.rest[2 * point]!, mesh.rest[2 * point + 1]!);
    // Hair and ears go along; shoulders and what is behind do not.
    const across = x / (faceWidth * 0.92);
    const along = (y - middleY) / (y < middleY ? faceHeight * 1.02 : faceHeight * 0.72);
    const head = 1 - smoothStep(1, 1.9, Math.hypot(across, along));
    withHead[point] = head * (1 - smoothStep(0.45, 1, outward));
    withBreath[point] = smoothStep(chinY + 0.1 * faceHeight, chinY + 0.6 * faceHeight, y) * (1 - smoothStep(0.8, 1, outward));
  }
  const [x, y] = toPicture(measures, 0, chinY * 1.6);
  return { measures, mesh, shapes, withHead, withBreath, pivot: [x, y, (mesh.depth[234]! + mesh.depth[454]!) / 2] };
}

/** What a pose means for this face; everything is limited, and what is not a number counts as 0. */
export function motionOf(rig: PortraitRig, pose: Readonly<Pose>): PortraitMotion {
  const { measures } = rig;
  const open = unit(pose.open);
  const narrow = unit(pose.narrow);
  const pucker = unit(pose.pucker);
  const tuck = unit(pose.tuck);
  const press = unit(pose.press) * (1 - 0.7 * open);
  const rounded = Math.max(narrow, 0.6 * pucker);
  const lipDrop = measures.mouthOpen ? 2.1 : 0.5;
  const gazeY = signed(pose.gazeY, 1);
  const smile = unit(pose.smile) * (1 - rounded);
  const blink = unit(pose.blink);
  const brow = signed(pose.brow, 1);
  return {
    amounts: {
      jaw: Math.max(open * (1 - 0.5 * tuck), 0.1 * tuck * (1 - press)),
      // Rounded lips come down over the teeth; from further up where the photo smiles.
      upperLip: (0.75 * open + 0.9 * unit(pose.up)) * (1 - 0.6 * rounded) + 0.65 * tuck * (1 - press) - lipDrop * rounded * open,
      wide: unit(pose.wide) * (1 - narrow),
      // A jaw that drops takes the smile of the photo with it.
      narrow: Math.min(1, narrow + 0.35 * pucker + 0.4 * open * measures.smile),
      unsmile: Math.min(1, rounded + 0.6 * open),
      pucker,
      press,
      tuck,
      smile,
      brow: brow < 0 ? 0.6 * brow : brow,
      blink,
      // A closed lid does not follow the eye behind it.
      lidsDown: gazeY * (1 - blink),
    },
    yaw: signed(pose.yaw * RADIANS, MOST_YAW),
    pitch: signed(pose.pitch * RADIANS, MOST_PITCH),
    roll: signed(pose.roll * RADIANS, MOST_ROLL),
    shiftX: signed(pose.shiftX, MOST_SHIFT) * measures.faceWidth,
    shiftY: signed(pose.shiftY, MOST_SHIFT) * measures.faceWidth,
    breath: unit(pose.breath) * 0.012 * measures.faceHeight,
    gazeX: signed(pose.gazeX, 1),
    gazeY,
    open,
    tongue: unit(pose.tongue),
    blink,
  };
}

/** Positions are rounded to this many parts of a pixel, so that what all but rests need not be drawn again. */
const PARTS = 16;

/** Writes where each point of the mesh is, x, y pairs in pixels of the picture. */
export function deform(rig: PortraitRig, motion: PortraitMotion, positions: Float32Array): void {
  const { mesh, shapes, withHead, withBreath } = rig;
  positions.set(mesh.rest);
  for (const name of SHAPES) {
    const amount = motion.amounts[name];
    if (amount === 0) continue;
    const field = shapes[name];
    for (let at = 0; at < positions.length; at++) positions[at] = positions[at]! + amount * field[at]!;
  }
  const turn = turnOf(rig, motion);
  for (let point = 0; point < mesh.points; point++) {
    const x = positions[2 * point]!;
    const y = positions[2 * point + 1]!;
    const share = withHead[point]!;
    let newX = x;
    let newY = y - withBreath[point]! * motion.breath;
    if (share > 0) {
      const z = mesh.depth[point]!;
      newX += share * (turn.xx * x + turn.xy * y + turn.xz * z + turn.x - x);
      newY += share * (turn.yx * x + turn.yy * y + turn.yz * z + turn.y - y);
    }
    positions[2 * point] = Math.round(newX * PARTS) / PARTS;
    positions[2 * point + 1] = Math.round(newY * PARTS) / PARTS;
  }
}

/** Where the head takes a place at (x, y, z): x' = xx x + xy y + xz z + x, and the same for y'. */
export interface HeadTurn {
  xx: number;
  xy: number;
  xz: number;
  x: number;
  yx: number;
  yy: number;
  yz: number;
  y: number;
}

/** Turn about the neck, seen from far away. */
export function turnOf(rig: PortraitRig, motion: PortraitMotion): HeadTurn {
  const [pivotX, pivotY, pivotZ] = rig.pivot;
  const cosYaw = Math.cos(motion.yaw);
  // Towards the viewer's right for what is in front of the pivot, whose z is the smaller.
  const sinYaw = Math.sin(motion.yaw);
  const cosPitch = Math.cos(motion.pitch);
  const sinPitch = Math.sin(motion.pitch);
  const cosRoll = Math.cos(motion.roll);
  const sinRoll = Math.sin(motion.roll);
  // After yaw: (x cosYaw - z sinYaw, y, x sinYaw + z cosYaw); after pitch: y cosPitch - z' sinPitch; then roll.
  const flatXX = cosYaw;
  const flatXZ = -sinYaw;
  const flatYX = -sinYaw * sinPitch;
  const flatYY = cosPitch;
  const flatYZ = -cosYaw * sinPitch;
  const xx = flatXX * cosRoll - flatYX * sinRoll;
  const xy = -flatYY * sinRoll;
  const xz = flatXZ * cosRoll - flatYZ * sinRoll;
  const yx = flatXX * sinRoll + flatYX * cosRoll;
  const yy = flatYY * cosRoll;
  const yz = flatXZ * sinRoll + flatYZ * cosRoll;
  return {
    xx,
    xy,
    xz,
    x: pivotX + motion.shiftX - xx * pivotX - xy * pivotY - xz * pivotZ,
    yx,
    yy,
    yz,
    y: pivotY + motion.shiftY - yx * pivotX - yy * pivotY - yz * pivotZ,
  };
}

function unit(value: number): number {
  return value > 0 ? Math.min(1, value) : 0;
}

function signed(value: number, most: number): number {
  return value > 0 ? Math.min(most, value) : value < 0 ? Math.max(-most, value) : 0;
}
