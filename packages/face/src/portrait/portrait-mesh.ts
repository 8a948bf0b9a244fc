import type { Region } from '../raster/index.ts';
import { type FaceMeasures, toPicture } from './face-measures.ts';
import { FACE_TRIANGLES } from './face-triangles.ts';
import { EYES, LOWER_INNER_LIP, SILHOUETTE, SKIN_LANDMARKS, UPPER_INNER_LIP, UPPER_OUTER_LIP } from './landmark-groups.ts';

/**
 * Points and triangles over a whole picture: the face, rings around it out to the border, and the closed mouth. Every place of the
 * picture lies in exactly one triangle, and the border never moves, so however the rest is moved no hole can open.
 */
export interface PortraitMesh {
  readonly points: number;
  /** Where each point is at rest, x, y pairs, in pixels of the picture; z away from the viewer. */
  readonly rest: Float32Array;
  readonly depth: Float32Array;
  /** Where in the texture its colour is, in pixels of the texture. Lips that were apart in the photo are closed at rest. */
  readonly textureCoordinates: Float32Array;
  /** Clockwise for the viewer at rest. One that has come to lie the other way round is behind others and need not be drawn. */
  readonly triangles: Uint16Array;
  /** How far a point is from the face to the border, 0 to 1. 0 for all points of the face. */
  readonly outward: Float32Array;
  /**
   * Points that lie on others and go along with them, but take their colour elsewhere: the lower edge of the closed mouth, which carries the
   * colour of the lips, and the edges of the lids, between which what is left of an all but closed eye carries the colour of lashes.
   */
  readonly doubles: readonly Double[];
}

export interface Double {
  readonly point: number;
  /** The landmark it goes along with, and the one whose colour it has. */
  readonly of: number;
  readonly colorOf: number;
}

const RINGS = 10;
/** The lips' edges take their colour this far inside the lips, in mouth units, so that no teeth fringe them. */
const LIP_INSET = 0.03;

/**
 * @param landmarks x, y, z of the landmarks in pixels of the picture.
 * @param bounds what the texture covers, in pixels of the picture: somewhat more than the picture, so that its border can rest.
 */
export function buildPortraitMesh(landmarks: ArrayLike<number>, measures: FaceMeasures, bounds: Region): PortraitMesh {
  const ringPoints = SILHOUETTE.length;
  const firstDouble = SKIN_LANDMARKS + RINGS * ringPoints + 4;
  const lids = EYES.map((eye) => ({ upper: eye.upperLid, lower: eye.lowerLid }));
  const points = firstDouble + LOWER_INNER_LIP.length + lids.reduce((sum, { lower }) => sum + lower.length, 0);
  const rest = new Float32Array(2 * points);
  const depth = new Float32Array(points);
  const outward = new Float32Array(points);
  for (let point = 0; point < SKIN_LANDMARKS; point++) {
    const [x, y] = toPicture(measures, measures.local[2 * point]!, measures.local[2 * point + 1]!);
    rest[2 * point] = x;
    rest[2 * point + 1] = y;
    depth[point] = landmarks[3 * point + 2]!;
  }
  const triangles: number[] = [];
  addRings(rest, depth, outward, triangles, bounds);
  const textureCoordinates = rest.map((value, index) => value - (index % 2 === 0 ? bounds.left : bounds.top));
  const seam = addMouth(rest, textureCoordinates, triangles, measures, firstDouble);
  const lashes = lids.flatMap(({ upper, lower }, side) => {
    const begin = firstDouble + LOWER_INNER_LIP.length + side * lower.length;
    return lower.map((lid, index) => ({ point: begin + index, of: lid, colorOf: nearestAcross(measures, lid, upper) }));
  });
  addFace(turnClockwise(rest, FACE_TRIANGLES), triangles, lids, lashes);
  const doubles = [...seam, ...lashes];
  for (const { point, of } of doubles) depth[point] = depth[of]!;
  for (const { point, of, colorOf } of lashes) {
    for (const axis of [0, 1]) {
      rest[2 * point + axis] = rest[2 * of + axis]!;
      textureCoordinates[2 * point + axis] = textureCoordinates[2 * colorOf + axis]!;
    }
  }
  return { points, rest, depth, textureCoordinates, triangles: Uint16Array.from(triangles), outward, doubles };
}

