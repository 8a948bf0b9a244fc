import sharp, { type FailOnOptions, type Metadata } from 'sharp';
import { AppError } from '../core/errors.ts';

/** A picture without anything that is not the picture. */
export interface CleanPicture {
  webp: Buffer;
  width: number;
  height: number;
}

const MOST_BYTES = 10 * 1024 * 1024;
const MOST_PIXELS = 50_000_000;
/** Four times the 512 pixels of a rendered face: enough for landmarks in a full-length photo. */
const LONG_SIDE_PIXELS = 2_048;
/** Lips and eyes keep their edges; a 2048-pixel portrait is about 500 kB. */
const QUALITY = 90;
/** An honest picture of 50 megapixels takes a few seconds. */
const MOST_SECONDS = 30;

/** What JPEGs of some phones make libjpeg say although nothing of the picture is missing. */
const HARMLESS_WARNING = /invalid sos parameters|extraneous bytes before marker/i;

/**
 * Reads what somebody says is a picture: PNG, JPEG, WebP or GIF (its first frame) by its content; turned upright, in
 * sRGB, scaled down to 2048 pixels, encoded anew as WebP, with none of its metadata. Works in libuv's thread pool.
 */
export async function cleanPicture(bytes: Uint8Array): Promise<CleanPicture> {
  if (bytes.length > MOST_BYTES) throw tooLarge('must be at most 10 MB');
  // Other decoders (SVG, TIFF, PDF, ...) never see a stranger's bytes.
  if (!isKnownFormat(bytes))
    throw new AppError('unsupported-image', undefined, { details: { file: 'is no PNG, JPEG, WebP or GIF' } });
  const { width, height } = await header(bytes);
  if (width * height > MOST_PIXELS) throw tooLarge(`has ${width} x ${height} pixels; 50 megapixels are the most`);
  try {
    return await encode(bytes, 'warning').catch((error: unknown) => {
      if (isHarmless(error)) return encode(bytes, 'error');
      throw error;
    });
  } catch (error) {
    throw unreadable(error);
  }
}

async function header(bytes: Uint8Array): Promise<Metadata> {
  try {
    return await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw unreadable(error);
  }
}

async function encode(bytes: Uint8Array, failOn: FailOnOptions): Promise<CleanPicture> {
  const { data, info } = await sharp(bytes, { failOn, limitInputPixels: MOST_PIXELS, pages: 1, autoOrient: true })
    .timeout({ seconds: MOST_SECONDS })
    .resize(LONG_SIDE_PIXELS, LONG_SIDE_PIXELS, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: QUALITY, smartSubsample: true })
    .toBuffer({ resolveWithObject: true });
  return { webp: data, width: info.width, height: info.height };
}

function isHarmless(error: unknown): boolean {
  return error instanceof Error && error.message.split('\n').every((line) => HARMLESS_WARNING.test(line));
}

const SIGNATURES = [/^\x89PNG/, /^\xff\xd8\xff/, /^GIF8[79]a/, /^RIFF....WEBP/s];

function isKnownFormat(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  return SIGNATURES.some((signature) => signature.test(start));
}

function unreadable(cause: unknown): AppError {
  const problem = 'is broken or incomplete';
  return new AppError('unsupported-image', `The image ${problem}`, { details: { file: problem }, cause });
}

function tooLarge(problem: string): AppError {
  return new AppError('too-large', `file: ${problem}`, { details: { file: problem } });
}
