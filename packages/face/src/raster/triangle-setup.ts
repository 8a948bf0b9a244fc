/**
 * What the inner loops of a textured triangle need, worked out once. One object is reused for all triangles: nothing is allocated per
 * triangle, and the loops read plain numbers. Coordinates are continuous: the middle of the first pixel is at (0.5, 0.5).
 *
 * The edges are always followed from their upper end, so two triangles that share an edge compute the same crossing bit by bit. With
 * "a pixel belongs to what holds its middle, the left edge included" that makes meshes watertight: every pixel once, none left out.
 */
export interface TriangleSetup {
  topX: number;
  topY: number;
  middleX: number;
  middleY: number;
  bottomY: number;
  /** Change of x per row along the long edge, the upper and the lower short edge. */
  longSlope: number;
  upperSlope: number;
  lowerSlope: number;
  /** Texture position at the top corner, and its change per pixel to the right and down. */
  topU: number;
  topV: number;
  uPerX: number;
  uPerY: number;
  vPerX: number;
  vPerY: number;
  /** Whether all corners lie far enough inside the texture that no sample needs to be limited. */
  inside: boolean;
}

export function newTriangleSetup(): TriangleSetup {
  return {
    topX: 0.5,
    topY: 0.5,
    middleX: 0.5,
    middleY: 0.5,
    bottomY: 0.5,
    longSlope: 0.5,
    upperSlope: 0.5,
    lowerSlope: 0.5,
    topU: 0.5,
    topV: 0.5,
    uPerX: 0.5,
    uPerY: 0.5,
    vPerX: 0.5,
    vPerY: 0.5,
    inside: false,
  };
}

/** Steps through the texture are limited to this many texels per pixel: what is steeper is a sliver. */
const STEEPEST = 64;

/** Fills in `setup`; corners are given as screen position (x, y) and texture position (u, v). */
export function setUpTriangle(
  setup: TriangleSetup,
  textureWidth: number,
  textureHeight: number,
  x0: number,
  y0: number,
  u0: number,
  v0: number,
  x1: number,
  y1: number,
  u1: number,
  v1: number,
  x2: number,
  y2: number,
  u2: number,
  v2: number,
): void {
  const doubleArea = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
  // A triangle without area may still own a pixel's middle: it is drawn, in the colour of its corner.
  const inverse = doubleArea > 1e-4 || doubleArea < -1e-4 ? 1 / doubleArea : 0;
  setup.uPerX = limited(((u1 - u0) * (y2 - y0) - (u2 - u0) * (y1 - y0)) * inverse);
  setup.uPerY = limited(((u2 - u0) * (x1 - x0) - (u1 - u0) * (x2 - x0)) * inverse);
  setup.vPerX = limited(((v1 - v0) * (y2 - y0) - (v2 - v0) * (y1 - y0)) * inverse);
  setup.vPerY = limited(((v2 - v0) * (x1 - x0) - (v1 - v0) * (x2 - x0)) * inverse);
  const lowU = u0 < u1 ? Math.min(u0, u2) : Math.min(u1, u2);
  const highU = u0 > u1 ? Math.max(u0, u2) : Math.max(u1, u2);
  const lowV = v0 < v1 ? Math.min(v0, v2) : Math.min(v1, v2);
  const highV = v0 > v1 ? Math.max(v0, v2) : Math.max(v1, v2);
  setup.inside =
    inverse !== 0 &&
    doubleArea * doubleArea > 0.01 &&
    lowU > 1.5 &&
    lowV > 1.5 &&
    highU < textureWidth - 2.5 &&
    highV < textureHeight - 2.5 &&
    setup.uPerX > -STEEPEST &&
    setup.uPerX < STEEPEST &&
    setup.vPerX > -STEEPEST &&
    setup.vPerX < STEEPEST &&
    setup.uPerY > -STEEPEST &&
    setup.uPerY < STEEPEST &&
    setup.vPerY > -STEEPEST &&
    setup.vPerY < STEEPEST;
  let swap = 0;
  if (y0 > y1) {
    swap = x0;
    x0 = x1;
    x1 = swap;
    swap = y0;
    y0 = y1;
    y1 = swap;
    u0 = u1;
    v0 = v1;
    // u1 and v1 are not needed any more.
  }
  if (y0 > y2) {
    swap = x0;
    x0 = x2;
    x2 = swap;
    swap = y0;
    y0 = y2;
    y2 = swap;
    u0 = u2;
    v0 = v2;
  }
  if (y1 > y2) {
    swap = x1;
    x1 = x2;
    x2 = swap;
    swap = y1;
    y1 = y2;
    y2 = swap;
  }
  setup.topX = x0;
  setup.topY = y0;
  setup.middleX = x1;
  setup.middleY = y1;
  setup.bottomY = y2;
  setup.topU = u0;
  setup.topV = v0;
  setup.longSlope = y2 > y0 ? (x2 - x0) / (y2 - y0) : 0;
  setup.upperSlope = y1 > y0 ? (x1 - x0) / (y1 - y0) : 0;
  setup.lowerSlope = y2 > y1 ? (x2 - x1) / (y2 - y1) : 0;
}

function limited(step: number): number {
  return step > STEEPEST ? STEEPEST : Math.max(step, -STEEPEST);
}
