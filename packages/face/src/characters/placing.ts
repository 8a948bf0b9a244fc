import type { Paint } from './drawing.ts';
import { type LayerMotion, movePoint, type Stance } from './head-motion.ts';
import type { Contour } from './path.ts';
import type { Polygon } from './polygons.ts';

/** Draws polygons on the moving head: given where they lie on the head at rest, moved as the head is. */
export interface Placing {
  polygons: Polygon[];
  /** Moves outlines; to be shared as `within`. */
  place(contours: Contour[]): Contour[];
  add(contours: Contour[], paint: Paint, options?: { opacity?: number; within?: Contour[] }): void;
}

const point = new Float64Array(2);

/** `depth`: in front of the head's surface. What is placed does not follow the jaw by itself: the mouth moves on its own. */
export function createPlacing(stance: Stance, polygons: Polygon[], depth: number): Placing {
  const motion: LayerMotion = { follows: 'head', depth, relief: 1, jaw: 0 };
  const place = (contours: Contour[]) =>
    contours.map((contour) => {
      const moved = new Array<number>(contour.length);
      for (let i = 0; i < contour.length; i += 2) {
        movePoint(stance, motion, contour[i]!, contour[i + 1]!, point);
        moved[i] = point[0]!;
        moved[i + 1] = point[1]!;
      }
      return moved;
    });
  const placePaint = (paint: Paint): Paint => {
    if (typeof paint === 'string') return paint;
    if ('linear' in paint) {
      const [from] = place([paint.linear]);
      return { linear: [from![0]!, from![1]!, from![2]!, from![3]!], stops: paint.stops };
    }
    movePoint(stance, motion, paint.radial[0], paint.radial[1], point);
    return { radial: [point[0]!, point[1]!, paint.radial[2], paint.radial[3]], stops: paint.stops };
  };
  return {
    polygons,
    place,
    add: (contours, paint, options) => {
      polygons.push({ contours: place(contours), paint: placePaint(paint), ...options });
    },
  };
}

/** A point on a cubic curve between two points whose ends are drawn toward two others. */
export interface Curve {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  x3: number;
  y3: number;
}

/** Points of a curve, both ends among them. */
export function curvePoints(curve: Curve, count = 16): Contour {
  const points: Contour = [];
  for (let i = 0; i <= count; i++) {
    const t = i / count;
    const s = 1 - t;
    const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
    points.push(
      a * curve.x0 + b * curve.x1 + c * curve.x2 + d * curve.x3,
      a * curve.y0 + b * curve.y1 + c * curve.y2 + d * curve.y3,
    );
  }
  return points;
}

/** The other way round. */
export function backwards(points: Contour): Contour {
  const turned: Contour = [];
  for (let i = points.length - 2; i >= 0; i -= 2) turned.push(points[i]!, points[i + 1]!);
  return turned;
}
