import type { Background } from '../renderer.ts';
import type { Planes } from './composite.ts';
import type { Framing } from './coverage.ts';
import type { Picture } from './drawing.ts';
import { paintTexture } from './layer-texture.ts';
import { yuvOf } from './paint.ts';

/** Paints what stands behind a character into planes of its size. */
export function paintBackground(planes: Planes, own: Picture, framing: Framing, background: Background): void {
  if (background.type === 'color') {
    const [y, u, v] = yuvOf(background.red, background.green, background.blue);
    planes.y.fill(Math.round(y));
    planes.u.fill(Math.round(u));
    planes.v.fill(Math.round(v));
  } else if (background.type === 'image') paintImage(planes, background);
  else {
    paintOwn(planes, own, framing);
    if (background.type === 'blur') {
      const radius = Math.round(26 * framing.scale);
      blurPlane(planes.y, planes.width, planes.height, radius);
      blurPlane(planes.u, planes.width / 2, planes.height / 2, radius / 2);
      blurPlane(planes.v, planes.width / 2, planes.height / 2, radius / 2);
    }
  }
}

function paintOwn(planes: Planes, own: Picture, framing: Framing): void {
  const { width, height } = planes;
  planes.y.fill(235);
  planes.u.fill(128);
  planes.v.fill(128);
  const texture = paintTexture(own, framing, width, height);
  if (!texture) return;
  for (let y = 0; y < texture.height; y++)
    for (let x = 0; x < texture.width; x++) {
      const [toX, toY] = [texture.x + x, texture.y + y];
      if (toX < 0 || toY < 0 || toX >= width || toY >= height) continue;
      const from = y * texture.width + x;
      const to = toY * width + toX;
      planes.y[to] = texture.luma[from]! + (planes.y[to]! * (255 - texture.alpha[from]!)) / 255;
      if ((toX | toY) & 1) continue;
      const [fromColor, toColor] = [(y >> 1) * (texture.width / 2) + (x >> 1), (toY >> 1) * (width / 2) + (toX >> 1)];
      const under = (255 - texture.chromaAlpha[fromColor]!) / 255;
      planes.u[toColor] = texture.u[fromColor]! + 128 * under;
      planes.v[toColor] = texture.v[fromColor]! + 128 * under;
    }
}

/** Crops the image to cover the picture; each pixel is the mean of what it covers. */
function paintImage(planes: Planes, image: Extract<Background, { type: 'image' }>): void {
  const { width, height } = planes;
  if (image.width < 1 || image.height < 1 || image.rgb.length < image.width * image.height * 3)
    throw new RangeError(`A background of ${image.width} x ${image.height} needs ${image.width * image.height * 3} bytes`);
  const step = Math.min(image.width / width, image.height / height);
  const [left, top] = [(image.width - width * step) / 2, (image.height - height * step) / 2];
  const u = new Float32Array(planes.u.length);
  const v = new Float32Array(planes.v.length);
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
      planes.y[y * width + x] = Math.round(tone[0]);
      const at = (y >> 1) * (width / 2) + (x >> 1);
      u[at]! += tone[1] / 4;
      v[at]! += tone[2] / 4;
    }
  for (let i = 0; i < u.length; i++) {
    planes.u[i] = Math.round(u[i]!);
    planes.v[i] = Math.round(v[i]!);
  }
}

/** Three passes of a box each way. */
function blurPlane(plane: Uint8Array, width: number, height: number, radius: number): void {
  const reach = Math.max(1, Math.round(radius));
  const values = Float32Array.from(plane);
  const line = new Float32Array(Math.max(width, height));
  const pass = (start: number, step: number, count: number) => {
    for (let i = 0; i < count; i++) line[i] = values[start + i * step]!;
    let sum = 0;
    const at = (i: number) => line[Math.max(0, Math.min(count - 1, i))]!;
    for (let i = -reach; i <= reach; i++) sum += at(i);
    for (let i = 0; i < count; i++) {
      values[start + i * step] = sum / (2 * reach + 1);
      sum += at(i + reach + 1) - at(i - reach);
    }
  };
  for (let times = 0; times < 3; times++) {
    for (let y = 0; y < height; y++) pass(y * width, 1, width);
    for (let x = 0; x < width; x++) pass(x, width, height);
  }
  for (let i = 0; i < plane.length; i++) plane[i] = Math.round(values[i]!);
}
