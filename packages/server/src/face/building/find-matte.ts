import type { ScaledPhoto } from './scale-photo.ts';

/** How much of each pixel is head and shoulders: 0 to 255, at half the size of the photo; and whether it may be used. */
export interface Matte {
  readonly matte: Uint8Array;
  readonly usable: boolean;
}

export function findMatte(photo: ScaledPhoto, _landmarks: Float32Array): Matte {
  return { matte: new Uint8Array((photo.width * photo.height) / 4).fill(255), usable: false };
}
