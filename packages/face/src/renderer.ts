import type { Pose } from './pose.ts';

/** What stands behind the head. `own`: what the photo or the character has. */
export type Background =
  | { type: 'own' }
  | { type: 'blur' }
  /** 0 to 255 each. */
  | { type: 'color'; red: number; green: number; blue: number }
  /** Of the size of the picture or larger, RGB, 3 bytes a pixel; cropped to cover. */
  | { type: 'image'; width: number; height: number; rgb: Uint8Array };

/** The picture that is wanted; both sides are even, 64 to 1280. */
export interface PictureSettings {
  width: number;
  height: number;
  background: Background;
}

/** Draws one face. Holds its own scratch memory: one at a time, on one thread. */
export interface FaceRenderer {
  readonly width: number;
  readonly height: number;
  /**
   * Draws the whole picture into `frame`, which holds I420: `width * height` bytes of Y, then a quarter of that each of U and V
   * (BT.601, limited range). Every byte is written. Throws nothing for a pose with finite numbers, however wild.
   */
  render(pose: Readonly<Pose>, frame: Uint8Array): void;
}

/** Bytes of one I420 picture. */
export function i420Bytes(width: number, height: number): number {
  return width * height + 2 * ((width / 2) * (height / 2));
}

/** @throws RangeError for sides that are odd or not from 64 to 1280, and for a background image that is none. */
export function checkPictureSettings({ width, height, background }: PictureSettings): void {
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side % 2 !== 0 || side < 64 || side > 1280) {
      throw new RangeError(`A picture of ${width}x${height} cannot be drawn: both sides have to be even, from 64 to 1280`);
    }
  }
  if (background.type === 'image' && background.rgb.length !== background.width * background.height * 3) {
    throw new RangeError(`${background.rgb.length} bytes are no image of ${background.width}x${background.height} in RGB`);
  }
}
