import { type DetectedFace, detectFaces, detectSmallFaces, overlap } from './detect-faces.ts';
import { meshOf, pointAt, refineEyes, squareOf } from './face-mesh.ts';
import { type FaceModels, loadFaceModels } from './face-models.ts';
import type { Picture } from './picture.ts';

/** A face in a picture. Everything is in pixels of that picture; x grows to the right, y down, both from the upper left corner. */
export interface Face {
  /**
   * 478 points of x, y, z: MediaPipe's 468 of the mesh, then five of the iris at the corners 263 and 362 (to the right for the viewer), then
   * five of the iris at 33 and 133; the middle of each first. z grows away from the viewer, and is 0 at about the middle of the head.
   */
  points: Float32Array;
  /** Around all points of the mesh, upright. */
  box: { x: number; y: number; width: number; height: number };
  angles: HeadAngles;
  /** How sure the network is that this is a face, 0 to 1. */
  score: number;
}

/** In degrees, all 0 for a face that looks straight into the camera. */
export interface HeadAngles {
  /** Turned to the viewer's right. */
  yaw: number;
  /** Looking down. */
  pitch: number;
  /** Tilted clockwise for the viewer. */
  roll: number;
}

/** Finds all faces of a picture, the largest first. Holds the networks: 150 MB. */
export type FaceFinder = (picture: Picture) => Face[];

/** So many candidates are looked at: a crowd is a crowd. */
const MOST_FACES = 12;
const LEAST_SCORE = 0.5;
/** The mesh finds its own square again until it stands still. */
const ROUNDS = 3;
const SAME_FACE = 0.3;

/** Loads the networks, which takes 0.3 s. The finder works synchronously: use it in a thread of its own. */
export async function loadFaceFinder(): Promise<FaceFinder> {
  const models = await loadFaceModels();
  return (picture) => {
    const faces = facesAt(picture, detectFaces(picture, models.detector), models);
    // Smaller faces matter only where there is no large one.
    return faces.length > 0 ? faces : facesAt(picture, detectSmallFaces(picture, models.detector), models);
  };
}

function facesAt(picture: Picture, candidates: DetectedFace[], models: FaceModels): Face[] {
  const faces: Array<Face & { square: DetectedFace['square'] }> = [];
  for (const detected of candidates.slice(0, MOST_FACES)) {
    const face = faceAt(picture, detected, models);
    if (face && !faces.some((other) => overlap(face.square, other.square) > SAME_FACE)) faces.push(face);
  }
  return faces.sort((a, b) => b.square.side - a.square.side).map(({ square: _square, ...face }) => face);
}

function faceAt(picture: Picture, detected: DetectedFace, models: FaceModels) {
  let square = detected.square;
  let mesh = meshOf(picture, square, models);
  for (let round = 1; round < ROUNDS && mesh.score >= LEAST_SCORE; round++) {
    square = squareOf(mesh.points);
    mesh = meshOf(picture, square, models);
  }
  if (mesh.score < LEAST_SCORE) return undefined;
  square = squareOf(mesh.points);
  refineEyes(picture, mesh, square.angle, models);
  return { points: mesh.points, box: boxOf(mesh.points), angles: anglesOf(mesh.points), score: mesh.score, square };
}

function boxOf(points: Float32Array): Face['box'] {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let at = 0; at < points.length; at += 3) {
    left = Math.min(left, points[at] as number);
    right = Math.max(right, points[at] as number);
    top = Math.min(top, points[at + 1] as number);
    bottom = Math.max(bottom, points[at + 1] as number);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** From the axes that the outermost points of the mesh span: forehead to chin, cheek to cheek. */
function anglesOf(points: Float32Array): HeadAngles {
  const degrees = 180 / Math.PI;
  const [top, bottom, left, right] = [10, 152, 234, 454].map((index) => pointAt(points, index)) as [Axis, Axis, Axis, Axis];
  const down = normalized(minus(bottom, top));
  const forward = normalized(cross(normalized(minus(right, left)), down));
  const across = cross(down, forward);
  return {
    yaw: Math.asin(clamp(-forward[0])) * degrees,
    pitch: Math.atan2(-forward[1], forward[2]) * degrees,
    roll: Math.atan2(across[1], across[0]) * degrees,
  };
}

type Axis = [number, number, number];

const minus = (a: Axis, b: Axis): Axis => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const cross = (a: Axis, b: Axis): Axis => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const clamp = (value: number) => Math.min(1, Math.max(-1, value));
function normalized(axis: Axis): Axis {
  const length = Math.hypot(...axis) || 1;
  return [axis[0] / length, axis[1] / length, axis[2] / length];
}
