import { type Coverage, limitCoverage, newCoverage } from '../raster/coverage.ts';
import { coverContours, type Framing, soften } from './coverage.ts';
import type { Picture, Shape } from './drawing.ts';
import { preparePaint, toneIndex } from './paint.ts';
import { type Contour, flattenPath, mirrorPath, strokeOutline } from './path.ts';

/**
 * A layer as pixels: Y, U and V multiplied by the opacity, and the opacity, all 0 to 255; U, V and `chromaAlpha` at half the
 * size. Transparent all around, so that reading beyond its content gives nothing.
 */
export interface LayerTexture {
  /** Of its corner, in pixels of the canvas; even. */
  x: number;
  y: number;
  width: number;
  height: number;
  luma: Uint8Array;
  u: Uint8Array;
  v: Uint8Array;
  alpha: Uint8Array;
  chromaAlpha: Uint8Array;
  /** Of every block of 16 x 16 pixels and the next row and column: lowest and highest opacity. */
  blocksWide: number;
  lowest: Uint8Array;
  highest: Uint8Array;
}

/** Paints of a picture, multiplied by the opacity, as the sum of light; one value each for every pixel. */
interface Canvas {
  width: number;
  height: number;
  y: Float32Array;
  u: Float32Array;
  v: Float32Array;
  alpha: Float32Array;
}

export const BLOCK = 16;

/** Paints a picture on a canvas of `width` x `height`; undefined where nothing shows. */
export function paintTexture(picture: Picture, framing: Framing, width: number, height: number): LayerTexture | undefined {
  const size = width * height;
  const make = () => new Float32Array(size);
  const canvas: Canvas = { width, height, y: make(), u: make(), v: make(), alpha: make() };
  for (const item of picture) {
    if ('within' in item) {
      const mask = newCoverage();
      if (coverContours(mask, flattenPath(item.within), framing, width, height))
        for (const shape of item.shapes) paintShape(canvas, shape, framing, mask);
    } else paintShape(canvas, item, framing);
  }
  return toTexture(canvas);
}

/** The shape on the other side of x = 512, without its `mirror`. */
export function mirrorShape({ mirror: _, ...shape }: Shape): Shape {
  const { paint } = shape;
  const path = mirrorPath(shape.path);
  if (typeof paint === 'string') return { ...shape, path };
  if ('linear' in paint) {
    const [x0, y0, x1, y1] = paint.linear;
    return { ...shape, path, paint: { linear: [1024 - x0, y0, 1024 - x1, y1], stops: paint.stops } };
  }
  const [x, y, radiusX, radiusY] = paint.radial;
  return { ...shape, path, paint: { radial: [1024 - x, y, radiusX, radiusY], stops: paint.stops } };
}

/** The closed outlines that a shape fills. */
export function contoursOf(shape: Shape): Contour[] {
  let contours = flattenPath(shape.path);
  if (shape.stroke) contours = contours.map((contour) => strokeOutline(contour, shape.stroke!.width, shape.stroke!.taper));
  return contours;
}

const scratch = newCoverage();

function paintShape(canvas: Canvas, shape: Shape, framing: Framing, mask?: Coverage): void {
  paintContours(canvas, shape, contoursOf(shape), framing, mask);
  if (shape.mirror) {
    const mirrored = mirrorShape(shape);
    paintContours(canvas, mirrored, contoursOf(mirrored), framing, mask);
  }
}

