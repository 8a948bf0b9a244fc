import { type FaceModels, IRIS_SIDE, MESH_SIDE } from './face-models.ts';
import { type Picture, pointOfSquare, sampleSquare, type TurnedSquare } from './picture.ts';

/** Points of the mesh, and those of both irises. */
export const MESH_POINTS = 468;
export const FACE_POINTS = 478;

/** x, y, z of a point, in pixels of the picture. */
type Point = [x: number, y: number, z: number];

export interface Mesh {
  /** 478 x 3: see `Face.points`. */
  points: Float32Array;
  /** How sure the network is that there is a face at all, 0 to 1. */
  score: number;
}

/** Of MediaPipe: the square that the network sees is so much larger than the box around the points. */
const MARGIN = 1.5;
const EYE_MARGIN = 2.3;

const OUTER_EYE_CORNERS = [33, 263] as const;

/** Outer and inner corner, and the points that the iris network knows better; in its own order. */
const EYES = [
  {
    mirrored: true,
    corners: [263, 362],
    // lower lid, upper lid
    lids: [263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398],
  },
  {
    mirrored: false,
    corners: [33, 133],
    lids: [33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173],
  },
] as const;
/** Points of the eye's surroundings in the iris network's output; the five of the iris follow. */
const EYE_CONTOUR_POINTS = 71;

/** The mesh of the face that stands in a square, which is enlarged by MediaPipe's margin. */
export function meshOf(picture: Picture, square: TurnedSquare, models: FaceModels): Mesh {
  const seen = { ...square, side: square.side * MARGIN };
  const outputs = models.mesh(sampleSquare(picture, seen, MESH_SIDE, { scale: 1 / 255, offset: 0 }), 1);
  const score = outputs.find(({ length }) => length === 1)?.[0];
  const raw = outputs.find(({ length }) => length === MESH_POINTS * 3);
  if (score === undefined || !raw) throw new Error('The face mesh network has other outputs than known');
  const points = new Float32Array(FACE_POINTS * 3);
  for (let index = 0; index < MESH_POINTS; index++) {
    const [x, y] = pointOfSquare(seen, (raw[index * 3] as number) / MESH_SIDE, (raw[index * 3 + 1] as number) / MESH_SIDE);
    points.set([x, y, ((raw[index * 3 + 2] as number) * seen.side) / MESH_SIDE], index * 3);
  }
  return { points, score };
}

/** The square around a face whose mesh is known: closer and better turned than the detector's. */
export function squareOf(points: Float32Array): TurnedSquare {
  const [eyeA, eyeB] = OUTER_EYE_CORNERS.map((index) => pointAt(points, index)) as [Point, Point];
  const angle = Math.atan2(eyeB[1] - eyeA[1], eyeB[0] - eyeA[0]);
  const cos = Math.cos(-angle);
  const sin = Math.sin(-angle);
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let index = 0; index < MESH_POINTS; index++) {
    const [x, y] = pointAt(points, index);
    const across = x * cos - y * sin;
    const down = x * sin + y * cos;
    left = Math.min(left, across);
    right = Math.max(right, across);
    top = Math.min(top, down);
    bottom = Math.max(bottom, down);
  }
  const across = (left + right) / 2;
  const down = (top + bottom) / 2;
  return {
    centerX: across * cos + down * sin,
    centerY: -across * sin + down * cos,
    side: Math.max(right - left, bottom - top),
    angle,
  };
}

/** Adds the irises and moves the lids to where the iris network sees them. */
export function refineEyes(picture: Picture, { points }: Mesh, angle: number, models: FaceModels): void {
  const squares = EYES.map(({ corners: [outer, inner] }) => {
    const [a, b] = [pointAt(points, outer), pointAt(points, inner)];
    const side = Math.hypot(b[0] - a[0], b[1] - a[1]) * EYE_MARGIN;
    return { centerX: (a[0] + b[0]) / 2, centerY: (a[1] + b[1]) / 2, side, angle };
  });
  const input = new Float32Array(EYES.length * IRIS_SIDE * IRIS_SIDE * 3);
  for (const [eye, { mirrored }] of EYES.entries()) {
    const drawn = sampleSquare(picture, squares[eye] as TurnedSquare, IRIS_SIDE, { scale: 1 / 255, offset: 0, mirrored });
    input.set(drawn, eye * drawn.length);
  }
  const output = models.iris(input, EYES.length)[0];
  if (output?.length !== EYES.length * (EYE_CONTOUR_POINTS + 5) * 3)
    throw new Error('The iris network has other outputs than known');
  for (const [eye, { mirrored, lids, corners }] of EYES.entries()) {
    const seen = (index: number) => {
      const at = (eye * (EYE_CONTOUR_POINTS + 5) + index) * 3;
      const x = (output[at] as number) / IRIS_SIDE;
      return pointOfSquare(squares[eye] as TurnedSquare, mirrored ? 1 - x : x, (output[at + 1] as number) / IRIS_SIDE);
    };
    for (const [index, point] of lids.entries()) points.set(seen(index), point * 3);
    // The network's own depth is of no use: an iris lies where its lids do.
    const depth = (pointAt(points, corners[0])[2] + pointAt(points, corners[1])[2]) / 2;
    for (let index = 0; index < 5; index++) {
      const [x, y] = seen(EYE_CONTOUR_POINTS + index);
      points.set([x, y, depth], (MESH_POINTS + eye * 5 + index) * 3);
    }
  }
}

export function pointAt(points: Float32Array, index: number): Point {
  return [points[index * 3] as number, points[index * 3 + 1] as number, points[index * 3 + 2] as number];
}
