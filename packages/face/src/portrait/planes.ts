/** One plane of a picture, and where a target lies in it: pixel (x, y) of the target is at `left + x / scale`, `top + y / scale`. */
export interface PlaneView {
  readonly plane: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

/** Samples a plane at any scale: sharp (Catmull-Rom) when enlarged, averaged when made smaller; goes on in the border's colour outside. */
export function resample(view: PlaneView, targetWidth: number, targetHeight: number): Uint8Array {
  const columns = tapsOf(view.left, view.scale, targetWidth, view.width);
  const rows = tapsOf(view.top, view.scale, targetHeight, view.height);
  const firstRow = Math.min(...rows.starts.map((start) => Math.min(view.height - 1, Math.max(0, start))));
  const lastRow = Math.max(...rows.starts.map((start) => Math.min(view.height - 1, Math.max(0, start + rows.count - 1))));
  const between = new Float32Array((lastRow - firstRow + 1) * targetWidth);
  for (let row = firstRow; row <= lastRow; row++) {
    for (let column = 0; column < targetWidth; column++) {
      let sum = 0;
      const start = columns.starts[column]!;
      for (let tap = 0; tap < columns.count; tap++) {
        const x = start + tap;
        const inside = x < 0 ? 0 : x >= view.width ? view.width - 1 : x;
        sum += view.plane[row * view.width + inside]! * columns.weights[column * columns.count + tap]!;
      }
      between[(row - firstRow) * targetWidth + column] = sum;
    }
  }
  const target = new Uint8Array(targetWidth * targetHeight);
  const sums = new Float32Array(targetWidth);
  for (let row = 0; row < targetHeight; row++) {
    sums.fill(0.5);
    for (let tap = 0; tap < rows.count; tap++) {
      const weight = rows.weights[row * rows.count + tap]!;
      const y = rows.starts[row]! + tap;
      const inside = (y < 0 ? 0 : y >= view.height ? view.height - 1 : y) - firstRow;
      for (let column = 0; column < targetWidth; column++) sums[column]! += weight * between[inside * targetWidth + column]!;
    }
    for (let column = 0; column < targetWidth; column++) {
      target[row * targetWidth + column] = Math.min(255, Math.max(0, sums[column]!));
    }
  }
  return target;
}

function tapsOf(begin: number, scale: number, targetLength: number, sourceLength: number) {
  const stretch = Math.max(1, 1 / scale);
  const count = Math.ceil(4 * stretch) + 1;
  const starts: number[] = [];
  const weights = new Float32Array(targetLength * count);
  for (let index = 0; index < targetLength; index++) {
    const center = begin + (index + 0.5) / scale - 0.5;
    const near = Math.min(sourceLength + 4, Math.max(-5, center));
    const start = Math.ceil(near - 2 * stretch);
    let sum = 0;
    for (let tap = 0; tap < count; tap++) {
      const weight = cubic((start + tap - near) / stretch);
      weights[index * count + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < count; tap++) weights[index * count + tap]! /= sum;
    starts.push(start);
  }
  return { count, starts, weights };
}

function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return 1 + x * x * (1.5 * x - 2.5);
  return x < 2 ? 2 + x * (x * (2.5 - 0.5 * x) - 4) : 0;
}

/** Blurs in place, nearly as a Gaussian: three box blurs in each direction. What is outside counts as the border. */
export function blur(values: Float32Array, width: number, height: number, radius: number): void {
  const reach = Math.max(1, Math.round(radius));
  const line = new Float32Array(Math.max(width, height));
  for (let pass = 0; pass < 3; pass++) {
    for (let row = 0; row < height; row++) boxBlur(values, row * width, 1, width, reach, line);
    for (let column = 0; column < width; column++) boxBlur(values, column, width, height, reach, line);
  }
}

function boxBlur(values: Float32Array, begin: number, step: number, length: number, reach: number, line: Float32Array): void {
  for (let index = 0; index < length; index++) line[index] = values[begin + index * step]!;
  const last = length - 1;
  const share = 1 / (2 * reach + 1);
  let sum = 0;
  for (let index = -reach; index <= reach; index++) sum += line[Math.min(last, Math.max(0, index))]!;
  for (let index = 0; index < length; index++) {
    values[begin + index * step] = sum * share;
    sum += line[Math.min(last, index + reach + 1)]! - line[Math.max(0, index - reach)]!;
  }
}

/** Blurs values that count by a weight (0 to 1): what weighs nothing is filled in from around it. */
export function spread(values: Uint8Array, weights: Float32Array, width: number, height: number, radius: number): Float32Array {
  const weighted = new Float32Array(values.length);
  const sums = weights.slice();
  let total = 0;
  let totalWeight = 1e-6;
  for (let at = 0; at < values.length; at++) {
    weighted[at] = values[at]! * weights[at]!;
    total += weighted[at]!;
    totalWeight += weights[at]!;
  }
  blur(weighted, width, height, radius);
  blur(sums, width, height, radius);
  // Far from all that counts the mean of everything comes in.
  const little = 1e-3;
  const mean = total / totalWeight;
  for (let at = 0; at < values.length; at++) weighted[at] = (weighted[at]! + little * mean) / (sums[at]! + little);
  return weighted;
}

/** The mean of each two by two. */
export function halved(plane: Float32Array, width: number, height: number): Float32Array {
  const result = new Float32Array((width / 2) * (height / 2));
  for (let row = 0; row < height; row += 2) {
    for (let column = 0; column < width; column += 2) {
      const at = row * width + column;
      result[(row >> 1) * (width >> 1) + (column >> 1)] =
        (plane[at]! + plane[at + 1]! + plane[at + width]! + plane[at + width + 1]!) / 4;
    }
  }
  return result;
}
