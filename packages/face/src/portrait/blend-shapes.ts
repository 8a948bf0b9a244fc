import { type FaceMeasures, onLine, smoothStep, toLocal } from './face-measures.ts';
import { BROWS, EYES, LOWER_INNER_LIP, SKIN_LANDMARKS, UPPER_INNER_LIP } from './landmark-groups.ts';
import type { PortraitMesh } from './portrait-mesh.ts';

/** What moves points of a face, each by an amount that a pose gives. */
export const SHAPES = [
  'jaw',
  'upperLip',
  'wide',
  'narrow',
  'unsmile',
  'pucker',
  'press',
  'tuck',
  'smile',
  'brow',
  'blink',
  'lidsDown',
] as const;

export type ShapeName = (typeof SHAPES)[number];

/** By how much a shape moves each point at amount 1: x, y pairs, in pixels of the picture, along the picture's axes. */
export type BlendShapes = Readonly<Record<ShapeName, Float32Array>>;

/** How far the iris turns in `lidsDown` at amount 1, in eye distances; the lids follow by this much of it. */
export const GAZE_DOWN = 0.03;
const UPPER_LID_FOLLOWS = 0.85;
const LOWER_LID_FOLLOWS = 0.35;
/** How far past the lower lid the upper one goes when the eye is closed: what stops short leaves white specks. */
const LID_OVERLAP = 1.02;

/**
 * Works out all shapes; and closes lips that were apart in the photo, by changing where the mesh is at rest.
 * Everything is measured in mouth units or eye distances, along the axes of the face.
 */
export function buildBlendShapes(mesh: PortraitMesh, measures: FaceMeasures): BlendShapes {
  const shapes = Object.fromEntries(SHAPES.map((name) => [name, new Float32Array(2 * mesh.points)])) as Record<
    ShapeName,
    Float32Array
  >;
  const { cosine, sine } = measures;
  const move = (shape: ShapeName, point: number, localX: number, localY: number) => {
    const field = shapes[shape];
    field[2 * point]! += localX * cosine - localY * sine;
    field[2 * point + 1]! += localX * sine + localY * cosine;
  };
  addMouthShapes(mesh, measures, move);
  addBrows(measures, move);
  addLids(measures, move);
  for (const { point, of } of mesh.doubles) {
    for (const axis of [0, 1]) {
      for (const name of SHAPES) shapes[name][2 * point + axis] = shapes[name][2 * of + axis]!;
      mesh.rest[2 * point + axis] = mesh.rest[2 * of + axis]!;
    }
  }
  return shapes;
}

type Move = (shape: ShapeName, point: number, localX: number, localY: number) => void;

function bell(value: number, width: number): number {
  return Math.exp(-((value / width) ** 2));
}

function addMouthShapes(mesh: PortraitMesh, measures: FaceMeasures, move: Move): void {
  const { mouthUnit: unit, mouthWidth, faceWidth, faceHeight, chinY, cosine, sine, smile } = measures;
  const half = mouthWidth / 2;
  const innerHalf = Math.max(1e-3, Math.min(half, (measures.lipX.at(-1)! - measures.lipX[0]!) / 2));
  const upperInner = new Set<number>(UPPER_INNER_LIP.slice(1, -1));
  const lowerInner = new Set<number>(LOWER_INNER_LIP.slice(1, -1));
  const gaps = measures.upperLipY.map((upper, index) =>
    measures.mouthOpen ? Math.max(0, measures.lowerLipY[index]! - upper) : 0,
  );
  // At full rounding the mouth is this wide; not quite so narrow where the photo smiles broadly: its folds would come along.
  const narrowBy = Math.min(0.25, Math.max(0.2, 1 - (0.78 * unit) / mouthWidth));
  const cornerDrop = Math.max(0, onLine(measures.lipX, measures.upperLipY, 0) * 0.6 + 0.04 * unit);
  for (let point = 0; point < mesh.points; point++) {
    if (point >= SKIN_LANDMARKS && mesh.outward[point]! > 0.7) continue;
    const [x, y] = toLocal(measures, mesh.rest[2 * point]!, mesh.rest[2 * point + 1]!);
    const fromMiddle = Math.abs(x);
    const upperY = onLine(measures.lipX, measures.upperLipY, x);
    const lowerY = onLine(measures.lipX, measures.lowerLipY, x);
    const seamY = (upperY + lowerY) / 2;
    const isLower = lowerInner.has(point) || (!upperInner.has(point) && y > seamY);
    const isCorner = fromMiddle > innerHalf * 0.97 && fromMiddle < half * 1.06 && Math.abs(y - seamY) < 0.12 * unit;
    const arch = Math.max(0, 1 - (x / innerHalf) ** 2) ** 0.9;
    const fromLip = Math.max(0, isLower ? y - lowerY : upperY - y);
    const beyondCorner = 1 - smoothStep(half, half + 0.55 * unit, fromMiddle);
    const aroundCorner = Math.min(1, fromMiddle / half) ** 2 * beyondCorner * bell(y - seamY, 0.34 * unit);

    let jaw = 0;
    if (isLower) {
      const beside = 1 - smoothStep(0.55 * half, faceWidth * 0.52, fromMiddle);
      const below = 1 - smoothStep(chinY * 0.96, chinY + 0.24 * faceHeight, y);
      jaw = beside * below;
      if (fromMiddle < half * 1.02 && y < lowerY + 0.3 * unit) {
        jaw *= 0.18 + 0.82 * Math.max(arch, smoothStep(lowerY, lowerY + 0.3 * unit, y));
      }
    } else {
      jaw = 0.16 * bell(fromMiddle - half, 0.22 * unit) * bell(y - seamY, 0.18 * unit);
    }
    if (isCorner) jaw = 0.17;
    move('jaw', point, 0, 0.3 * unit * jaw);
    if (!isLower) move('upperLip', point, 0, -0.06 * unit * arch * bell(fromLip, 0.25 * unit));

    const sideways = beyondCorner * bell(Math.max(0, Math.abs(y - seamY) - 0.1 * unit), 0.4 * unit);
    move('wide', point, 0.16 * (1 - 0.6 * smile) * x * sideways, 0);
    // Corners come in; cheeks, nose and jaw stay.
    // Far out and far down it goes over softly, or the folds beside the mouth bend; above it the nose is near, and the outline stays.
    const fold =
      (1 - smoothStep(half, half + 0.8 * unit, fromMiddle)) * (1 - smoothStep(0.3 * faceWidth, 0.47 * faceWidth, fromMiddle));
    const inwards = fold * bell(Math.max(0, Math.abs(y - seamY) - 0.1 * unit), (y < seamY ? 0.26 : 0.42) * unit);
    move('narrow', point, -narrowBy * x * inwards, 0);
    move('unsmile', point, 0, cornerDrop * aroundCorner);
    // The inner edges stay: lips that are closed neither part nor cross.
    const thickness = (isLower ? 1 : -1) * arch * smoothStep(0, 0.11 * unit, fromLip) * bell(fromLip - 0.13 * unit, 0.12 * unit);
    move('pucker', point, 0, 0.06 * unit * thickness);
    move('press', point, 0, -0.05 * unit * thickness);
    // The lower lip rolls in under the upper teeth: its edge stays, what is below comes up.
    if (isLower) move('tuck', point, 0, -0.05 * unit * arch * smoothStep(0, 0.12 * unit, fromLip) * bell(fromLip, 0.3 * unit));
    const cheek = bell(fromMiddle - 1.05 * half, 0.4 * unit) * bell(y - (seamY - 0.1 * unit), 0.5 * unit);
    const room = 1 - 0.7 * smile;
    move('smile', point, Math.sign(x) * 0.09 * unit * room * cheek, -0.1 * unit * room * (aroundCorner * 0.75 + cheek * 0.35));

    if (measures.mouthOpen && fromMiddle < half) {
      const gap = onLine(measures.lipX, gaps, x);
      const close = (isLower ? -0.72 : 0.28) * gap * bell(fromLip, (isLower ? 0.72 : 0.26) * unit);
      mesh.rest[2 * point]! -= close * sine;
      mesh.rest[2 * point + 1]! += close * cosine;
    }
  }
}

