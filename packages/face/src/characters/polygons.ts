import { type Coverage, limitCoverage, newCoverage } from '../raster/coverage.ts';
import type { Picture } from '../raster/picture.ts';
import { coverContours, type Framing } from './coverage.ts';
import type { Paint } from './drawing.ts';
import { preparePaint, toneIndex } from './paint.ts';
import type { Contour } from './path.ts';

/** Something to fill, in units of the drawing. `within`: shows only there; polygons in a row may share one. */
export interface Polygon {
  contours: Contour[];
  paint: Paint;
  opacity?: number;
  within?: Contour[];
}

const coverage = newCoverage();
const mask = newCoverage();

/** Fills polygons with soft edges, the first at the back. */
export function drawPolygons(picture: Picture, polygons: readonly Polygon[], framing: Framing): void {
  let within: Contour[] | undefined;
  let maskShows = false;
  for (const polygon of polygons) {
    if (polygon.within && polygon.within !== within) {
      within = polygon.within;
      maskShows = coverContours(mask, within, framing, picture.width, picture.height);
    }
    if (polygon.within && !maskShows) continue;
    if (!coverContours(coverage, polygon.contours, framing, picture.width, picture.height)) continue;
    if (polygon.within) limitCoverage(coverage, mask);
    fill(picture, coverage, polygon, framing);
  }
}

function fill(picture: Picture, { region, amounts }: Coverage, polygon: Polygon, framing: Framing): void {
  const { left, top } = region;
  const [width, height] = [region.right - left, region.bottom - top];
  const paint = preparePaint(polygon.paint, framing);
  const { table } = paint;
  const opacity = polygon.opacity ?? 1;
  const half = picture.width / 2;
  for (let row = 0; row < height; row += 2)
    for (let column = 0; column < width; column += 2) {
      const at = row * width + column;
      const sum = amounts[at]! + amounts[at + 1]! + amounts[at + width]! + amounts[at + width + 1]!;
      if (sum <= 0) continue;
      let [u, v, over] = [0, 0, 0];
      for (let k = 0; k < 4; k++) {
        const [dx, dy] = [k & 1, k >> 1];
        const covered = amounts[at + dx + dy * width]! * opacity;
        if (covered <= 0) continue;
        const tone = toneIndex(paint, left + column + dx, top + row + dy);
        const part = covered * table[tone + 3]!;
        const to = (top + row + dy) * picture.width + left + column + dx;
        picture.y[to] = picture.y[to]! + (table[tone]! - picture.y[to]!) * part + 0.5;
        u += table[tone + 1]! * part;
        v += table[tone + 2]! * part;
        over += part;
      }
      const to = ((top + row) / 2) * half + (left + column) / 2;
      picture.u[to] = picture.u[to]! * (1 - over / 4) + u / 4 + 0.5;
      picture.v[to] = picture.v[to]! * (1 - over / 4) + v / 4 + 0.5;
    }
}
