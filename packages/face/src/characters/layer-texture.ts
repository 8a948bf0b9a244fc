import { type Coverage, limitCoverage, newCoverage } from '../raster/coverage.ts';
import type { Region } from '../raster/picture.ts';
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
  /** Of every block of 8 x 8 pixels and the next row and column: lowest and highest opacity. */
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
  /** Where anything was painted. */
  painted: Region;
}

export const BLOCK = 8;

/** Paints pictures on one canvas, one after the other. */
export interface Painter {
  /** Undefined where nothing shows. */
  paint(picture: Picture): LayerTexture | undefined;
}

export function createPainter(framing: Framing, width: number, height: number): Painter {
  const size = width * height;
  const make = () => new Float32Array(size);
  const canvas: Canvas = { width, height, y: make(), u: make(), v: make(), alpha: make(), painted: NOTHING };
  return {
    paint: (picture) => {
      for (const item of picture) {
        if ('within' in item) {
          const mask = newCoverage();
          if (coverContours(mask, flattenPath(item.within), framing, width, height))
            for (const shape of item.shapes) paintShape(canvas, shape, framing, mask);
        } else paintShape(canvas, item, framing);
      }
      const texture = toTexture(canvas);
      wipe(canvas);
      return texture;
    },
  };
}

const NOTHING: Region = { left: Number.MAX_SAFE_INTEGER, top: Number.MAX_SAFE_INTEGER, right: 0, bottom: 0 };

function wipe(canvas: Canvas): void {
  const { left, top, right, bottom } = canvas.painted;
  for (let y = top; y < bottom; y++)
    for (const plane of [canvas.y, canvas.u, canvas.v, canvas.alpha])
      plane.fill(0, y * canvas.width + left, y * canvas.width + right);
  canvas.painted = NOTHING;
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
  if (sigma > 0.6) soften(scratch, sigma, canvas.width, canvas.height);
  if (mask) limitCoverage(scratch, mask);
  const paint = preparePaint(shape.paint, framing);
  const opacity = shape.opacity ?? 1;
  const { table } = paint;
  const { left, top, right, bottom } = scratch.region;
  const { painted } = canvas;
  canvas.painted = {
    left: Math.min(left, painted.left),
    top: Math.min(top, painted.top),
    right: Math.max(right, painted.right),
    bottom: Math.max(bottom, painted.bottom),
  };
  const { amounts } = scratch;
  const planes = canvas;
  const flat = paint.kind === 'flat';
  let from = 0;
  for (let y = top; y < bottom; y++)
    for (let x = left, at = y * canvas.width + left; x < right; x++, at++) {
      const amount = amounts[from++]!;
      if (amount <= 0) continue;
      const tone = flat ? 0 : toneIndex(paint, x, y);
      const over = amount * opacity * table[tone + 3]!;
      const under = 1 - over;
      planes.y[at] = planes.y[at]! * under + table[tone]! * over;
      planes.u[at] = planes.u[at]! * under + table[tone + 1]! * over;
      planes.v[at] = planes.v[at]! * under + table[tone + 2]! * over;
      planes.alpha[at] = planes.alpha[at]! * under + over;
    }
}

function toTexture(canvas: Canvas): LayerTexture | undefined {
  let [left, top, right, bottom] = [canvas.width, canvas.height, -1, -1];
  for (let y = canvas.painted.top; y < canvas.painted.bottom; y++)
    for (let x = canvas.painted.left; x < canvas.painted.right; x++)
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
  const [x0, y0] = [Math.max(0, left), Math.max(0, top)];
  const [x1, y1] = [Math.min(canvas.width, left + width), Math.min(canvas.height, top + height)];
  for (let y = y0; y < y1; y++)
    for (let x = x0, from = y * canvas.width + x0, to = (y - top) * width + x0 - left; x < x1; x++, from++, to++) {
      texture.luma[to] = canvas.y[from]! + 0.5;
      texture.alpha[to] = canvas.alpha[from]! * 255 + 0.5;
    }
  // Canvas, left and top are even, so pairs of pixels never lie half outside.
  for (let y = y0; y < y1; y += 2)
    for (let x = x0; x < x1; x += 2) {
      const from = y * canvas.width + x;
      const below = from + canvas.width;
      const to = ((y - top) * width) / 4 + (x - left) / 2;
      const mean = (plane: Float32Array) => (plane[from]! + plane[from + 1]! + plane[below]! + plane[below + 1]!) / 4;
      texture.u[to] = mean(canvas.u) + 0.5;
      texture.v[to] = mean(canvas.v) + 0.5;
      texture.chromaAlpha[to] = mean(canvas.alpha) * 255 + 0.5;
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
