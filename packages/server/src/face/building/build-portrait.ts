import { keptPart, LANDMARKS, measureFace, portraitToAsset, textureFromRgb, writeAsset } from '@visavis/face';
import { refineClosedLips } from './find-lip-line.ts';
import { findMatte } from './find-matte.ts';
import type { PersonFinder } from './find-person.ts';
import { cutAndScale } from './scale-photo.ts';

/** A decoded photo and the landmarks of the one face in it. */
export interface PhotoOfFace {
  readonly width: number;
  readonly height: number;
  /** 3 bytes a pixel. */
  readonly rgb: Uint8Array;
  /** x, y, z of each of 478 landmarks (468 of the skin, 10 of the irises), in pixels of this photo. */
  readonly landmarks: Float32Array;
}

/** A face needs not be higher than this from forehead to chin: what 720 lines show of it. */
const MOST_FACE_HEIGHT = 285;
/** Sides of what is kept. */
const MOST_WIDTH = 1280;
const MOST_HEIGHT = 1024;

/**
 * Makes the file that a photo is drawn from: the part around the head, in the size that the largest picture needs, the landmarks, and how
 * much of each pixel is head and shoulders. Takes about a second without a pause: for a worker thread.
 * @param findPerson without it, head and shoulders are told from the rest by their colours alone.
 * @throws RangeError for a photo or landmarks that do not fit together.
 */
export function buildPortrait(source: PhotoOfFace, findPerson?: PersonFinder): Uint8Array {
  const { width, height, rgb, landmarks } = source;
  if (rgb.length !== width * height * 3) throw new RangeError(`${rgb.length} bytes are no photo of ${width}x${height} in RGB`);
  if (landmarks.length !== 3 * LANDMARKS || !landmarks.every(Number.isFinite)) {
    throw new RangeError(`A face has ${3 * LANDMARKS} finite numbers of landmarks, not ${landmarks.length}`);
  }
  const measures = measureFace(landmarks);
  const wanted = keptPart(measures);
  const left = Math.max(0, Math.floor(wanted.left));
  const top = Math.max(0, Math.floor(wanted.top));
  const right = Math.min(width, Math.ceil(wanted.right));
  const bottom = Math.min(height, Math.ceil(wanted.bottom));
  if (right - left < 16 || bottom - top < 16) throw new RangeError('The face lies outside of the photo');
  const scale = Math.min(1, MOST_FACE_HEIGHT / measures.faceHeight, MOST_WIDTH / (right - left), MOST_HEIGHT / (bottom - top));
  const kept = cutAndScale(rgb, width, { left, top, right, bottom }, scale);
  const scaled = landmarks.map((value, index) => {
    if (index % 3 === 0) return (value - left) * kept.scaleX;
    return index % 3 === 1 ? (value - top) * kept.scaleY : value * kept.scaleX;
  });
  const keptLandmarks = refineClosedLips(kept, scaled);
  const { matte, usable } = findMatte(kept, keptLandmarks, findPerson?.(kept, measureFace(keptLandmarks)));
  const photo = textureFromRgb(kept.width, kept.height, kept.rgb);
  return writeAsset(portraitToAsset({ photo, landmarks: keptLandmarks, matte, matteUsable: usable }));
}