/** The triangles of the face; those between the lids come first, with the doubles of the lower lids, so that lids lie over them. */
function addFace(
  face: readonly number[],
  triangles: number[],
  lids: readonly { upper: readonly number[]; lower: readonly number[] }[],
  lashes: readonly Double[],
): void {
  const doubleOf = new Map(lashes.map(({ point, of }) => [of, point]));
  const others: number[] = [];
  const rings = lids.map(({ upper, lower }) => new Set([...upper, ...lower]));
  for (let corner = 0; corner < face.length; corner += 3) {
    const three = face.slice(corner, corner + 3);
    const between = rings.some((ring) => three.every((point) => ring.has(point)));
    if (between) triangles.push(...three.map((point) => doubleOf.get(point) ?? point));
    else others.push(...three);
  }
  triangles.push(...others);
}

/** Turns all of a group of triangles round if together they are counter-clockwise; they have to agree with each other. */
function turnClockwise(rest: Float32Array, triangles: readonly number[]): readonly number[] {
  let area = 0;
  for (let corner = 0; corner < triangles.length; corner += 3) area += doubleArea(rest, triangles, corner);
  return area >= 0 ? triangles : triangles.toReversed();
}

/** Twice the area of a triangle, negative where it is counter-clockwise for the viewer. */
export function doubleArea(positions: Float32Array, triangles: ArrayLike<number>, corner: number): number {
  const a = 2 * triangles[corner]!;
  const b = 2 * triangles[corner + 1]!;
  const c = 2 * triangles[corner + 2]!;
  const x = positions[a]!;
  const y = positions[a + 1]!;
  return (positions[b]! - x) * (positions[c + 1]! - y) - (positions[c]! - x) * (positions[b + 1]! - y);
}

function nearestAcross(measures: FaceMeasures, point: number, candidates: readonly number[]): number {
  const across = (of: number) => Math.abs(measures.local[2 * of]! - measures.local[2 * point]!);
  return candidates.reduce((best, candidate) => (across(candidate) < across(best) ? candidate : best));
}

/** Points on the border of the picture, and rings of points between it and the silhouette. */
function addRings(rest: Float32Array, depth: Float32Array, outward: Float32Array, triangles: number[], bounds: Region): void {
  const { left, top, right, bottom } = bounds;
  const count = SILHOUETTE.length;
  let centerX = 0;
  let centerY = 0;
  for (const point of SILHOUETTE) {
    centerX += rest[2 * point]! / count;
    centerY += rest[2 * point + 1]! / count;
  }
  const angles = risingAngles(rest, centerX, centerY);
  // The back of the head is as far away as the ears, and so is everything behind it: turning the head moves the face across it.
  const back = (depth[234]! + depth[454]!) / 2;
  const ringPoint = (ring: number, index: number) =>
    ring === 0 ? SILHOUETTE[index % count]! : SKIN_LANDMARKS + (ring - 1) * count + (index % count);
  const sides: number[] = [];
  SILHOUETTE.forEach((start, index) => {
    const border = onBorder(centerX, centerY, angles[index]!, bounds);
    sides.push(border.side);
    for (let ring = 1; ring <= RINGS; ring++) {
      const share = (ring / RINGS) ** 1.35;
      const point = ringPoint(ring, index);
      rest[2 * point] = rest[2 * start]! + (border.x - rest[2 * start]!) * share;
      rest[2 * point + 1] = rest[2 * start + 1]! + (border.y - rest[2 * start + 1]!) * share;
      depth[point] = depth[start]! + (back - depth[start]!) * Math.min(1, ring / 2);
      outward[point] = share;
    }
  });
  for (let ring = 0; ring < RINGS; ring++) {
    for (let index = 0; index < count; index++) {
      const a = ringPoint(ring, index);
      const b = ringPoint(ring, index + 1);
      const c = ringPoint(ring + 1, index);
      const d = ringPoint(ring + 1, index + 1);
      triangles.push(a, c, b, b, c, d);
    }
  }
  const corners = [
    [right, top],
    [right, bottom],
    [left, bottom],
    [left, top],
  ] as const;
  corners.forEach(([x, y], corner) => {
    const point = SKIN_LANDMARKS + RINGS * count + corner;
    rest[2 * point] = x;
    rest[2 * point + 1] = y;
    depth[point] = back;
    outward[point] = 1;
    // The corner between side `corner` and the next fills what the rays on both sides of it leave out.
    const before = sides.findIndex((side, index) => side === corner && sides[(index + 1) % count] !== corner);
    if (before >= 0) triangles.push(ringPoint(RINGS, before), point, ringPoint(RINGS, before + 1));
  });
}

