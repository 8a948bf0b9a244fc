import { fillPicture, type Picture as Pixels, yuvOf } from '../raster/picture.ts';
import type { Background } from '../renderer.ts';
import { boxBlur, type Framing } from './coverage.ts';
import type { Picture } from './drawing.ts';
import { createPainter } from './layer-texture.ts';

/** Paints what stands behind a character into pixels of its size. */
export function paintBackground(pixels: Pixels, own: Picture, framing: Framing, background: Background): void {
  if (background.type === 'color') {
    fillPicture(pixels, yuvOf(background.red, background.green, background.blue));
  } else if (background.type === 'image') paintImage(pixels, background);
  else {
    paintOwn(pixels, own, framing);
    if (background.type === 'blur') {
      const radius = Math.round(26 * framing.scale);
      blurPlane(pixels.y, pixels.width, pixels.height, radius);
      blurPlane(pixels.u, pixels.width / 2, pixels.height / 2, radius / 2);
      blurPlane(pixels.v, pixels.width / 2, pixels.height / 2, radius / 2);
    }
  }
}

function paintOwn(pixels: Pixels, own: Picture, framing: Framing): void {
  const { width, height } = pixels;
  fillPicture(pixels, yuvOf(255, 255, 255));
  const texture = createPainter(framing, width, height).paint(own);
  if (!texture) return;
  for (let y = 0; y < texture.height; y++)
    for (let x = 0; x < texture.width; x++) {
      const [toX, toY] = [texture.x + x, texture.y + y];
      if (toX < 0 || toY < 0 || toX >= width || toY >= height) continue;
      const from = y * texture.width + x;
      const to = toY * width + toX;
      pixels.y[to] = texture.luma[from]! + (pixels.y[to]! * (255 - texture.alpha[from]!)) / 255;
      if ((toX | toY) & 1) continue;
      const [fromColor, toColor] = [(y >> 1) * (texture.width / 2) + (x >> 1), (toY >> 1) * (width / 2) + (toX >> 1)];
      const under = (255 - texture.chromaAlpha[fromColor]!) / 255;
      pixels.u[toColor] = texture.u[fromColor]! + 128 * under;
      pixels.v[toColor] = texture.v[fromColor]! + 128 * under;
    }
}

/** Crops the image to cover the picture; each pixel is the mean of what it covers. */
function paintImage(pixels: Pixels, image: Extract<Background, { type: 'image' }>): void {
  const { width, height } = pixels;
  const step = Math.min(image.width / width, image.height / height);
  const [left, top] = [(image.width - width * step) / 2, (image.height - height * step) / 2];
  const u = new Float32Array(pixels.u.length);
  const v = new Float32Array(pixels.v.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [x0, y0] = [Math.floor(left + x * step), Math.floor(top + y * step)];
      const x1 = Math.min(image.width, Math.max(x0 + 1, Math.round(left + (x + 1) * step)));
      const y1 = Math.min(image.height, Math.max(y0 + 1, Math.round(top + (y + 1) * step)));
      let [red, green, blue] = [0, 0, 0];
      for (let row = y0; row < y1; row++)
        for (let column = x0; column < x1; column++) {
          const at = 3 * (row * image.width + column);
          red += image.rgb[at]!;
          green += image.rgb[at + 1]!;
          blue += image.rgb[at + 2]!;
        }
      const count = (x1 - x0) * (y1 - y0);
      const tone = yuvOf(red / count, green / count, blue / count);
      pixels.y[y * width + x] = Math.round(tone.y);
      const at = (y >> 1) * (width / 2) + (x >> 1);
      u[at]! += tone.u / 4;
      v[at]! += tone.v / 4;
    }
  for (let i = 0; i < u.length; i++) {
    pixels.u[i] = Math.round(u[i]!);
    pixels.v[i] = Math.round(v[i]!);
  }
}

function blurPlane(plane: Uint8Array, width: number, height: number, radius: number): void {
  const values = Float32Array.from(plane);
  boxBlur(values, width, height, Math.max(1, Math.round(radius)));
  for (let i = 0; i < plane.length; i++) plane[i] = Math.round(values[i]!);
}