function addBrows(measures: FaceMeasures, move: Move): void {
  const { eyeDistance, foreheadY } = measures;
  const brows = BROWS.map((brow) => brow.map((point) => [measures.local[2 * point]!, measures.local[2 * point + 1]!] as const));
  const lidY = EYES.map((eye) => Math.min(...eye.crease.map((point) => measures.local[2 * point + 1]!)));
  for (let point = 0; point < SKIN_LANDMARKS; point++) {
    const x = measures.local[2 * point]!;
    const y = measures.local[2 * point + 1]!;
    brows.forEach((brow, side) => {
      const nearest = Math.min(...brow.map(([browX, browY]) => Math.hypot((x - browX) * 0.8, y - browY)));
      const browY = Math.min(...brow.map((at) => at[1]));
      const aboveLids = smoothStep(lidY[side]! + 0.02 * eyeDistance, browY, y);
      const belowHair = smoothStep(foreheadY, foreheadY + 0.6 * (browY - foreheadY), y);
      move('brow', point, 0, -0.05 * eyeDistance * bell(nearest, 0.14 * eyeDistance) * Math.max(aboveLids, 0) * belowHair);
    });
  }
}

function addLids(measures: FaceMeasures, move: Move): void {
  const { eyeDistance, local } = measures;
  const localX = (point: number) => local[2 * point]!;
  const localY = (point: number) => local[2 * point + 1]!;
  for (const eye of EYES) {
    const lower = [...eye.lowerLid].sort((a, b) => localX(a) - localX(b));
    const lowerX = lower.map(localX);
    const lowerY = lower.map(localY);
    const drop = (point: number) => Math.max(0, onLine(lowerX, lowerY, localX(point)) - localY(point));
    const middle = (lowerX[0]! + lowerX.at(-1)!) / 2;
    const width = Math.max(1e-3, lowerX.at(-1)! - lowerX[0]!);
    const opening = (point: number) => Math.max(0, 1 - ((2 * (localX(point) - middle)) / width) ** 2) ** 0.5;
    eye.upperLid.forEach((lid, index) => {
      move('blink', lid, 0, drop(lid) * LID_OVERLAP);
      move('blink', eye.crease[index]!, 0, drop(lid) * 0.5);
      move('blink', eye.aboveCrease[index]!, 0, drop(lid) * 0.1);
      const follow = GAZE_DOWN * eyeDistance * UPPER_LID_FOLLOWS * opening(lid);
      move('lidsDown', lid, 0, follow);
      move('lidsDown', eye.crease[index]!, 0, follow * 0.5);
      move('lidsDown', eye.aboveCrease[index]!, 0, follow * 0.1);
    });
    for (const lid of eye.lowerLid.slice(1, -1)) {
      move('blink', lid, 0, -0.012 * eyeDistance);
      move('lidsDown', lid, 0, GAZE_DOWN * eyeDistance * LOWER_LID_FOLLOWS * opening(lid));
      move('smile', lid, 0, -0.018 * eyeDistance * opening(lid));
    }
    for (const point of eye.belowLid.slice(1, -1)) move('smile', point, 0, -0.012 * eyeDistance);
  }
}
