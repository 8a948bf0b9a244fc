import { REST } from '../../pose.ts';
import type { FaceRenderer } from '../../renderer.ts';
import { measureFace } from '../face-measures.ts';
import { frameFace } from '../framing.ts';
import type { PortraitAsset } from '../portrait-asset.ts';

/** Differences between the mean of a drawn frame at rest and of the same places of the photo: Y, U, V. */
export function colorShiftAtRest(portrait: PortraitAsset, renderer: FaceRenderer): [y: number, u: number, v: number] {
  const { photo } = portrait;
  const { width, height } = renderer;
  const framing = frameFace(measureFace(portrait.landmarks), photo, width, height);
  const frame = new Uint8Array((width * height * 3) / 2);
  renderer.render(REST, frame);
  const shift = (plane: Uint8Array, begin: number, part: number) => {
    let sum = 0;
    let count = 0;
    for (let row = 0; row < height / part; row++) {
      for (let column = 0; column < width / part; column++) {
        const x = Math.floor(framing.left / part + (column + 0.5) / framing.scale);
        const y = Math.floor(framing.top / part + (row + 0.5) / framing.scale);
        if (x < 0 || y < 0 || x >= photo.width / part || y >= photo.height / part) continue;
        sum += frame[begin + (row * width) / part + column]! - plane[(y * photo.width) / part + x]!;
        count++;
      }
    }
    return sum / count;
  };
  const full = width * height;
  return [shift(photo.y, 0, 1), shift(photo.u, full, 2), shift(photo.v, full + full / 4, 2)];
}
