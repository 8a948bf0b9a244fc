import type { Planes } from './composite.ts';
import { cover, createCoverage, type Coverage, type Framing, keepWithin } from './coverage.ts';
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

const coverage = createCoverage();
const mask = createCoverage();

/** Fills polygons with soft edges, the first at the back. */
export function drawPolygons(planes: Planes, polygons: readonly Polygon[], framing: Framing): void {
  let within: Contour[] | undefined;
  let maskShows = false;
  for (const polygon of polygons) {
    if (polygon.within && polygon.within !== within) {
      within = polygon.within;
      maskShows = cover(mask, within, framing, planes.width, planes.height);
    }
    if (polygon.within && !maskShows) continue;
    if (!cover(coverage, polygon.contours, framing, planes.width, planes.height)) continue;
    if (polygon.within) keepWithin(coverage, mask);
    fill(planes, coverage, polygon, framing);
  }
}

function fill(planes: Planes, { x: left, y: top, width, height, values }: Coverage, polygon: Polygon, framing: Framing): void {
  const paint = preparePaint(polygon.paint, framing);
  const { table } = paint;
  const opacity = polygon.opacity ?? 1;
  const half = planes.width / 2;
  for (let row = 0; row < height; row += 2)
    for (let column = 0; column < width; column += 2) {
      const at = row * width + column;
      const sum = values[at]! + values[at + 1]! + values[at + width]! + values[at + width + 1]!;
      if (sum <= 0) continue;
      let [u, v, over] = [0, 0, 0];
      for (let k = 0; k < 4; k++) {
        const [dx, dy] = [k & 1, k >> 1];
        const covered = values[at + dx + dy * width]! * opacity;
        if (covered <= 0) continue;
        const tone = toneIndex(paint, left + column + dx, top + row + dy);
        const part = covered * table[tone + 3]!;
        const to = (top + row + dy) * planes.width + left + column + dx;
        planes.y[to] = planes.y[to]! + (table[tone]! - planes.y[to]!) * part + 0.5;
        u += table[tone + 1]! * part;
        v += table[tone + 2]! * part;
        over += part;
      }
      const to = ((top + row) / 2) * half + (left + column) / 2;
      planes.u[to] = planes.u[to]! * (1 - over / 4) + u / 4 + 0.5;
      planes.v[to] = planes.v[to]! * (1 - over / 4) + v / 4 + 0.5;
    }
}
