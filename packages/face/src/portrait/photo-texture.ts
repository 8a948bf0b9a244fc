import { fillPicture, newPicture, type Picture, type Texture, textureFromRgb, yuvOf } from '../raster/index.ts';
import type { Background } from '../renderer.ts';
import type { Framing } from './framing.ts';
import { blur, halved, resample, spread } from './planes.ts';

/** What one picture size needs of a photo. */
export interface PhotoTexture {
  /** The photo at the scale of the picture, with a margin around. With alpha where something else is behind the head. */
  readonly texture: Texture;
  /** The same without alpha. */
  readonly opaque: Texture;
  /** What is behind, of the size of the picture. */
  readonly behind: Picture | undefined;
}

/** Softness of what is behind the head, and of what continues the photo, in heights of the picture. */
const BLUR_RADIUS = 0.022;
const EXTENSION_RADIUS = 0.05;

/**
 * @param matte how much of each pixel of the photo is head and shoulders; 0 to 255, at half the size of the photo.
 * @param margin pixels around the picture, even.
 */
export function preparePhoto(
  photo: Picture,
  matte: Uint8Array | undefined,
  framing: Framing,
  width: number,
  height: number,
  margin: number,
  background: Background,
): PhotoTexture {
  const textureWidth = width + 2 * margin;
  const textureHeight = height + 2 * margin;
  const left = framing.left - margin / framing.scale;
  const top = framing.top - margin / framing.scale;
  const sample = (plane: Uint8Array, part: 1 | 2, targetPart: 1 | 2 = part) =>
    resample(
      {
        plane,
        width: photo.width / part,
        height: photo.height / part,
        left: left / part,
        top: top / part,
        scale: (framing.scale * part) / targetPart,
      },
      textureWidth / targetPart,
      textureHeight / targetPart,
    );
  const opaque = {
    width: textureWidth,
    height: textureHeight,
    y: sample(photo.y, 1),
    u: sample(photo.u, 2),
    v: sample(photo.v, 2),
  };
  const inPhoto = {
    left: -left * framing.scale,
    top: -top * framing.scale,
    right: (photo.width - left) * framing.scale,
    bottom: (photo.height - top) * framing.scale,
  };
  extend(opaque, inPhoto, height);
  if (background.type === 'own' || matte === undefined) return { texture: opaque, opaque, behind: undefined };

  const alpha = Float32Array.from(sample(matte, 2, 1), (value) => value / 255);
  const halfAlpha = halved(alpha, textureWidth, textureHeight);
  const behind =
    background.type === 'blur'
      ? cropped(blurredBehind(opaque, alpha, halfAlpha, height), margin, width, height)
      : plainBehind(background, width, height);
  return { texture: cutOut(opaque, alpha, halfAlpha, height), opaque, behind };
}

/** Lets the photo fade into its own blur where it ends, so that no border is seen. */
function extend(
  picture: Picture,
  inside: { left: number; top: number; right: number; bottom: number },
  pictureHeight: number,
): void {
  const { width, height } = picture;
  if (inside.left <= 0 && inside.top <= 0 && inside.right >= width && inside.bottom >= height) return;
  const fade = 0.05 * pictureHeight;
  [picture.y, picture.u, picture.v].forEach((plane, index) => {
    const part = index === 0 ? 1 : 2;
    const planeWidth = width / part;
    const soft = Float32Array.from(plane);
    blur(soft, planeWidth, height / part, (EXTENSION_RADIUS * pictureHeight) / part);
    for (let at = 0; at < plane.length; at++) {
      const x = (at % planeWidth) * part;
      const y = Math.floor(at / planeWidth) * part;
      const beyond = Math.max(inside.left - x, x - inside.right, inside.top - y, y - inside.bottom);
      if (beyond <= 0) continue;
      const share = Math.min(1, beyond / fade);
      plane[at] = plane[at]! + (soft[at]! - plane[at]!) * share * share * (3 - 2 * share) + 0.5;
    }
  });
}

