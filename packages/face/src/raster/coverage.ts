import { evenRegion, type Region } from './picture.ts';

/**
 * How much of each pixel of a region a shape covers, 0 to 1, row by row. The region is even.
 * Reused from shape to shape: one is enough for all that is drawn one after the other.
 */
export interface Coverage {
  region: Region;
  /** At least as long as the region has pixels; what lies behind is left over. */
  amounts: Float32Array;
}

export function newCoverage(): Coverage {
  return { region: { left: 0, top: 0, right: 0, bottom: 0 }, amounts: new Float32Array(4096) };
}

/**
 * Works out the exact area of each pixel that a polygon covers (signed areas summed up along each row, as in font rasterisers).
 * @param points x, y pairs of the contours one after the other, closed by themselves, in either direction.
 * @param bounds nothing outside of it is looked at; a picture's region.
 * @param ends where each contour ends, in points; one contour by default. Contours of opposite direction cut holes.
 */
export function coverPolygon(coverage: Coverage, points: ArrayLike<number>, bounds: Region, ends?: readonly number[]): void {
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (let index = 0; index + 1 < points.length; index += 2) {
    const x = points[index]!;
    const y = points[index + 1]!;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  const region = evenRegion(
    {
      left: Math.max(bounds.left, Math.floor(left)),
      top: Math.max(bounds.top, Math.floor(top)),
      right: Math.min(bounds.right, Math.ceil(right)),
      bottom: Math.min(bounds.bottom, Math.ceil(bottom)),
    },
    { width: bounds.right, height: bounds.bottom },
  );
  coverage.region = region;
  const width = region.right - region.left;
  const height = region.bottom - region.top;
  if (!(width > 0 && height > 0)) {
    coverage.region = { left: 0, top: 0, right: 0, bottom: 0 };
    return;
  }
  const stride = width + 2;
  const size = stride * height;
  if (coverage.amounts.length < size) coverage.amounts = new Float32Array(size * 2);
  const sums = coverage.amounts;
  sums.fill(0, 0, size);
  let begin = 0;
  for (const end of ends ?? [points.length / 2]) {
    for (let index = begin; index < end; index++) {
      const next = index + 1 < end ? index + 1 : begin;
      addEdge(
        sums,
        stride,
        width,
        height,
        points[2 * index]! - region.left,
        points[2 * index + 1]! - region.top,
        points[2 * next]! - region.left,
        points[2 * next + 1]! - region.top,
      );
    }
    begin = end;
  }
  // Rows are summed up and packed to the width of the region.
  for (let row = 0; row < height; row++) {
    let sum = 0;
    for (let column = 0; column < width; column++) {
      sum += sums[row * stride + column]!;
      const amount = sum < 0 ? -sum : sum;
      sums[row * width + column] = Math.min(amount, 1);
    }
  }
}

/** Adds what one edge contributes; coordinates are relative to the region. */
function addEdge(
  sums: Float32Array,
  stride: number,
  width: number,
  height: number,
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
): void {
  if (fromY === toY) return;
  const direction = fromY < toY ? 1 : -1;
  const topX = direction > 0 ? fromX : toX;
  const topY = direction > 0 ? fromY : toY;
  const bottomX = direction > 0 ? toX : fromX;
  const bottomY = direction > 0 ? toY : fromY;
  const slope = (bottomX - topX) / (bottomY - topY);
  const firstRow = Math.max(0, Math.floor(topY));
  const lastRow = Math.min(height, Math.ceil(bottomY));
  for (let row = firstRow; row < lastRow; row++) {
    const y0 = Math.max(row, topY);
    const y1 = Math.min(row + 1, bottomY);
    const rise = direction * (y1 - y0);
    const xa = topX + (y0 - topY) * slope;
    const xb = topX + (y1 - topY) * slope;
    const low = Math.min(width, Math.max(0, Math.min(xa, xb)));
    const high = Math.min(width, Math.max(0, Math.max(xa, xb)));
    const base = row * stride;
    const firstColumn = Math.floor(low);
    const lastColumn = Math.ceil(high);
    if (lastColumn <= firstColumn + 1) {
      const middle = (low + high) / 2 - firstColumn;
      sums[base + firstColumn]! += rise * (1 - middle);
      sums[base + firstColumn + 1]! += rise * middle;
      continue;
    }
    const perColumn = rise / (high - low);
    const firstPart = 1 - (low - firstColumn);
    const firstArea = 0.5 * perColumn * firstPart * firstPart;
    sums[base + firstColumn]! += firstArea;
    let spent = firstArea;
    for (let column = firstColumn + 1; column < lastColumn - 1; column++) {
      const upTo = perColumn * (column + 0.5 - low);
      sums[base + column]! += upTo - spent;
      spent = upTo;
    }
    const lastPart = high - (lastColumn - 1);
    const upToLast = rise - 0.5 * perColumn * lastPart * lastPart;
    const last = rise - 0.5 * perColumn * lastPart * lastPart - spent;
    sums[base + lastColumn - 1]! += last;
    sums[base + lastColumn]! += rise - upToLast;
  }
}

/** Multiplies a coverage by another, as where an iris shows inside the opening of an eye. Outside of `by` nothing is left. */
export function limitCoverage(coverage: Coverage, by: Coverage): void {
  const { left, top, right, bottom } = coverage.region;
  const width = right - left;
  const otherWidth = by.region.right - by.region.left;
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const at = (row - top) * width + column - left;
      const insideOther = row >= by.region.top && row < by.region.bottom && column >= by.region.left && column < by.region.right;
      const other = insideOther ? by.amounts[(row - by.region.top) * otherWidth + column - by.region.left]! : 0;
      coverage.amounts[at] = coverage.amounts[at]! * other;
    }
  }
}
