import { type Coverage, coverPolygon } from '../raster/coverage.ts';
import { evenRegion } from '../raster/picture.ts';
import type { Contour } from './path.ts';

/** From units of a drawing to pixels: pixel = unit * scale + offset. */
export interface Framing {
  scale: number;
  offsetX: number;
  offsetY: number;
}

let points = new Float64Array(4096);

/** Covers what the contours enclose, in a picture of `width` x `height`. False where nothing of it lies there. */
export function coverContours(
  coverage: Coverage,
  contours: readonly Contour[],
  { scale, offsetX, offsetY }: Framing,
  width: number,
  height: number,
): boolean {
  let count = 0;
  const ends: number[] = [];
  for (const contour of contours) {
    if (points.length < count + contour.length) {
      const longer = new Float64Array((count + contour.length) * 2);
      longer.set(points);
      points = longer;
    }
    for (let i = 0; i < contour.length; i += 2) {
      points[count++] = contour[i]! * scale + offsetX;
      points[count++] = contour[i + 1]! * scale + offsetY;
    }
    ends.push(count / 2);
  }
  coverPolygon(coverage, points.subarray(0, count), { left: 0, top: 0, right: width, bottom: height }, ends);
  return coverage.region.right > coverage.region.left;
}

/**
 * Softens by three passes of a box each way, close to a Gaussian of standard deviation `sigma` pixels. Grows to where the softening
 * reaches, within the picture; what the picture cuts off does not fade at its edge.
 */
export function soften(coverage: Coverage, sigma: number, width: number, height: number): void {
  const before = coverage.region;
  const reach = Math.ceil(sigma * 3);
  const region = evenRegion(
    { left: before.left - reach, top: before.top - reach, right: before.right + reach, bottom: before.bottom + reach },
    { width, height },
  );
  const [wide, high] = [region.right - region.left, region.bottom - region.top];
  const amounts = new Float32Array(wide * high);
  const wideBefore = before.right - before.left;
  for (let row = before.top; row < before.bottom; row++) {
    const from = (row - before.top) * wideBefore;
    amounts.set(coverage.amounts.subarray(from, from + wideBefore), (row - region.top) * wide + before.left - region.left);
  }
  coverage.region = region;
  coverage.amounts = amounts;
  // Three boxes have the variance r (r + 1); for less, fewer of them.
  const radius = Math.max(1, Math.round((Math.sqrt(4 * sigma * sigma + 1) - 1) / 2));
  boxBlur(amounts, wide, high, radius, sigma < 1 ? 1 : sigma < 1.3 ? 2 : 3);
}

/** Passes of a box each way, in place; beyond its edges a picture counts as going on as they are. */
export function boxBlur(values: Float32Array, width: number, height: number, radius: number, passes = 3): void {
  const line = new Float32Array(Math.max(width, height) + 2 * radius + 1);
  for (let pass = 0; pass < passes; pass++) {
    for (let row = 0; row < height; row++) blurLine(values, row * width, 1, width, radius, line);
    for (let column = 0; column < width; column++) blurLine(values, column, width, height, radius, line);
  }
}

function blurLine(values: Float32Array, start: number, step: number, count: number, radius: number, line: Float32Array): void {
  const [first, last] = [values[start]!, values[start + (count - 1) * step]!];
  for (let i = 0; i < radius; i++) line[i] = first;
  for (let i = 0, at = start; i < count; i++, at += step) line[radius + i] = values[at]!;
  for (let i = 0; i <= radius; i++) line[radius + count + i] = last;
  const size = 2 * radius + 1;
  const share = 1 / size;
  let sum = 0;
  for (let i = 0; i < size; i++) sum += line[i]!;
  for (let i = 0, at = start; i < count; i++, at += step) {
    values[at] = sum * share;
    sum += line[i + size]! - line[i]!;
  }
}