function paintContours(canvas: Canvas, shape: Shape, contours: Contour[], framing: Framing, mask?: Coverage): void {
  const sigma = (shape.blur ?? 0) * framing.scale;
  if (!coverContours(scratch, contours, framing, canvas.width, canvas.height)) return;
  if (sigma > 0.3) soften(scratch, sigma, canvas.width, canvas.height);
  if (mask) limitCoverage(scratch, mask);
  const paint = preparePaint(shape.paint, framing);
  const opacity = shape.opacity ?? 1;
  const { table } = paint;
  const { left, top, right, bottom } = scratch.region;
  let from = 0;
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const covered = scratch.amounts[from++]! * opacity;
      if (covered <= 0) continue;
      const tone = toneIndex(paint, x, y);
      const over = covered * table[tone + 3]!;
      const under = 1 - over;
      const at = y * canvas.width + x;
      canvas.y[at] = canvas.y[at]! * under + table[tone]! * over;
      canvas.u[at] = canvas.u[at]! * under + table[tone + 1]! * over;
      canvas.v[at] = canvas.v[at]! * under + table[tone + 2]! * over;
      canvas.alpha[at] = canvas.alpha[at]! * under + over;
    }
}

function toTexture(canvas: Canvas): LayerTexture | undefined {
  let [left, top, right, bottom] = [canvas.width, canvas.height, -1, -1];
  for (let y = 0; y < canvas.height; y++)
    for (let x = 0; x < canvas.width; x++)
      if (canvas.alpha[y * canvas.width + x]! > 0.002) {
        if (x < left) left = x;
        if (x > right) right = x;
        if (y < top) top = y;
        if (y > bottom) bottom = y;
      }
  if (right < 0) return undefined;
  // Clear all around by two pixels of color, which count for four of brightness.
  left = (left & ~1) - 6;
  top = (top & ~1) - 6;
  const width = (right - left + 8) & ~1;
  const height = (bottom - top + 8) & ~1;
  const half = (width / 2) * (height / 2);
  const blocksWide = Math.ceil(width / BLOCK);
  const blocks = blocksWide * Math.ceil(height / BLOCK);
  const texture: LayerTexture = {
    x: left,
    y: top,
    width,
    height,
    luma: new Uint8Array(width * height),
    alpha: new Uint8Array(width * height),
    u: new Uint8Array(half),
    v: new Uint8Array(half),
    chromaAlpha: new Uint8Array(half),
    blocksWide,
    lowest: new Uint8Array(blocks),
    highest: new Uint8Array(blocks),
  };
  const at = (x: number, y: number) => (x < 0 || y < 0 || x >= canvas.width || y >= canvas.height ? -1 : y * canvas.width + x);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = at(left + x, top + y);
      if (from < 0) continue;
      texture.luma[y * width + x] = Math.round(canvas.y[from]!);
      texture.alpha[y * width + x] = Math.round(canvas.alpha[from]! * 255);
    }
  for (let y = 0; y < height / 2; y++)
    for (let x = 0; x < width / 2; x++) {
      let [u, v, alpha] = [0, 0, 0];
      for (let k = 0; k < 4; k++) {
        const from = at(left + 2 * x + (k & 1), top + 2 * y + (k >> 1));
        if (from < 0) continue;
        u += canvas.u[from]!;
        v += canvas.v[from]!;
        alpha += canvas.alpha[from]!;
      }
      const to = (y * width) / 2 + x;
      texture.u[to] = Math.round(u / 4);
      texture.v[to] = Math.round(v / 4);
      texture.chromaAlpha[to] = Math.round((alpha / 4) * 255);
    }
  noteBlocks(texture);
  return texture;
}

function noteBlocks(texture: LayerTexture): void {
  const { width, height, alpha, blocksWide } = texture;
  for (let block = 0; block < texture.lowest.length; block++) {
    const [x0, y0] = [(block % blocksWide) * BLOCK, Math.floor(block / blocksWide) * BLOCK];
    let [lowest, highest] = [255, 0];
    // Two more: what is read between pixels, and between pairs of them for color.
    for (let y = y0 - 2; y < y0 + BLOCK + 3; y++)
      for (let x = x0 - 2; x < x0 + BLOCK + 3; x++) {
        const value = x < 0 || y < 0 || x >= width || y >= height ? 0 : alpha[y * width + x]!;
        if (value < lowest) lowest = value;
        if (value > highest) highest = value;
      }
    texture.lowest[block] = lowest;
    texture.highest[block] = highest;
  }
}
