import { EYES, LOWER_INNER_LIP, SKIN_LANDMARKS, UPPER_INNER_LIP } from './landmark-groups.ts';

/**
 * What a face measures, in pixels of whatever its landmarks are given in. "Local" means: seen from the middle of the mouth, x along the
 * line of the eyes, y down from it.
 */
export interface FaceMeasures {
  /** Direction of the line of the eyes. */
  readonly cosine: number;
  readonly sine: number;
  /** Middle of the mouth. */
  readonly originX: number;
  readonly originY: number;
  /** Between the outer corners of the eyes. */
  readonly eyeDistance: number;
  /** Between the corners of the mouth, as the photo has it. */
  readonly mouthWidth: number;
  /** How wide this mouth is when it is at rest, told from the eyes: a smile is wider. Articulation is measured by it. */
  readonly mouthUnit: number;
  /** 0 for a relaxed mouth to 1 for a broad smile. */
  readonly smile: number;
  readonly faceWidth: number;
  readonly faceHeight: number;
  /** Local y of the chin and the top of the forehead. */
  readonly chinY: number;
  readonly foreheadY: number;
  /** Whether lips are apart in the photo, so that teeth are seen. */
  readonly mouthOpen: boolean;
  /** Local positions of all 468 landmarks of the skin, x, y pairs, with the lips brought together where they were all but closed. */
  readonly local: Float32Array;
  /** Inner edge of the lips: local x, and y of the upper and the lower lip, left to right. */
  readonly lipX: readonly number[];
  readonly upperLipY: readonly number[];
  readonly lowerLipY: readonly number[];
}

/** Between the outer corners of the eyes a relaxed mouth fits this many times. */
const MOUTH_PER_EYES = 0.6;
/** Lips that the landmarks put this far apart (in mouth units) may be closed: the model sees a gap of 0.03 to 0.08 in closed mouths. */
const CLOSED_GAP = 0.125;

/** @param landmarks x, y, z of each of the 478 landmarks. */
export function measureFace(landmarks: ArrayLike<number>): FaceMeasures {
  const x = (point: number) => landmarks[3 * point]!;
  const y = (point: number) => landmarks[3 * point + 1]!;
  const first = EYES[0].lowerLid[0]!;
  const second = EYES[1].lowerLid[0]!;
  const eyeDistance = Math.max(1e-3, Math.hypot(x(second) - x(first), y(second) - y(first)));
  const cosine = (x(second) - x(first)) / eyeDistance;
  const sine = (y(second) - y(first)) / eyeDistance;
  const originX = (x(13) + x(14) + x(61) + x(291)) / 4;
  const originY = (y(13) + y(14) + y(61) + y(291)) / 4;
  const local = new Float32Array(2 * SKIN_LANDMARKS);
  for (let point = 0; point < SKIN_LANDMARKS; point++) {
    local[2 * point] = (x(point) - originX) * cosine + (y(point) - originY) * sine;
    local[2 * point + 1] = -(x(point) - originX) * sine + (y(point) - originY) * cosine;
  }
  const localX = (point: number) => local[2 * point]!;
  const localY = (point: number) => local[2 * point + 1]!;
  const mouthWidth = Math.max(1e-3, localX(291) - localX(61));
  const mouthUnit = MOUTH_PER_EYES * eyeDistance;
  const widestGap = Math.max(...UPPER_INNER_LIP.map((upper, index) => localY(LOWER_INNER_LIP[index]!) - localY(upper)));
  const mouthOpen = widestGap > CLOSED_GAP * mouthUnit;
  UPPER_INNER_LIP.forEach((upper, index) => {
    const lower = LOWER_INNER_LIP[index]!;
    const crossed = localY(lower) < localY(upper);
    if (upper === lower || !(crossed || !mouthOpen)) return;
    const middleX = (localX(upper) + localX(lower)) / 2;
    const middleY = (localY(upper) + localY(lower)) / 2;
    for (const point of [upper, lower]) {
      local[2 * point] = middleX;
      local[2 * point + 1] = middleY;
    }
  });
  return {
    cosine,
    sine,
    originX,
    originY,
    eyeDistance,
    mouthWidth,
    mouthUnit,
    smile: Math.min(1, Math.max(0, (mouthWidth / mouthUnit - 1.02) / 0.25)),
    faceWidth: Math.max(1e-3, localX(454) - localX(234)),
    faceHeight: Math.max(1e-3, localY(152) - localY(10)),
    chinY: localY(152),
    foreheadY: localY(10),
    mouthOpen,
    local,
    lipX: UPPER_INNER_LIP.map((upper, index) => (localX(upper) + localX(LOWER_INNER_LIP[index]!)) / 2),
    upperLipY: UPPER_INNER_LIP.map(localY),
    lowerLipY: LOWER_INNER_LIP.map(localY),
  };
}

/** From local to picture. */
export function toPicture(measures: FaceMeasures, localX: number, localY: number): [x: number, y: number] {
  const { cosine, sine, originX, originY } = measures;
  return [originX + localX * cosine - localY * sine, originY + localX * sine + localY * cosine];
}

/** From picture to local. */
export function toLocal(measures: FaceMeasures, x: number, y: number): [localX: number, localY: number] {
  const { cosine, sine, originX, originY } = measures;
  return [(x - originX) * cosine + (y - originY) * sine, -(x - originX) * sine + (y - originY) * cosine];
}

/** y at `x` on a line through rising `xs`; goes on level beyond both ends. */
export function onLine(xs: ArrayLike<number>, ys: ArrayLike<number>, x: number): number {
  const last = xs.length - 1;
  if (x <= xs[0]!) return ys[0]!;
  for (let index = 1; index <= last; index++) {
    if (x <= xs[index]!) {
      const span = xs[index]! - xs[index - 1]!;
      const share = span > 0 ? (x - xs[index - 1]!) / span : 1;
      return ys[index - 1]! + (ys[index]! - ys[index - 1]!) * share;
    }
  }
  return ys[last]!;
}

/** 0 below `from`, 1 above `to`, smooth between. */
export function smoothStep(from: number, to: number, value: number): number {
  const share = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return share * share * (3 - 2 * share);
}
