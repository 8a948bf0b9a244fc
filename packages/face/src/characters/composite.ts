import type { Picture } from '../raster/picture.ts';
import { BLOCK, type LayerTexture } from './layer-texture.ts';

/** A layer and where each corner of the picture's cells lies in its texture: x, y, x, y, ... in pixels, row by row. */
export interface PlacedLayer {
  texture: LayerTexture;
  sources: Float32Array;
}

/** Cells of the picture are of this many pixels, both ways. */
export const CELL = 16;

export function cellCorners(pixels: number): number {
  return Math.ceil(pixels / CELL) + 1;
}

const HIDDEN = 0;
const MIXED = 1;
const OPAQUE = 2;

/** How much of a layer lies in a cell. */
function look({ texture, sources }: PlacedLayer, corner: number, cornersWide: number): number {
  const [a, b, c, d] = [corner * 2, corner * 2 + 2, (corner + cornersWide) * 2, (corner + cornersWide) * 2 + 2];
  const left = Math.min(sources[a]!, sources[b]!, sources[c]!, sources[d]!);
  const right = Math.max(sources[a]!, sources[b]!, sources[c]!, sources[d]!);
  const top = Math.min(sources[a + 1]!, sources[b + 1]!, sources[c + 1]!, sources[d + 1]!);
  const bottom = Math.max(sources[a + 1]!, sources[b + 1]!, sources[c + 1]!, sources[d + 1]!);
  if (!(right > 0 && bottom > 0 && left < texture.width - 1 && top < texture.height - 1)) return HIDDEN;
  const inside = left >= 0 && top >= 0 && right <= texture.width - 1 && bottom <= texture.height - 1;
  const x0 = Math.max(0, (left / BLOCK) | 0);
  const y0 = Math.max(0, (top / BLOCK) | 0);
  const x1 = Math.min(texture.width - 1, right) / BLOCK;
  const y1 = Math.min(texture.height - 1, bottom) / BLOCK;
  let [lowest, highest] = [inside ? 255 : 0, 0];
  for (let y = y0; y <= y1; y++)
    for (let x = x0; x <= x1; x++) {
      const block = y * texture.blocksWide + x;
      if (texture.lowest[block]! < lowest) lowest = texture.lowest[block]!;
      if (texture.highest[block]! > highest) highest = texture.highest[block]!;
    }
  return highest === 0 ? HIDDEN : lowest === 255 ? OPAQUE : MIXED;
}

/**
 * Draws layers over each other, the first at the back. Where one hides all that is behind it in a cell, that is not drawn.
 * `background`: what stands behind them; undefined to draw over what the picture holds. `later`: what will be drawn over all that; a cell
 * that it hides is left as it is.
 */
export function drawLayers(
  picture: Picture,
  background: Picture | undefined,
  layers: readonly PlacedLayer[],
  later: readonly PlacedLayer[] = [],
): void {
  const cornersWide = cellCorners(picture.width);
  const looks = new Uint8Array(layers.length);
  const hidden = (corner: number) => later.some((layer) => look(layer, corner, cornersWide) === OPAQUE);
  for (let y = 0; y < picture.height; y += CELL)
    for (let x = 0; x < picture.width; x += CELL) {
      const corner = (y / CELL) * cornersWide + x / CELL;
      if (hidden(corner)) continue;
      let first = -1;
      for (let i = layers.length - 1; i >= 0 && first < 0; i--) {
        looks[i] = look(layers[i]!, corner, cornersWide);
        if (looks[i] === OPAQUE) first = i;
      }
      if (first < 0) {
        if (background) copyCell(picture, background, x, y);
        first = 0;
      }
      for (let i = first; i < layers.length; i++)
        if (looks[i] !== HIDDEN) drawCell(picture, layers[i]!, x, y, corner, cornersWide, looks[i] === OPAQUE);
    }
}

function copyCell(to: Picture, from: Picture, x: number, y: number): void {
  const right = Math.min(to.width, x + CELL);
  const bottom = Math.min(to.height, y + CELL);
  for (let row = y; row < bottom; row++)
    for (let at = row * to.width + x, end = row * to.width + right; at < end; at++) to.y[at] = from.y[at]!;
  const half = to.width / 2;
  for (let row = y / 2; row < bottom / 2; row++)
    for (let at = row * half + x / 2, end = row * half + right / 2; at < end; at++) {
      to.u[at] = from.u[at]!;
      to.v[at] = from.v[at]!;
    }
}

