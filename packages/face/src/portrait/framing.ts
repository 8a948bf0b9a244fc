import type { FaceMeasures } from './face-measures.ts';
import { toPicture } from './face-measures.ts';

/** Which part of a photo a picture shows: pixel (x, y) of the picture is at `left + x / scale`, `top + y / scale` of the photo. */
export interface Framing {
  readonly left: number;
  readonly top: number;
  /** Pixels of the picture per pixel of the photo. */
  readonly scale: number;
}

/**
 * Height of a picture in heights of the face (forehead to chin): as wanted, and as close as it may come where the photo ends above or
 * below, and at its sides. Sides are easily continued; closer would cut the hair.
 */
const WANTED_HEIGHT = 2.55;
const LEAST_HEIGHT = 1.55;
const LEAST_HEIGHT_FOR_WIDTH = 2.4;
/** A picture is at least this wide in heights of the face where the photo is high enough, so that hair and ears have room. */
const LEAST_WIDTH = 1.85;
/** Where the chin is, from the top. */
const CHIN_AT = 0.665;

/**
 * Puts the head where a video call would: the same size in every aspect ratio, chin at two thirds. Comes closer, and moves up and down
 * a little, before it shows what the photo does not have.
 */
export function frameFace(
  measures: FaceMeasures,
  photo: { width: number; height: number },
  width: number,
  height: number,
): Framing {
  const aspect = width / height;
  const [chinX, chinY] = toPicture(measures, 0, measures.chinY);
  const [foreheadX] = toPicture(measures, 0, measures.foreheadY);
  const face = measures.faceHeight;
  const fromWidth = LEAST_WIDTH / aspect;
  const fits = Math.min(photo.height / face, Math.max(LEAST_HEIGHT_FOR_WIDTH, photo.width / (face * aspect)));
  const heights = Math.max(LEAST_HEIGHT, Math.min(Math.max(WANTED_HEIGHT, fromWidth), fits));
  const frameHeight = heights * face;
  const frameWidth = frameHeight * aspect;
  let top = chinY - CHIN_AT * frameHeight;
  const give = 0.09 * frameHeight;
  if (top < 0) top = Math.min(0, top + give);
  else if (top + frameHeight > photo.height) top = Math.max(photo.height - frameHeight, top - give);
  let left = (chinX + foreheadX) / 2 - frameWidth / 2;
  const sideGive = 0.06 * frameWidth;
  if (left < 0) left = Math.min(0, left + sideGive);
  else if (left + frameWidth > photo.width) left = Math.max(photo.width - frameWidth, left - sideGive);
  return { left, top, scale: height / frameHeight };
}

/** The part of a photo, in its pixels, that no picture of any aspect ratio from 3:4 to 16:9 goes beyond, margin included. */
export function keptPart(measures: FaceMeasures): { left: number; top: number; right: number; bottom: number } {
  const [chinX, chinY] = toPicture(measures, 0, measures.chinY);
  const face = measures.faceHeight;
  return {
    left: chinX - 2.7 * face,
    right: chinX + 2.7 * face,
    top: chinY - 2.3 * face,
    bottom: chinY + 1.45 * face,
  };
}
