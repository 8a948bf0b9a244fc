import { type Coverage, coverPolygon, limitCoverage, newCoverage } from './coverage.ts';
import { type Paint, RAMP_STEPS } from './paint.ts';
import { type Picture, type Region, wholeOf } from './picture.ts';

export interface FillOptions {
  /** Nothing is drawn outside of it; even. The whole picture by default. */
  readonly region?: Region;
  /** Where each contour ends, in points, for shapes of several. */
  readonly ends?: readonly number[];
  /** A shape that limits this one, from `coverPolygon`. */
  readonly within?: Coverage;
}

const scratch = newCoverage();

/** Fills a polygon (x, y pairs, closed by itself), anti-aliased. Positions may lie anywhere; what is not finite is not drawn. */
export function fillPolygon(picture: Picture, points: ArrayLike<number>, paint: Paint, options: FillOptions = {}): void {
  coverPolygon(scratch, points, options.region ?? wholeOf(picture), options.ends);
  if (options.within) limitCoverage(scratch, options.within);
  fillCoverage(picture, scratch, paint);
}

/** Paints where a coverage says. Colour is drawn at half resolution, covered as the mean of its four pixels. */
export function fillCoverage(picture: Picture, coverage: Coverage, paint: Paint): void {
  const { left, top, right, bottom } = coverage.region;
  const width = right - left;
  const amounts = coverage.amounts;
  for (let row = top; row < bottom; row++) {
    let at = row * picture.width + left;
    let from = (row - top) * width;
    for (let column = left; column < right; column++, at++, from++) {
      const amount = amounts[from]!;
      if (amount <= 0) continue;
      let value: number;
      let share: number;
      if (paint.type === 'color') {
        value = paint.y;
        share = amount * paint.alpha;
      } else {
        const step = stepAt(paint, column + 0.5, row + 0.5);
        value = paint.y[step]!;
        share = amount * paint.alpha[step]!;
      }
      const old = picture.y[at]!;
      picture.y[at] = old + (value - old) * share + 0.5;
    }
  }
  const halfWidth = picture.width >> 1;
  for (let row = top; row < bottom; row += 2) {
    let at = (row >> 1) * halfWidth + (left >> 1);
    let from = (row - top) * width;
    for (let column = left; column < right; column += 2, at++, from += 2) {
      const amount = (amounts[from]! + amounts[from + 1]! + amounts[from + width]! + amounts[from + width + 1]!) / 4;
      if (amount <= 0) continue;
      let u: number;
      let v: number;
      let share: number;
      if (paint.type === 'color') {
        u = paint.u;
        v = paint.v;
        share = amount * paint.alpha;
      } else {
        const step = stepAt(paint, column + 1, row + 1);
        u = paint.u[step]!;
        v = paint.v[step]!;
        share = amount * paint.alpha[step]!;
      }
      const oldU = picture.u[at]!;
      const oldV = picture.v[at]!;
      picture.u[at] = oldU + (u - oldU) * share + 0.5;
      picture.v[at] = oldV + (v - oldV) * share + 0.5;
    }
  }
}

function stepAt(paint: Exclude<Paint, { type: 'color' }>, x: number, y: number): number {
  let along: number;
  if (paint.type === 'linear') {
    along = (x - paint.originX) * paint.perX + (y - paint.originY) * paint.perY;
  } else {
    const dx = (x - paint.centerX) * paint.perX;
    const dy = (y - paint.centerY) * paint.perY;
    along = Math.sqrt(dx * dx + dy * dy);
  }
  return along <= 0 ? 0 : along >= 1 ? RAMP_STEPS - 1 : (along * (RAMP_STEPS - 1) + 0.5) | 0;
}

/** Lays one picture over another of the same size, where a coverage says. */
export function layThrough(picture: Picture, from: Picture, coverage: Coverage): void {
  forEachCovered(picture.width, coverage, (amount, at) => {
    const old = picture.y[at]!;
    picture.y[at] = old + (from.y[at]! - old) * amount + 0.5;
  });
  forEachHalfCovered(picture.width, coverage, (amount, at) => {
    const oldU = picture.u[at]!;
    const oldV = picture.v[at]!;
    picture.u[at] = oldU + (from.u[at]! - oldU) * amount + 0.5;
    picture.v[at] = oldV + (from.v[at]! - oldV) * amount + 0.5;
  });
}

/** Calls back for each pixel that is covered, with its place in the plane of luma. */
export function forEachCovered(pictureWidth: number, coverage: Coverage, visit: (amount: number, at: number) => void): void {
  const { left, top, right, bottom } = coverage.region;
  let from = 0;
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++, from++) {
      const amount = coverage.amounts[from]!;
      if (amount > 0) visit(amount, row * pictureWidth + column);
    }
  }
}

/** The same for samples of colour: with the mean of four pixels, and the place in the planes of chroma. */
export function forEachHalfCovered(pictureWidth: number, coverage: Coverage, visit: (amount: number, at: number) => void): void {
  const { left, top, right, bottom } = coverage.region;
  const width = right - left;
  const amounts = coverage.amounts;
  for (let row = top; row < bottom; row += 2) {
    let from = (row - top) * width;
    for (let column = left; column < right; column += 2, from += 2) {
      const amount = (amounts[from]! + amounts[from + 1]! + amounts[from + width]! + amounts[from + width + 1]!) / 4;
      if (amount > 0) visit(amount, (row >> 1) * (pictureWidth >> 1) + (column >> 1));
    }
  }
}