function drawCell(
  picture: Picture,
  { texture, sources }: PlacedLayer,
  x: number,
  y: number,
  corner: number,
  cornersWide: number,
  opaque: boolean,
): void {
  const [a, b, c, d] = [corner * 2, corner * 2 + 2, (corner + cornersWide) * 2, (corner + cornersWide) * 2 + 2];
  const [ax, ay, bx, by] = [sources[a]!, sources[a + 1]!, sources[b]!, sources[b + 1]!];
  const [cx, cy, dx, dy] = [sources[c]!, sources[c + 1]!, sources[d]!, sources[d + 1]!];
  const columns = Math.min(CELL, picture.width - x);
  const rows = Math.min(CELL, picture.height - y);
  const { width, height, luma, alpha } = texture;
  const [mostX, mostY] = [(width - 2) * 65536, (height - 2) * 65536];
  const out = picture.y;
  for (let row = 0; row < rows; row++) {
    const t = row / CELL;
    const leftX = ax + (cx - ax) * t;
    const leftY = ay + (cy - ay) * t;
    const stepX = ((bx + (dx - bx) * t - leftX) * 4096) | 0;
    const stepY = ((by + (dy - by) * t - leftY) * 4096) | 0;
    let sx = (leftX * 65536) | 0;
    let sy = (leftY * 65536) | 0;
    let to = (y + row) * picture.width + x;
    for (const end = to + columns; to < end; to++, sx += stepX, sy += stepY) {
      const px = sx < 0 ? 0 : Math.min(sx, mostX);
      const py = sy < 0 ? 0 : Math.min(sy, mostY);
      const fx = (px >> 8) & 255;
      const fy = (py >> 8) & 255;
      const at = (py >> 16) * width + (px >> 16);
      const below = at + width;
      const w11 = fx * fy;
      const w01 = (fx << 8) - w11;
      const w10 = (fy << 8) - w11;
      const w00 = 65536 - w01 - w10 - w11;
      const value = (luma[at]! * w00 + luma[at + 1]! * w01 + luma[below]! * w10 + luma[below + 1]! * w11 + 32768) >> 16;
      if (opaque) out[to] = value;
      else {
        const over = (alpha[at]! * w00 + alpha[at + 1]! * w01 + alpha[below]! * w10 + alpha[below + 1]! * w11 + 32768) >> 16;
        if (over === 255) out[to] = value;
        else if (over > 0) {
          const mixed = value + ((out[to]! * (255 - over) * 257 + 32768) >> 16);
          out[to] = Math.min(mixed, 235);
        }
      }
    }
  }
  // Color: pixel i lies at 2 i + 1/2 of brightness, here and in the texture.
  const halfWidth = width / 2;
  const [mostU, mostV] = [(halfWidth - 2) * 65536, (height / 2 - 2) * 65536];
  const { u, v, chromaAlpha } = texture;
  for (let row = 0; row < rows / 2; row++) {
    const t = (2 * row + 0.5) / CELL;
    const leftX = ax + (cx - ax) * t;
    const leftY = ay + (cy - ay) * t;
    const rightX = bx + (dx - bx) * t;
    const rightY = by + (dy - by) * t;
    const stepX = ((rightX - leftX) * 4096) | 0;
    const stepY = ((rightY - leftY) * 4096) | 0;
    let sx = ((leftX + (rightX - leftX) / (2 * CELL) - 0.5) * 32768) | 0;
    let sy = ((leftY + (rightY - leftY) / (2 * CELL) - 0.5) * 32768) | 0;
    let to = ((y / 2 + row) * picture.width) / 2 + x / 2;
    for (const end = to + columns / 2; to < end; to++, sx += stepX, sy += stepY) {
      const px = sx < 0 ? 0 : Math.min(sx, mostU);
      const py = sy < 0 ? 0 : Math.min(sy, mostV);
      const fx = (px >> 8) & 255;
      const fy = (py >> 8) & 255;
      const at = (py >> 16) * halfWidth + (px >> 16);
      const below = at + halfWidth;
      const w11 = fx * fy;
      const w01 = (fx << 8) - w11;
      const w10 = (fy << 8) - w11;
      const w00 = 65536 - w01 - w10 - w11;
      const valueU = (u[at]! * w00 + u[at + 1]! * w01 + u[below]! * w10 + u[below + 1]! * w11 + 32768) >> 16;
      const valueV = (v[at]! * w00 + v[at + 1]! * w01 + v[below]! * w10 + v[below + 1]! * w11 + 32768) >> 16;
      const over = opaque
        ? 255
        : (chromaAlpha[at]! * w00 +
            chromaAlpha[at + 1]! * w01 +
            chromaAlpha[below]! * w10 +
            chromaAlpha[below + 1]! * w11 +
            32768) >>
          16;
      if (over === 255) {
        picture.u[to] = valueU;
        picture.v[to] = valueV;
      } else if (over > 0) {
        picture.u[to] = valueU + ((picture.u[to]! * (255 - over) * 257 + 32768) >> 16);
        picture.v[to] = valueV + ((picture.v[to]! * (255 - over) * 257 + 32768) >> 16);
      }
    }
  }
}
