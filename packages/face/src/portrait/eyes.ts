import {
  coverPolygon,
  fillPolygon,
  forEachCovered,
  forEachHalfCovered,
  newCoverage,
  type Picture,
  smoothCurve,
  strokeOutline,
  type Texture,
  type Yuv,
} from '../raster/index.ts';
import { GAZE_DOWN } from './blend-shapes.ts';
import type { HeadTurn, PortraitMotion, PortraitRig } from './deform.ts';
import { type FaceMeasures, onLine, smoothStep, toLocal, toPicture } from './face-measures.ts';
import { EYES, IRISES } from './landmark-groups.ts';
import { colorAt } from './teeth.ts';

/** Draws what is seen of the eyeballs between the lids. */
export interface Eyes {
  draw(picture: Picture, motion: PortraitMotion, turn: HeadTurn, positions: Float32Array): void;
}

/** One eye at rest; local, in pixels of the picture. */
interface Eye {
  /** Landmarks along the edges of the lids, left to right, both with the corners. */
  readonly upperLid: readonly number[];
  readonly lowerLid: readonly number[];
  readonly upperX: readonly number[];
  readonly upperY: readonly number[];
  readonly lowerX: readonly number[];
  readonly lowerY: readonly number[];
  readonly irisX: number;
  readonly irisY: number;
  readonly irisRadius: number;
  readonly depth: number;
}

/** The white and the iris are taken from this far inside the lids, in eye distances, so that no lashes come along. */
const LID_INSET = 0.008;
/** An iris turns sideways by this much of its radius, as far as the corner leaves room. */
const MOST_TURN = 0.75;

export function prepareEyes(
  rig: PortraitRig,
  landmarks: ArrayLike<number>,
  photo: Texture,
  offset: { x: number; y: number },
): Eyes {
  const { measures } = rig;
  const eyes = EYES.map((_, side) => measureEye(rig, landmarks, side));
  const opening = newCoverage();
  const inset = LID_INSET * measures.eyeDistance;
  const white = whiteOfEyes(rig, landmarks, photo, offset);
  const source = { x: 0.5, y: 0.5, white: 0.5 };
  const lashColor = darkestOf(eyes, measures, photo, offset);
  return {
    draw(picture, motion, turn, positions) {
      for (const eye of eyes) {
        const lashes = smoothStep(0.45, 0.95, motion.blink);
        if (lashes > 0) drawLashes(picture, eye, positions, lashColor, lashes, measures.eyeDistance);
        if (motion.blink > 0.97) continue;
        coverPolygon(opening, openingOf(eye, positions), { left: 0, top: 0, right: picture.width, bottom: picture.height });
        const seen = viewOf(eye, measures, turn);
        const room = (edge: number) => Math.max(0, Math.abs(edge - eye.irisX) - eye.irisRadius * 1.1) * 0.8;
        const towards = motion.gazeX > 0 ? eye.upperX.at(-1)! : eye.upperX[0]!;
        const shiftX = motion.gazeX * Math.min(MOST_TURN * eye.irisRadius, room(towards));
        const shiftY = motion.gazeY * GAZE_DOWN * measures.eyeDistance;
        const first = eye.upperX[0]!;
        const last = eye.upperX.at(-1)!;
        const irisLeft = eye.irisX - 1.1 * eye.irisRadius;
        const irisRight = eye.irisX + 1.1 * eye.irisRadius;
        const fromX = [first, irisLeft + shiftX, irisRight + shiftX, last];
        const toX = [first, irisLeft, irisRight, last];
        /** Where in the texture the place of the picture takes its colour from. */
        const sourceOf = (x: number, y: number) => {
          const localX = seen.xx * x + seen.xy * y + seen.x;
          const localY = seen.yx * x + seen.yy * y + seen.y;
          const sourceX = localX <= first || localX >= last ? localX : onLine(fromX, toX, localX);
          const besides = Math.max(0, Math.abs(sourceX - eye.irisX) - 1.1 * eye.irisRadius) / (0.6 * (last - first));
          const top = onLine(eye.upperX, eye.upperY, sourceX) + inset;
          const bottom = onLine(eye.lowerX, eye.lowerY, sourceX) - inset * 0.5;
          const wanted = localY - shiftY * Math.max(0, 1 - besides);
          const sourceY = top >= bottom ? (top + bottom) / 2 : Math.min(bottom + 0.5, Math.max(top, wanted));
          source.x = measures.originX + sourceX * measures.cosine - sourceY * measures.sine + offset.x;
          source.y = measures.originY + sourceX * measures.sine + sourceY * measures.cosine + offset.y;
          // Below the iris there is white that the photo does not show.
          source.white = Math.min(1, Math.max(0, (wanted - bottom - 0.6) / (1 + 0.01 * measures.eyeDistance)));
        };
        const light = 1 - 0.5 * motion.blink;
        forEachCovered(picture.width, opening, (amount, at) => {
          const column = at % picture.width;
          sourceOf(column + 0.5, (at - column) / picture.width + 0.5);
          const seenLuma = lumaAt(photo, source.x, source.y);
          const value = 16 + (seenLuma + (white.y * 0.92 - seenLuma) * source.white - 16) * light;
          picture.y[at] = picture.y[at]! + (value - picture.y[at]!) * amount + 0.5;
        });
        const half = picture.width >> 1;
        forEachHalfCovered(picture.width, opening, (amount, at) => {
          const column = at % half;
          sourceOf(2 * column + 1, (2 * (at - column)) / half + 1);
          const color = colorAt(photo, source.x, source.y);
          const u = color.u + (white.u - color.u) * source.white;
          const v = color.v + (white.v - color.v) * source.white;
          picture.u[at] = picture.u[at]! + (u - picture.u[at]!) * amount + 0.5;
          picture.v[at] = picture.v[at]! + (v - picture.v[at]!) * amount + 0.5;
        });
      }
    },
  };
}

