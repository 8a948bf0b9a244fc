import sharp from 'sharp';
import type { Face, FaceFinder } from './find-faces.ts';
import type { Picture } from './picture.ts';

/** Behind what is transparent. */
const GROUND = { r: 214, g: 214, b: 214 };
/** A face that is tilted further lies: the photo was taken, or scanned, sideways. */
const LYING_DEGREES = 45;

/** Decodes a stored picture and finds its faces; one whose largest face lies on its side or its head is turned upright. */
export async function readPicture(stored: Uint8Array, findFaces: FaceFinder): Promise<{ picture: Picture; faces: Face[] }> {
  const picture = await decodePicture(stored);
  const faces = findFaces(picture);
  const roll = faces[0]?.angles.roll ?? 0;
  if (Math.abs(roll) <= LYING_DEGREES) return { picture, faces };
  const upright = await decodePicture(stored, -90 * Math.round(roll / 90));
  const found = findFaces(upright);
  // Where turning did not help, the picture stays as it was sent.
  return found.length >= faces.length ? { picture: upright, faces: found } : { picture, faces };
}

/** Decodes a picture as RGB, turned by a multiple of 90 degrees. */
export async function decodePicture(stored: Uint8Array, turnDegrees = 0): Promise<Picture> {
  const { data, info } = await sharp(stored, { failOn: 'error' })
    .flatten({ background: GROUND })
    .rotate((turnDegrees + 360) % 360)
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  // A picture without colors has one channel.
  if (info.channels === 3) return { width: info.width, height: info.height, rgb: data };
  const rgb = new Uint8Array(info.width * info.height * 3);
  for (let at = 0; at < rgb.length; at++) rgb[at] = data[Math.floor(at / 3) * info.channels] ?? 0;
  return { width: info.width, height: info.height, rgb };
}
