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

/** How much of each cell a layer covers: `HIDDEN`, `MIXED` or `OPAQUE`, row by row. Found out once a picture. */
export type Looks = Uint8Array;

/** The looks of layers in a picture of this size, written into `into` where it is given. */
export function lookAtLayers(
  layers: readonly PlacedLayer[],
  { width, height }: { width: number; height: number },
  into: readonly Looks[] = layers.map(() => new Uint8Array((cellCorners(width) - 1) * (cellCorners(height) - 1))),
): readonly Looks[] {
  const cornersWide = cellCorners(width);
  for (const [n, layer] of layers.entries()) {
    const looks = into[n]!;
    let cell = 0;
    for (let row = 0; row < cellCorners(height) - 1; row++)
      for (let column = 0; column < cornersWide - 1; column++)
        looks[cell++] = look(layer, row * cornersWide + column, cornersWide);
  }
  return into;
}

/**
 * Draws layers over each other and over what the picture holds, the first at the back. Where one hides all that is behind it in a cell, that is
 * not drawn. `later`: the looks of what will be drawn over all that; a cell that it hides is left as it is.
 */
export function drawLayers(
  picture: Picture,
  layers: readonly PlacedLayer[],
  looks: readonly Looks[],
  later: readonly Looks[] = [],
): void {
  const cornersWide = cellCorners(picture.width);
  let cell = -1;
  for (let y = 0; y < picture.height; y += CELL)
    for (let x = 0; x < picture.width; x += CELL) {
      cell++;
      if (isOpaque(later, cell)) continue;
      let first = layers.length - 1;
      while (first > 0 && looks[first]![cell] !== OPAQUE) first--;
      const corner = (y / CELL) * cornersWide + x / CELL;
      for (let i = Math.max(first, 0); i < layers.length; i++) {
        const seen = looks[i]![cell];
        if (seen !== HIDDEN) drawCell(picture, layers[i]!, x, y, corner, cornersWide, seen === OPAQUE);
      }
    }
}

function isOpaque(looks: readonly Looks[], cell: number): boolean {
  for (let i = 0; i < looks.length; i++) if (looks[i]![cell] === OPAQUE) return true;
  return false;
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
  const { width, height, luma, alpha, u, v, chromaAlpha } = texture;
  const draw = opaque ? copyRow : blendRow;
  for (let row = 0; row < rows; row++) {
    const t = row / CELL;
    const leftX = ax + (cx - ax) * t;
    const leftY = ay + (cy - ay) * t;
    const stepX = ((bx + (dx - bx) * t - leftX) * 4096) | 0;
    const stepY = ((by + (dy - by) * t - leftY) * 4096) | 0;
    const to = (y + row) * picture.width + x;
    draw(picture.y, to, to + columns, luma, alpha, width, height, (leftX * 65536) | 0, (leftY * 65536) | 0, stepX, stepY);
  }
  // Color: pixel i lies at 2 i + 1/2 of brightness, here and in the texture.
  for (let row = 0; row < rows / 2; row++) {
    const t = (2 * row + 0.5) / CELL;
    const leftX = ax + (cx - ax) * t;
    const leftY = ay + (cy - ay) * t;
    const acrossX = bx + (dx - bx) * t - leftX;
    const acrossY = by + (dy - by) * t - leftY;
    const stepX = (acrossX * 4096) | 0;
    const stepY = (acrossY * 4096) | 0;
    const fromX = ((leftX + acrossX / (2 * CELL) - 0.5) * 32768) | 0;
    const fromY = ((leftY + acrossY / (2 * CELL) - 0.5) * 32768) | 0;
    const to = ((y / 2 + row) * picture.width) / 2 + x / 2;
    draw(picture.u, to, to + columns / 2, u, chromaAlpha, width / 2, height / 2, fromX, fromY, stepX, stepY);
    draw(picture.v, to, to + columns / 2, v, chromaAlpha, width / 2, height / 2, fromX, fromY, stepX, stepY);
  }
}

/** A row out of the inside of a texture that is opaque there. Positions are in 1/65536 of its pixels; between them, the mean of four. */
function copyRow(
  out: Uint8Array,
  begin: number,
  end: number,
  values: Uint8Array,
  _alpha: Uint8Array,
  width: number,
  _height: number,
  fromX: number,
  fromY: number,
  stepX: number,
  stepY: number,
): void {
  for (let to = begin, sx = fromX, sy = fromY; to < end; to++, sx += stepX, sy += stepY) {
    const fx = (sx >> 8) & 255;
    const fy = (sy >> 8) & 255;
    const at = (sy >> 16) * width + (sx >> 16);
    const above = (values[at]! << 8) + (values[at + 1]! - values[at]!) * fx;
    const below = (values[at + width]! << 8) + (values[at + width + 1]! - values[at + width]!) * fx;
    out[to] = ((above << 8) + (below - above) * fy + 32768) >> 16;
  }
}

/** A row of a texture over what is there; beyond the texture's edge lies nothing. */
function blendRow(
  out: Uint8Array,
  begin: number,
  end: number,
  values: Uint8Array,
  alpha: Uint8Array,
  width: number,
  height: number,
  fromX: number,
  fromY: number,
  stepX: number,
  stepY: number,
): void {
  const mostX = (width - 2) * 65536;
  const mostY = (height - 2) * 65536;
  for (let to = begin, sx = fromX, sy = fromY; to < end; to++, sx += stepX, sy += stepY) {
    if (sx < 0 || sy < 0 || sx > mostX || sy > mostY) continue;
    const at = (sy >> 16) * width + (sx >> 16);
    const a00 = alpha[at]!;
    const a01 = alpha[at + 1]!;
    const a10 = alpha[at + width]!;
    const a11 = alpha[at + width + 1]!;
    if ((a00 | a01 | a10 | a11) === 0) continue;
    const fx = (sx >> 8) & 255;
    const fy = (sy >> 8) & 255;
    const above = (values[at]! << 8) + (values[at + 1]! - values[at]!) * fx;
    const below = (values[at + width]! << 8) + (values[at + width + 1]! - values[at + width]!) * fx;
    const value = ((above << 8) + (below - above) * fy + 32768) >> 16;
    if ((a00 & a01 & a10 & a11) === 255) {
      out[to] = value;
      continue;
    }
    const overAbove = (a00 << 8) + (a01 - a00) * fx;
    const overBelow = (a10 << 8) + (a11 - a10) * fx;
    const over = ((overAbove << 8) + (overBelow - overAbove) * fy + 32768) >> 16;
    // Rounding may not lift white above what video has.
    out[to] = Math.min(240, value + ((out[to]! * (255 - over) * 257 + 32768) >> 16));
  }
}