/** Closed lids meet in a soft dark line: over it no jag of the lids is seen. */
function drawLashes(picture: Picture, eye: Eye, positions: Float32Array, color: Yuv, amount: number, eyeDistance: number): void {
  const line = smoothCurve(
    eye.upperLid.flatMap((point) => [positions[2 * point]!, positions[2 * point + 1]!]),
    false,
    4,
  );
  for (const [width, alpha] of [
    [0.034, 0.3],
    [0.018, 0.5],
  ] as const) {
    const thick = width * eyeDistance;
    const outline = strokeOutline(line, (along) => thick * Math.min(1, 0.25 + 4 * along, 0.25 + 4 * (1 - along)) + 0.5);
    fillPolygon(picture, outline, { type: 'color', ...color, alpha: alpha * amount });
  }
}

/** The colour of lashes: the darker third of what lies along the edges of the upper lids. */
function darkestOf(eyes: readonly Eye[], measures: FaceMeasures, photo: Texture, offset: { x: number; y: number }): Yuv {
  const colors = eyes
    .flatMap((eye) => eye.upperX.map((x, index) => toPicture(measures, x, eye.upperY[index]!)))
    .map(([x, y]) => colorAt(photo, x + offset.x, y + offset.y))
    .sort((a, b) => a.y - b.y);
  const dark = colors.slice(0, Math.ceil(colors.length / 3));
  const mean = (pick: (color: Yuv) => number) => dark.reduce((sum, color) => sum + pick(color), 0) / dark.length;
  return { y: mean((color) => color.y), u: mean((color) => color.u), v: mean((color) => color.v) };
}

/** The white of the eyes: the mean of the brighter half of what is beside the irises. */
export function whiteOfEyes(
  rig: PortraitRig,
  landmarks: ArrayLike<number>,
  photo: Texture,
  offset: { x: number; y: number },
): Yuv {
  const samples: Yuv[] = [];
  EYES.forEach((_, side) => {
    const eye = measureEye(rig, landmarks, side);
    const first = eye.upperX[0]!;
    const last = eye.upperX.at(-1)!;
    for (let step = 1; step < 24; step++) {
      const x = first + ((last - first) * step) / 24;
      if (Math.abs(x - eye.irisX) < 1.2 * eye.irisRadius) continue;
      const top = onLine(eye.upperX, eye.upperY, x);
      const bottom = onLine(eye.lowerX, eye.lowerY, x);
      for (const share of [0.4, 0.55, 0.7]) {
        const y = top + (bottom - top) * share;
        const { originX, originY, cosine, sine } = rig.measures;
        samples.push(colorAt(photo, originX + x * cosine - y * sine + offset.x, originY + x * sine + y * cosine + offset.y));
      }
    }
  });
  samples.sort((a, b) => b.y - a.y);
  const bright = samples.slice(0, Math.max(1, samples.length >> 1));
  if (bright.length === 0 || samples.length === 0) return { y: 180, u: 128, v: 128 };
  const mean = (pick: (sample: Yuv) => number) => bright.reduce((sum, sample) => sum + pick(sample), 0) / bright.length;
  return { y: mean((sample) => sample.y), u: mean((sample) => sample.u), v: mean((sample) => sample.v) };
}

