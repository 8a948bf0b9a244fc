import type { AvatarProblem } from '../../core/avatars/avatar-problem.ts';
import { MESH_POINTS, pointAt } from './face-mesh.ts';
import type { Face } from './find-faces.ts';
import { type Picture, sampleSquare } from './picture.ts';

/** A picture is good enough for its largest face to be animated, or it is not. */
export type Verdict = { face: Face; problem?: undefined } | { face?: undefined; problem: AvatarProblem };

/** Another face that is this much smaller stands in the background. Of its height. */
const LEAST_RIVAL = 0.4;
/** Less than this, forehead to chin, and the drawn face is a blur: at 512 pixels it is shown about 200 high. */
const LEAST_FACE_PIXELS = 80;
/** A face is shown from the front: what is hidden in the picture cannot come to sight. */
const MOST_YAW_DEGREES = 25;
const MOST_PITCH_DEGREES = 30;
const MOST_ROLL_DEGREES = 35;
/** The mesh looks down by this much on a face that looks straight ahead. */
const STRAIGHT_PITCH_DEGREES = 5;
/** Part of the points that may lie outside the picture: the mesh reaches a little beyond the chin and the forehead. */
const MOST_OUTSIDE = 0.03;
/**
 * See `Face.unsteadiness`. Measured: portraits, bright, dark, grey, small, softened or with a beard: lips 0.4 to 0.9, at most 1.5 times the
 * eyes; with masks, hands, microphones, scarves: lips 1.0 to 2.3, at least 1.6 times the eyes; with half of the mouth covered 1.2, 1.7 times.
 * Of seven real people whose photos were changed in all ways (`bench/face/gate-table.ts`): seen mouths at most 0.7, hidden ones 1.0 and more.
 */
const UNSTEADY_LIPS = 0.97;
const UNSTEADIER_THAN_EYES = 1.55;
/** See `sharpnessOf`. Sharp portraits have 27 to 42; softened by 2 % of the face's height 25, by 2.5 % 19, by 4 % 12. */
const LEAST_SHARPNESS = 21;

/** Decides whether the faces that were found in a picture make an avatar; the reasons are for whoever sent it. */
export function judgePhoto(picture: Picture, faces: readonly Face[], options: { takeLargest: boolean }): Verdict {
  const [face, second] = faces;
  if (!face) return { problem: 'no-face' };
  if (second && !options.takeLargest && second.square.side > face.square.side * LEAST_RIVAL) return { problem: 'several-faces' };
  if (outside(picture, face) > MOST_OUTSIDE) return { problem: 'face-cut-off' };
  if (isTurnedAway(face)) return { problem: 'face-turned-away' };
  if (face.square.side < LEAST_FACE_PIXELS) return { problem: 'face-too-small' };
  // Before sharpness, which is told against a contrast that a black mask makes large.
  if (isMouthHidden(face)) return { problem: 'mouth-hidden' };
  if (sharpnessOf(picture, face) < LEAST_SHARPNESS) return { problem: 'too-blurred' };
  return { face };
}

function isTurnedAway({ angles: { yaw, pitch, roll } }: Face): boolean {
  return (
    Math.abs(yaw) > MOST_YAW_DEGREES ||
    Math.abs(pitch - STRAIGHT_PITCH_DEGREES) > MOST_PITCH_DEGREES ||
    Math.abs(roll) > MOST_ROLL_DEGREES
  );
}

function isMouthHidden({ unsteadiness }: Face): boolean {
  if (!unsteadiness) return false;
  return unsteadiness.lips > UNSTEADY_LIPS && unsteadiness.lips > UNSTEADIER_THAN_EYES * unsteadiness.eyes;
}

/** Part of the mesh that lies outside the picture. */
function outside({ width, height }: Picture, { points }: Face): number {
  let count = 0;
  for (let index = 0; index < MESH_POINTS; index++) {
    const [x, y] = pointAt(points, index);
    if (x < 0 || y < 0 || x >= width || y >= height) count++;
  }
  return count / MESH_POINTS;
}

/** Pixels along the face in which its sharpness is told: 1.6 % of its height each. */
const SIDE = 64;

/**
 * How much fine detail a face has: the strength of its edges (Laplacian of the softened brightness) as percent of its contrast, so that
 * neither light nor size matters.
 */
export function sharpnessOf(picture: Picture, face: Face): number {
  const colors = sampleSquare(picture, face.square, SIDE, { scale: 1, offset: 0 });
  const bright = Float32Array.from({ length: SIDE * SIDE }, (_, at) => {
    const [red = 0, green = 0, blue = 0] = colors.subarray(at * 3, at * 3 + 3);
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  });
  const soft = softened(bright);
  let [edges, sum, squares, count] = [0, 0, 0, 0];
  // Hair and background around the face do not count.
  const [from, to] = [Math.round(SIDE * 0.15), Math.round(SIDE * 0.85)];
  for (let row = from; row < to; row++) {
    for (let column = from; column < to; column++) {
      const at = row * SIDE + column;
      const value = (offset: number) => soft[at + offset] as number;
      edges += (4 * value(0) - value(-1) - value(1) - value(-SIDE) - value(SIDE)) ** 2;
      sum += bright[at] as number;
      squares += (bright[at] as number) ** 2;
      count++;
    }
  }
  const contrast = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
  return contrast < 1 ? 0 : (100 * Math.sqrt(edges / count)) / contrast;
}

/** Against the noise of the camera: 1 2 1 along both axes. */
function softened(bright: Float32Array): Float32Array {
  const soft = new Float32Array(bright.length);
  for (let row = 1; row < SIDE - 1; row++) {
    for (let column = 1; column < SIDE - 1; column++) {
      let sum = 0;
      for (let y = -1; y <= 1; y++) {
        for (let x = -1; x <= 1; x++) {
          sum += (bright[(row + y) * SIDE + column + x] as number) * (2 - Math.abs(x)) * (2 - Math.abs(y));
        }
      }
      soft[row * SIDE + column] = sum / 16;
    }
  }
  return soft;
}
