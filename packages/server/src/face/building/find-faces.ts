import { type DetectedFace, detectFaces, detectSmallFaces, overlap } from './detect-faces.ts';
import { FACE_POINTS, MESH_POINTS, type Mesh, meshOf, pointAt, refineEyes, squareOf } from './face-mesh.ts';
import { type FaceModels, loadFaceModels } from './face-models.ts';
import type { Picture, TurnedSquare } from './picture.ts';

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
  /** Upright, around the mesh as the face is tilted; its side is the height of the face. */
  square: TurnedSquare;
  /**
   * How far the points move when the network looks at the face in slightly different ways, in percent of the square's side: 0.4 to 0.6 where
   * it sees what they stand for, 1.5 to 2.3 where that is hidden and it guesses. Only of the two largest faces.
   */
  unsteadiness?: { lips: number; eyes: number };
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
/** Unsteadiness of the eyes of what is no face at all, but looked like one: 3 to 4; of a badly blurred face 1.4. */
const PHANTOM_EYES = 2.2;
/** Unsteadiness of lips and eyes together at which a face is worth another look. */
const UNSURE = 1.8;

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
  const faces: Face[] = [];
  for (const detected of candidates.slice(0, MOST_FACES)) {
    const face = faceAt(picture, detected, models);
    if (face && !faces.some((other) => overlap(face.square, other.square) > SAME_FACE)) faces.push(face);
  }
  const sure: Face[] = [];
  for (const face of faces.sort((a, b) => b.square.side - a.square.side)) {
    const seen = sure.length < 2 ? uprightOf(picture, face, models) : face;
    if (!seen.unsteadiness || seen.unsteadiness.eyes < PHANTOM_EYES) sure.push(seen);
  }
  return sure;
}

/** A face that stands on its head is found, but its mesh is put in as if it stood upright: looks again, the other way round. */
function uprightOf(picture: Picture, face: Face, models: FaceModels): Face {
  const upright = steadied(picture, face, models);
  if (doubtOf(upright) < UNSURE) return upright;
  const square = { ...face.square, angle: face.square.angle + Math.PI };
  const turned = faceAt(picture, { square, score: 1 }, models);
  const seen = turned && steadied(picture, turned, models);
  return seen && doubtOf(seen) < doubtOf(upright) ? seen : upright;
}

const doubtOf = ({ unsteadiness }: Face) => (unsteadiness ? unsteadiness.lips + unsteadiness.eyes : Infinity);

function faceAt(picture: Picture, detected: DetectedFace, models: FaceModels): Face | undefined {
  let square = detected.square;
  let mesh = meshOf(picture, square, models);
  for (let round = 1; round < ROUNDS && mesh.score >= LEAST_SCORE; round++) {
    square = squareOf(mesh.points);
    mesh = meshOf(picture, square, models);
  }
  if (mesh.score < LEAST_SCORE) return undefined;
  return faceOf(picture, mesh, models);
}

function faceOf(picture: Picture, mesh: Mesh, models: FaceModels): Face {
  const square = squareOf(mesh.points);
  refineEyes(picture, mesh, square.angle, models);
  return { points: mesh.points, box: boxOf(mesh.points), angles: anglesOf(mesh.points), score: mesh.score, square };
}

/** Other looks at a face: size and shift of the square in its sides, turn in radians. */
const LOOKS = [
  { size: 0.9, right: 0, down: 0, turn: 0 },
  { size: 1.12, right: 0, down: 0, turn: 0 },
  { size: 1, right: 0.05, down: 0, turn: 0.1 },
  { size: 1, right: -0.05, down: 0, turn: -0.1 },
  { size: 1, right: 0, down: 0.05, turn: 0.05 },
  { size: 1, right: 0, down: -0.05, turn: -0.05 },
];
const LIPS = [
  61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409, 78, 95, 88, 178, 87, 14, 317, 402,
  318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415,
];
const EYES_AND_BROWS = [33, 133, 159, 145, 263, 362, 386, 374, 70, 105, 300, 334];

/** The mean of several looks: better points, and how far they can be trusted. */
function steadied(picture: Picture, { square }: Face, models: FaceModels): Face {
  const looks = LOOKS.map(({ size, right, down, turn }) => {
    const centerX = square.centerX + right * square.side;
    const centerY = square.centerY + down * square.side;
    return meshOf(picture, { centerX, centerY, side: square.side * size, angle: square.angle + turn }, models);
  });
  const points = new Float32Array(FACE_POINTS * 3);
  for (let at = 0; at < MESH_POINTS * 3; at++) {
    points[at] = looks.reduce((sum, look) => sum + (look.points[at] as number), 0) / looks.length;
  }
  const spread = (indices: readonly number[]) => {
    let sum = 0;
    for (const index of indices) {
      const [x, y] = pointAt(points, index);
      for (const look of looks) {
        const [seenX, seenY] = pointAt(look.points, index);
        sum += Math.hypot(seenX - x, seenY - y);
      }
    }
    return (100 * sum) / (indices.length * looks.length * square.side);
  };
  const unsteadiness = { lips: spread(LIPS), eyes: spread(EYES_AND_BROWS) };
  const score = Math.max(...looks.map((look) => look.score));
  return { ...faceOf(picture, { points, score }, models), unsteadiness };
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