/** The photo without the head, blurred; what the head hides is filled in from around it. */
function blurredBehind(photo: Picture, alpha: Float32Array, halfAlpha: Float32Array, pictureHeight: number): Picture {
  // A little more than the matte is left out, so that hair does not glow around the head.
  const free = (amount: number) => Math.max(0, 1 - amount * 1.6) ** 2;
  const radius = BLUR_RADIUS * pictureHeight;
  const planes = [photo.y, photo.u, photo.v].map((plane, index) => {
    const part = index === 0 ? 1 : 2;
    const weights = (index === 0 ? alpha : halfAlpha).map(free);
    return Uint8Array.from(
      spread(plane, weights, photo.width / part, photo.height / part, radius / part),
      (value) => value + 0.5,
    );
  });
  return { width: photo.width, height: photo.height, y: planes[0]!, u: planes[1]!, v: planes[2]! };
}

function plainBehind(
  background: Exclude<Background, { type: 'own' } | { type: 'blur' }>,
  width: number,
  height: number,
): Picture {
  const picture = newPicture(width, height);
  if (background.type === 'color') {
    fillPicture(picture, yuvOf(background.red, background.green, background.blue));
    return picture;
  }
  const image = evenImage(background);
  const scale = Math.max(width / image.width, height / image.height);
  const left = (image.width - width / scale) / 2;
  const top = (image.height - height / scale) / 2;
  [image.y, image.u, image.v].forEach((plane, index) => {
    const part = index === 0 ? 1 : 2;
    const view = { plane, width: image.width / part, height: image.height / part, left: left / part, top: top / part, scale };
    [picture.y, picture.u, picture.v][index]!.set(resample(view, width / part, height / part));
  });
  return picture;
}

function evenImage(image: { width: number; height: number; rgb: Uint8Array }): Texture {
  const width = image.width - (image.width % 2);
  const height = image.height - (image.height % 2);
  if (width === image.width && height === image.height) return textureFromRgb(width, height, image.rgb);
  const rgb = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    rgb.set(image.rgb.subarray(row * image.width * 3, (row * image.width + width) * 3), row * width * 3);
  }
  return textureFromRgb(width, height, rgb);
}

/** The head and shoulders alone, premultiplied; half-covered pixels take their colour from inside, so that no old background rims them. */
function cutOut(photo: Picture, alpha: Float32Array, halfAlpha: Float32Array, pictureHeight: number): Texture {
  const sure = (amount: number) => Math.max(0, (amount - 0.7) / 0.3);
  const radius = Math.max(1, 0.008 * pictureHeight);
  const planes = [photo.y, photo.u, photo.v].map((plane, index) => {
    const part = index === 0 ? 1 : 2;
    const amounts = index === 0 ? alpha : halfAlpha;
    const inner = spread(plane, amounts.map(sure), photo.width / part, photo.height / part, Math.max(1, radius / part));
    return plane.map((value, at) => {
      const amount = amounts[at]!;
      const own = sure(amount);
      return (inner[at]! + (value - inner[at]!) * own) * amount + 0.5;
    });
  });
  const bytes = (amounts: Float32Array) => Uint8Array.from(amounts, (value) => Math.round(value * 255));
  return {
    width: photo.width,
    height: photo.height,
    y: planes[0]!,
    u: planes[1]!,
    v: planes[2]!,
    alpha: { full: bytes(alpha), half: bytes(halfAlpha) },
  };
}

function cropped(picture: Picture, margin: number, width: number, height: number): Picture {
  const result = newPicture(width, height);
  [picture.y, picture.u, picture.v].forEach((plane, index) => {
    const part = index === 0 ? 1 : 2;
    const target = [result.y, result.u, result.v][index]!;
    for (let row = 0; row < height / part; row++) {
      const begin = (row + margin / part) * (picture.width / part) + margin / part;
      target.set(plane.subarray(begin, begin + width / part), (row * width) / part);
    }
  });
  return result;
}
