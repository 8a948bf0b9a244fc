import type { Contour } from './path.ts';

/** How much of each pixel of a rectangle is covered, from 0 to 1, row by row without gaps. Grows with use; holds one result at a time. */
export interface Coverage {
  /** Of the rectangle, in pixels of the picture; both even, as are width and height. */
  x: number;
  y: number;
  width: number;
  height: number;
  values: Float32Array;
}

export function createCoverage(): Coverage {
  return { x: 0, y: 0, width: 0, height: 0, values: new Float32Array(0) };
}

/** From units of a drawing to pixels: pixel = unit * scale + offset. */
export interface Framing {
  scale: number;
  offsetX: number;
  offsetY: number;
}

/**
 * Covers what the contours enclose (whatever their direction), exactly to the area of each pixel, within a picture of
 * `width` x `height`. `margin`: pixels of room around, for softening. False where nothing lies in the picture.
 * The signed-area method of font-rs (https://github.com/raphlinus/font-rs).
 */
export function cover(
  coverage: Coverage,
  contours: readonly Contour[],
  framing: Framing,
  width: number,
  height: number,
  margin = 0,
): boolean {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const contour of contours)
    for (let i = 0; i < contour.length; i += 2) {
      const [x, y] = [contour[i]!, contour[i + 1]!];
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
  const { scale, offsetX, offsetY } = framing;
  left = Math.max(0, Math.floor(left * scale + offsetX - margin)) & ~1;
  top = Math.max(0, Math.floor(top * scale + offsetY - margin)) & ~1;
  right = Math.min(width, (Math.ceil(right * scale + offsetX + margin) + 1) & ~1);
  bottom = Math.min(height, (Math.ceil(bottom * scale + offsetY + margin) + 1) & ~1);
  if (!(right > left && bottom > top)) return false;
  coverage.x = left;
  coverage.y = top;
  coverage.width = right - left;
  coverage.height = bottom - top;
  const size = (coverage.width + 2) * coverage.height;
  if (coverage.values.length < size) coverage.values = new Float32Array(size * 2);
  else coverage.values.fill(0, 0, size);
  for (const contour of contours) {
    const count = contour.length;
    if (count < 6) continue;
    let [x0, y0] = [contour[count - 2]! * scale + offsetX - left, contour[count - 1]! * scale + offsetY - top];
    for (let i = 0; i < count; i += 2) {
      const x1 = contour[i]! * scale + offsetX - left;
      const y1 = contour[i + 1]! * scale + offsetY - top;
      addLine(coverage.values, coverage.width, coverage.height, x0, y0, x1, y1);
      x0 = x1;
      y0 = y1;
    }
  }
  sumUp(coverage);
  return true;
}

function addLine(sums: Float32Array, width: number, height: number, x0: number, y0: number, x1: number, y1: number): void {
  if (y0 === y1) return;
  let direction = 1;
  if (y0 > y1) {
    [x0, y0, x1, y1] = [x1, y1, x0, y0];
    direction = -1;
  }
  if (y1 <= 0 || y0 >= height) return;
  const slope = (x1 - x0) / (y1 - y0);
  let x = y0 < 0 ? x0 - y0 * slope : x0;
  const last = Math.min(height, Math.ceil(y1));
  for (let row = Math.max(0, Math.floor(y0)); row < last; row++) {
    const dy = Math.min(row + 1, y1) - Math.max(row, y0);
    const next = x + slope * dy;
    const area = dy * direction;
    let from = x < next ? x : next;
    let to = x < next ? next : x;
    if (from < 0) from = 0;
    else if (from > width) from = width;
    if (to < 0) to = 0;
    else if (to > width) to = width;
    const first = Math.floor(from);
    const end = Math.ceil(to);
    const at = row * (width + 2) + first;
    if (end <= first + 1) {
      const middle = 0.5 * (from + to) - first;
      sums[at]! += area - area * middle;
      sums[at + 1]! += area * middle;
    } else {
      const step = 1 / (to - from);
      const inFirst = 1 - (from - first);
      const head = 0.5 * step * inFirst * inFirst;
      const inLast = to - end + 1;
      const tail = 0.5 * step * inLast * inLast;
      sums[at]! += area * head;
      if (end === first + 2) sums[at + 1]! += area * (1 - head - tail);
      else {
        const second = step * (1.5 - (from - first));
        sums[at + 1]! += area * (second - head);
        for (let i = 2; i < end - first - 1; i++) sums[at + i]! += area * step;
        const before = second + (end - first - 3) * step;
        sums[at + end - first - 1]! += area * (1 - before - tail);
      }
      sums[at + end - first]! += area * tail;
    }
    x = next;
  }
}

function sumUp({ values, width, height }: Coverage): void {
  for (let row = 0; row < height; row++) {
    let sum = 0;
    const from = row * (width + 2);
    const to = row * width;
    for (let column = 0; column < width; column++) {
      sum += values[from + column]!;
      const covered = sum < 0 ? -sum : sum;
      values[to + column] = covered > 1 ? 1 : covered < 0.002 ? 0 : covered;
    }
  }
}

/** Keeps of `coverage` what `mask` covers too. */
export function keepWithin(coverage: Coverage, mask: Coverage): void {
  const { x, y, width, height, values } = coverage;
  for (let row = 0; row < height; row++) {
    const maskRow = y + row - mask.y;
    const outside = maskRow < 0 || maskRow >= mask.height;
    const from = maskRow * mask.width + x - mask.x;
    for (let column = 0; column < width; column++) {
      const maskColumn = x + column - mask.x;
      const at = row * width + column;
      if (outside || maskColumn < 0 || maskColumn >= mask.width) values[at] = 0;
      else values[at]! *= mask.values[from + column]!;
    }
  }
}

/** Softens by three passes of a box each way, close to a Gaussian of standard deviation `sigma` pixels. */
export function soften(coverage: Coverage, sigma: number): void {
  const { width, height, values } = coverage;
  const radius = Math.max(1, Math.round((Math.sqrt(4 * sigma * sigma + 1) - 1) / 2));
  const line = new Float32Array(Math.max(width, height));
  for (let pass = 0; pass < 3; pass++) {
    for (let row = 0; row < height; row++) softenLine(values, row * width, 1, width, radius, line);
    for (let column = 0; column < width; column++) softenLine(values, column, width, height, radius, line);
  }
}

function softenLine(values: Float32Array, start: number, step: number, count: number, radius: number, line: Float32Array): void {
  for (let i = 0; i < count; i++) line[i] = values[start + i * step]!;
  const share = 1 / (2 * radius + 1);
  // What lies beyond the rectangle counts as its edge: shapes cut off by the picture do not fade there.
  const at = (i: number) => line[i < 0 ? 0 : i >= count ? count - 1 : i]!;
  let sum = 0;
  for (let i = -radius; i <= radius; i++) sum += at(i);
  for (let i = 0; i < count; i++) {
    values[start + i * step] = sum * share;
    sum += at(i + radius + 1) - at(i - radius);
  }
}