/** Directions from the middle to the points of the silhouette, clockwise; made to rise where a turned face bends back on itself. */
function risingAngles(rest: Float32Array, centerX: number, centerY: number): number[] {
  const least = 0.02;
  let before = Number.NEGATIVE_INFINITY;
  const angles = SILHOUETTE.map((point) => {
    let angle = Math.atan2(rest[2 * point + 1]! - centerY, rest[2 * point]! - centerX);
    if (before !== Number.NEGATIVE_INFINITY) {
      while (angle < before - Math.PI) angle += 2 * Math.PI;
      while (angle > before + Math.PI) angle -= 2 * Math.PI;
      angle = Math.max(angle, before + least);
    }
    before = angle;
    return angle;
  });
  const whole = angles[0]! + 2 * Math.PI - least;
  const last = angles.length - 1;
  for (let index = last; index > 0; index--) {
    angles[index] = Math.min(angles[index]!, whole - (last - index) * least);
  }
  return angles;
}

/** Where a ray meets the border. Sides are counted clockwise: 0 top, 1 right, 2 bottom, 3 left, so that corner n ends side n. */
function onBorder(x: number, y: number, angle: number, { left, top, right, bottom }: Region) {
  const dx = Math.cos(angle);
  const dy = Math.sin(angle);
  const toSide = dx > 1e-9 ? (right - x) / dx : dx < -1e-9 ? (left - x) / dx : Number.POSITIVE_INFINITY;
  const toEnd = dy > 1e-9 ? (bottom - y) / dy : dy < -1e-9 ? (top - y) / dy : Number.POSITIVE_INFINITY;
  if (toSide < toEnd) return { x: dx > 0 ? right : left, y: y + dy * toSide, side: dx > 0 ? 1 : 3 };
  return { x: x + dx * toEnd, y: dy > 0 ? bottom : top, side: dy > 0 ? 2 : 0 };
}

/** Fills the opening between the lips with their own colour, so that a mouth which is all but closed shows neither teeth nor dark. */
function addMouth(
  rest: Float32Array,
  textureCoordinates: Float32Array,
  triangles: number[],
  measures: FaceMeasures,
  firstPoint: number,
): Double[] {
  const inset = LIP_INSET * measures.mouthUnit;
  const last = UPPER_INNER_LIP.length - 1;
  const seam = LOWER_INNER_LIP.map((_, index) => firstPoint + index);
  LOWER_INNER_LIP.forEach((lower, index) => {
    const upper = UPPER_INNER_LIP[index]!;
    const point = seam[index]!;
    rest[2 * point] = rest[2 * lower]!;
    rest[2 * point + 1] = rest[2 * lower + 1]!;
    if (index > 0 && index < last && measures.mouthOpen) {
      const down = [-measures.sine * inset, measures.cosine * inset] as const;
      textureCoordinates[2 * upper]! -= down[0];
      textureCoordinates[2 * upper + 1]! -= down[1];
      textureCoordinates[2 * lower]! += down[0];
      textureCoordinates[2 * lower + 1]! += down[1];
    }
    textureCoordinates[2 * point] = textureCoordinates[2 * upper]!;
    textureCoordinates[2 * point + 1] = textureCoordinates[2 * upper + 1]!;
  });
  if (measures.mouthOpen) {
    // The corners of open lips are dark: they take the colour of what is just outside.
    const ends = [
      [UPPER_INNER_LIP[0], UPPER_OUTER_LIP[0], seam[0]!],
      [UPPER_INNER_LIP[last]!, UPPER_OUTER_LIP[last]!, seam[last]!],
    ] as const;
    for (const [inner, outer, seamEnd] of ends) {
      for (const axis of [0, 1]) {
        const between = 0.35 * textureCoordinates[2 * inner + axis]! + 0.65 * textureCoordinates[2 * outer + axis]!;
        textureCoordinates[2 * inner + axis] = between;
        textureCoordinates[2 * seamEnd + axis] = between;
      }
    }
  }
  for (let index = 0; index < last; index++) {
    const upper = UPPER_INNER_LIP[index]!;
    const nextUpper = UPPER_INNER_LIP[index + 1]!;
    triangles.push(upper, nextUpper, seam[index]!, seam[index]!, nextUpper, seam[index + 1]!);
  }
  return LOWER_INNER_LIP.map((lower, index) => ({ point: seam[index]!, of: lower, colorOf: UPPER_INNER_LIP[index]! }));
}
