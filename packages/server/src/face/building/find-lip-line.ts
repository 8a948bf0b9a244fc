import { LOWER_INNER_LIP, measureFace, onLine, toPicture, UPPER_INNER_LIP } from '@visavis/face';
import type { ScaledPhoto } from './scale-photo.ts';

/** Columns across the mouth, and how far above and below the landmarks the line is looked for, in mouth units. */
const COLUMNS = 41;
const REACH = 0.16;
const STEPS = 33;
/** How far beside the line it is compared, in mouth units. */
const SIDES = [0.035, 0.06];
/** What a place away from the landmarks, and a step between neighbours, costs in levels of brightness. */
const AWAY_COST = 900;
const STEP_COST = 5000;

/**
 * Landmarks put the line between closed lips up to a tenth of a mouth too high or too low; a mouth that opened there would tear a lip in two.
 * Finds the dark line itself, as the cheapest path across the mouth, and moves the inner edges of both lips onto it.
 * @returns landmarks to use instead; those of open mouths as they are.
 */
export function refineClosedLips(photo: ScaledPhoto, landmarks: Float32Array): Float32Array {
  const measures = measureFace(landmarks);
  if (measures.mouthOpen) return landmarks;
  const { mouthUnit: unit, lipX, upperLipY } = measures;
  const first = lipX[0]!;
  const last = lipX.at(-1)!;
  const offsetOf = (step: number) => ((step / (STEPS - 1)) * 2 - 1) * REACH * unit;
  const lightness = (column: number, offset: number) => {
    const x = first + ((last - first) * column) / (COLUMNS - 1);
    return lumaAt(photo, ...toPicture(measures, x, onLine(lipX, upperLipY, x) + offset));
  };
  /** How much brighter it is on both sides, less far and further away: a line, not the edge of a beard. */
  const depth = (column: number, step: number) => {
    const offset = offsetOf(step);
    const here = lightness(column, offset);
    const beside = SIDES.map(
      (side) => Math.min(lightness(column, offset - side * unit), lightness(column, offset + side * unit)) - here,
    );
    return Math.max(0, ...beside);
  };
  const costs = Array.from({ length: COLUMNS }, (_, column) =>
    Array.from({ length: STEPS }, (_, step) => AWAY_COST * (offsetOf(step) / unit) ** 2 - depth(column, step)),
  );
  const path = cheapestPath(costs, (a, b) => STEP_COST * ((offsetOf(a) - offsetOf(b)) / unit) ** 2);
  const refined = landmarks.slice();
  UPPER_INNER_LIP.forEach((upper, index) => {
    const x = lipX[index]!;
    const column = Math.round(((x - first) / Math.max(1e-3, last - first)) * (COLUMNS - 1));
    const near = [-1, 0, 1].map((aside) => offsetOf(path[Math.min(COLUMNS - 1, Math.max(0, column + aside))]!));
    const y = upperLipY[index]! + near.reduce((sum, offset) => sum + offset, 0) / near.length;
    for (const point of new Set([upper, LOWER_INNER_LIP[index]!])) {
      const [pictureX, pictureY] = toPicture(measures, x, y);
      refined[3 * point] = pictureX;
      refined[3 * point + 1] = pictureY;
    }
  });
  return refined;
}

/** The step in each column of the path with the least sum. */
function cheapestPath(costs: readonly (readonly number[])[], between: (from: number, to: number) => number): number[] {
  let sums = [...costs[0]!];
  const cameFrom: number[][] = [];
  for (const column of costs.slice(1)) {
    const from: number[] = [];
    const next = column.map((cost, step) => {
      let best = 0;
      let least = Number.POSITIVE_INFINITY;
      sums.forEach((sum, before) => {
        const whole = sum + between(before, step);
        if (whole < least) {
          least = whole;
          best = before;
        }
      });
      from.push(best);
      return least + cost;
    });
    cameFrom.push(from);
    sums = next;
  }
  const path = [sums.indexOf(Math.min(...sums))];
  for (const from of cameFrom.toReversed()) path.unshift(from[path[0]!]!);
  return path;
}

function lumaAt(photo: ScaledPhoto, x: number, y: number): number {
  const column = Math.min(photo.width - 1, Math.max(0, Math.floor(x)));
  const row = Math.min(photo.height - 1, Math.max(0, Math.floor(y)));
  const at = 3 * (row * photo.width + column);
  return 0.299 * photo.rgb[at]! + 0.587 * photo.rgb[at + 1]! + 0.114 * photo.rgb[at + 2]!;
}
