/** Planes of one I420 picture (BT.601, limited range): `width * height` of Y, a quarter of that each of U and V. Sides are even. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly y: Uint8Array;
  readonly u: Uint8Array;
  readonly v: Uint8Array;
}

/**
 * What meshes are textured with. Without `alpha` it is opaque. With it, all planes are premultiplied: they hold `value * alpha / 255`,
 * so that what filters across an edge brings no colour from where nothing is.
 */
export interface Texture extends Picture {
  /** 0 to 255: `width * height`, and the mean of each four for U and V. */
  readonly alpha?: undefined | { readonly full: Uint8Array; readonly half: Uint8Array };
}

/** Pixels from `left` and `top` up to, and without, `right` and `bottom`. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Views of the planes inside one I420 frame; nothing is copied. */
export function pictureOf(frame: Uint8Array, width: number, height: number): Picture {
  const full = width * height;
  const quarter = full / 4;
  return {
    width,
    height,
    y: frame.subarray(0, full),
    u: frame.subarray(full, full + quarter),
    v: frame.subarray(full + quarter, full + 2 * quarter),
  };
}

export function newPicture(width: number, height: number): Picture {
  return pictureOf(new Uint8Array((width * height * 3) / 2), width, height);
}

/** The whole of a picture. */
export function wholeOf(picture: { width: number; height: number }): Region {
  return { left: 0, top: 0, right: picture.width, bottom: picture.height };
}

/** A region widened to even pixels, so that it holds whole chroma samples, and kept inside a picture. May be empty. */
export function evenRegion(region: Region, picture: { width: number; height: number }): Region {
  const left = Math.max(0, Math.floor(region.left / 2) * 2);
  const top = Math.max(0, Math.floor(region.top / 2) * 2);
  return {
    left,
    top,
    right: Math.max(left, Math.min(picture.width, Math.ceil(region.right / 2) * 2)),
    bottom: Math.max(top, Math.min(picture.height, Math.ceil(region.bottom / 2) * 2)),
  };
}

/** Copies an even region from one picture to another of the same size. */
export function copyRegion(from: Picture, to: Picture, region: Region): void {
  const { left, top, right, bottom } = evenRegion(region, to);
  const width = to.width;
  for (let row = top; row < bottom; row++) {
    to.y.set(from.y.subarray(row * width + left, row * width + right), row * width + left);
  }
  const half = width >> 1;
  for (let row = top >> 1; row < bottom >> 1; row++) {
    const begin = row * half + (left >> 1);
    const end = row * half + (right >> 1);
    to.u.set(from.u.subarray(begin, end), begin);
    to.v.set(from.v.subarray(begin, end), begin);
  }
}

/** Fills a whole picture with one colour. */
export function fillPicture(picture: Picture, color: Yuv): void {
  picture.y.fill(Math.round(color.y));
  picture.u.fill(Math.round(color.u));
  picture.v.fill(Math.round(color.v));
}

/** One colour in BT.601 limited range; fractions are kept. */
export interface Yuv {
  readonly y: number;
  readonly u: number;
  readonly v: number;
}

/** BT.601, limited range, from 0 to 255 each. */
export function yuvOf(red: number, green: number, blue: number): Yuv {
  return {
    y: 16 + (65.738 * red + 129.057 * green + 25.064 * blue) / 256,
    u: 128 + (-37.945 * red - 74.494 * green + 112.439 * blue) / 256,
    v: 128 + (112.439 * red - 94.154 * green - 18.285 * blue) / 256,
  };
}

/** The way back, limited to 0 to 255. */
export function rgbOf({ y, u, v }: Yuv): [red: number, green: number, blue: number] {
  const luma = 1.164383 * (y - 16);
  const limit = (value: number) => Math.min(255, Math.max(0, value));
  return [
    limit(luma + 1.596027 * (v - 128)),
    limit(luma - 0.391762 * (u - 128) - 0.812968 * (v - 128)),
    limit(luma + 2.017232 * (u - 128)),
  ];
}

/** An opaque texture from RGB, 3 bytes a pixel; sides are even. */
export function textureFromRgb(width: number, height: number, rgb: Uint8Array): Texture {
  return textureFrom(width, height, rgb, 3);
}

/** A texture with alpha from RGBA that is not premultiplied (as sharp and canvases give it), 4 bytes a pixel; sides are even. */
export function textureFromRgba(width: number, height: number, rgba: Uint8Array): Texture {
  return textureFrom(width, height, rgba, 4);
}

function textureFrom(width: number, height: number, pixels: Uint8Array, channels: 3 | 4): Texture {
  if (width % 2 !== 0 || height % 2 !== 0) throw new RangeError(`A texture of ${width}x${height} has an odd side`);
  if (pixels.length !== width * height * channels) {
    throw new RangeError(`${pixels.length} bytes are no picture of ${width}x${height} with ${channels} channels`);
  }
  const picture = newPicture(width, height);
  const alpha = channels === 4 ? { full: new Uint8Array(width * height), half: new Uint8Array((width * height) / 4) } : undefined;
  for (let row = 0; row < height; row += 2) {
    for (let column = 0; column < width; column += 2) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let sum = 0;
      for (let corner = 0; corner < 4; corner++) {
        const at = (row + (corner >> 1)) * width + column + (corner & 1);
        const share = channels === 4 ? pixels[4 * at + 3]! / 255 : 1;
        const r = pixels[channels * at]! * share;
        const g = pixels[channels * at + 1]! * share;
        const b = pixels[channels * at + 2]! * share;
        picture.y[at] = 0.5 + 16 * share + (65.738 * r + 129.057 * g + 25.064 * b) / 256;
        if (alpha) alpha.full[at] = pixels[4 * at + 3]!;
        red += r;
        green += g;
        blue += b;
        sum += share;
      }
      const at = (row >> 1) * (width >> 1) + (column >> 1);
      picture.u[at] = 0.5 + (128 * sum + (-37.945 * red - 74.494 * green + 112.439 * blue) / 256) / 4;
      picture.v[at] = 0.5 + (128 * sum + (112.439 * red - 94.154 * green - 18.285 * blue) / 256) / 4;
      if (alpha) alpha.half[at] = Math.round((255 * sum) / 4);
    }
  }
  return alpha ? { ...picture, alpha } : picture;
}
