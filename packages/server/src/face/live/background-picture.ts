import { access } from 'node:fs/promises';
import type { PictureSettings } from '@visavis/face';

/**
 * The picture with what is in the file behind the head, cropped to cover it. Where the file is gone (its owner has removed it meanwhile), or there
 * is none, the picture as it is. The decoder is loaded where it is needed only: faces without a picture behind them do not wait for it.
 */
export async function withBackground(picture: PictureSettings, file: string | undefined): Promise<PictureSettings> {
  if (file === undefined || !(await isThere(file))) return picture;
  const { default: sharp } = await import('sharp');
  const { width, height } = picture;
  const rgb = await sharp(file)
    .resize(width, height, { fit: 'cover' })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer();
  return { ...picture, background: { type: 'image', width, height, rgb: new Uint8Array(rgb) } };
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