function measureEye(rig: PortraitRig, landmarks: ArrayLike<number>, side: number): Eye {
  const { measures, mesh } = rig;
  const local = measures.local;
  const groups = EYES[side]!;
  const byX = (a: number, b: number) => local[2 * a]! - local[2 * b]!;
  const lowerLid = [...groups.lowerLid].sort(byX);
  const upperLid = [lowerLid[0]!, ...[...groups.upperLid].sort(byX), lowerLid.at(-1)!];
  const middle = (local[2 * lowerLid[0]!]! + local[2 * lowerLid.at(-1)!]!) / 2;
  const iris = nearestIris(measures, landmarks, middle);
  return {
    upperLid,
    lowerLid,
    upperX: upperLid.map((point) => local[2 * point]!),
    upperY: upperLid.map((point) => local[2 * point + 1]!),
    lowerX: lowerLid.map((point) => local[2 * point]!),
    lowerY: lowerLid.map((point) => local[2 * point + 1]!),
    ...iris,
    depth: mesh.depth[groups.upperLid[3]!]!,
  };
}

/** Models number the irises differently: the one closer to the eye is its own. */
function nearestIris(measures: FaceMeasures, landmarks: ArrayLike<number>, middle: number) {
  const irises = IRISES.map((points) => {
    const [center, ...edge] = points.map((point) => toLocal(measures, landmarks[3 * point]!, landmarks[3 * point + 1]!));
    const [irisX, irisY] = center!;
    const irisRadius = edge.reduce((sum, [x, y]) => sum + Math.hypot(x - irisX, y - irisY), 0) / edge.length;
    return { irisX, irisY, irisRadius };
  });
  return irises.reduce((best, iris) => (Math.abs(iris.irisX - middle) < Math.abs(best.irisX - middle) ? iris : best));
}

/** The opening as the lids stand; lids that cross leave none. */
function openingOf(eye: Eye, positions: Float32Array): number[] {
  const upper: number[] = [];
  const lower: number[] = [];
  eye.upperLid.forEach((point) => {
    upper.push(positions[2 * point]!, positions[2 * point + 1]!);
  });
  eye.lowerLid.forEach((point) => {
    lower.push(positions[2 * point]!, positions[2 * point + 1]!);
  });
  const lowerX = evens(lower);
  const lowerY = odds(lower);
  for (let at = 0; at < upper.length; at += 2) upper[at + 1] = Math.min(upper[at + 1]!, onLine(lowerX, lowerY, upper[at]!));
  // A little more than the lids leave: what lies between edge and edge of the mesh is in the colour of lashes.
  for (let at = 1; at < lower.length; at += 2) {
    const isEnd = at === 1 || at === lower.length - 1;
    if (!isEnd && lower[at]! > onLine(evens(upper), odds(upper), lower[at - 1]!) + 0.25) lower[at]! += OVERLAP_PIXELS;
  }
  const over = smoothCurve(upper, false, 4);
  const under = smoothCurve(lower, false, 4);
  for (let at = under.length - 2; at >= 0; at -= 2) over.push(under[at]!, under[at + 1]!);
  return over;
}

/** How far the eyeball is drawn over the lower lid. */
const OVERLAP_PIXELS = 0.7;

function evens(pairs: readonly number[]): number[] {
  return pairs.filter((_, at) => at % 2 === 0);
}

function odds(pairs: readonly number[]): number[] {
  return pairs.filter((_, at) => at % 2 === 1);
}

/** From the picture, as the head is turned, back to local at the depth of an eye. */
function viewOf(eye: Eye, measures: FaceMeasures, turn: HeadTurn) {
  const { cosine, sine, originX, originY } = measures;
  const determinant = turn.xx * turn.yy - turn.xy * turn.yx || 1;
  const xx = turn.yy / determinant;
  const xy = -turn.xy / determinant;
  const yx = -turn.yx / determinant;
  const yy = turn.xx / determinant;
  const offsetX = turn.xz * eye.depth + turn.x;
  const offsetY = turn.yz * eye.depth + turn.y;
  // Rest position of picture (x, y): (xx (x - offsetX) + xy (y - offsetY), ...); then relative to the mouth, along the eyes.
  const restX = -(xx * offsetX + xy * offsetY) - originX;
  const restY = -(yx * offsetX + yy * offsetY) - originY;
  return {
    xx: xx * cosine + yx * sine,
    xy: xy * cosine + yy * sine,
    x: restX * cosine + restY * sine,
    yx: -xx * sine + yx * cosine,
    yy: -xy * sine + yy * cosine,
    y: -restX * sine + restY * cosine,
  };
}

function lumaAt(texture: Texture, x: number, y: number): number {
  const { width, height } = texture;
  const u = Math.min(width - 1.001, Math.max(0, x - 0.5));
  const v = Math.min(height - 1.001, Math.max(0, y - 0.5));
  const column = u | 0;
  const row = v | 0;
  const at = row * width + column;
  const plane = texture.y;
  const upper = plane[at]! + (plane[at + 1]! - plane[at]!) * (u - column);
  const lower = plane[at + width]! + (plane[at + width + 1]! - plane[at + width]!) * (u - column);
  return upper + (lower - upper) * (v - row);
}
