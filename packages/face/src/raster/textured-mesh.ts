import { blendRows } from './blended-rows.ts';
import { type Picture, type Region, type Texture, wholeOf } from './picture.ts';
import { newTriangleSetup, setUpTriangle, type TriangleSetup } from './triangle-setup.ts';

/** Triangles between points. `positions` (pixels of the picture) and `textureCoordinates` (pixels of the texture) hold x, y pairs. */
export interface Mesh {
  readonly positions: Float32Array;
  readonly textureCoordinates: Float32Array;
  /** Three point numbers each. */
  readonly triangles: Uint16Array;
}

export interface MeshOptions {
  /** Nothing is drawn outside of it; even, see `evenRegion`. The whole picture by default. */
  readonly region?: Region;
  /** Which triangles are drawn: all for which this is not 0. All by default. */
  readonly wanted?: Uint8Array;
  /** What shines through a texture with alpha, of the size of the picture. The picture itself by default. */
  readonly behind?: Picture;
}

const luma = newTriangleSetup();
const chroma = newTriangleSetup();

/**
 * Draws a texture through a mesh: bilinear, rounded, every pixel whose middle lies in the mesh exactly once. Where triangles fold over
 * each other the later one is seen. Positions may lie anywhere, also far outside; they have to be finite.
 */
export function drawMesh(picture: Picture, texture: Texture, mesh: Mesh, options: MeshOptions = {}): void {
  const { positions, textureCoordinates, triangles } = mesh;
  const { wanted, region = wholeOf(picture), behind = picture } = options;
  const left = region.left;
  const right = region.right;
  const halfRegion = { left: left >> 1, top: region.top >> 1, right: right >> 1, bottom: region.bottom >> 1 };
  const width = texture.width;
  const height = texture.height;
  const halfWidth = width >> 1;
  const halfHeight = height >> 1;
  for (let corner = 0, triangle = 0; corner < triangles.length; corner += 3, triangle++) {
    if (wanted !== undefined && wanted[triangle] === 0) continue;
    const a = 2 * triangles[corner]!;
    const b = 2 * triangles[corner + 1]!;
    const c = 2 * triangles[corner + 2]!;
    const x0 = positions[a]!;
    const y0 = positions[a + 1]!;
    const x1 = positions[b]!;
    const y1 = positions[b + 1]!;
    const x2 = positions[c]!;
    const y2 = positions[c + 1]!;
    if (
      (y0 < region.top && y1 < region.top && y2 < region.top) ||
      (y0 > region.bottom && y1 > region.bottom && y2 > region.bottom)
    ) {
      continue;
    }
    if ((x0 < left && x1 < left && x2 < left) || (x0 > right && x1 > right && x2 > right)) continue;
    const u0 = textureCoordinates[a]!;
    const v0 = textureCoordinates[a + 1]!;
    const u1 = textureCoordinates[b]!;
    const v1 = textureCoordinates[b + 1]!;
    const u2 = textureCoordinates[c]!;
    const v2 = textureCoordinates[c + 1]!;
    setUpTriangle(luma, width, height, x0, y0, u0, v0, x1, y1, u1, v1, x2, y2, u2, v2);
    setUpTriangle(
      chroma,
      halfWidth,
      halfHeight,
      x0 * 0.5,
      y0 * 0.5,
      u0 * 0.5,
      v0 * 0.5,
      x1 * 0.5,
      y1 * 0.5,
      u1 * 0.5,
      v1 * 0.5,
      x2 * 0.5,
      y2 * 0.5,
      u2 * 0.5,
      v2 * 0.5,
    );
    if (texture.alpha) {
      const { full, half } = texture.alpha;
      const halfTarget = picture.width >> 1;
      blendRows(luma, picture.y, picture.width, region, texture.y, full, width, height, behind.y);
      blendRows(chroma, picture.u, halfTarget, halfRegion, texture.u, half, halfWidth, halfHeight, behind.u);
      blendRows(chroma, picture.v, halfTarget, halfRegion, texture.v, half, halfWidth, halfHeight, behind.v);
    } else {
      lumaRows(luma, picture.y, picture.width, region, texture.y, width, height);
      chromaRows(chroma, picture.u, picture.v, picture.width >> 1, halfRegion, texture.u, texture.v, halfWidth, halfHeight);
    }
  }
}

function lumaRows(
  setup: TriangleSetup,
  target: Uint8Array,
  targetWidth: number,
  region: Region,
  texels: Uint8Array,
  textureWidth: number,
  textureHeight: number,
): void {
  const { topX, topY, middleX, middleY, bottomY, longSlope, upperSlope, lowerSlope, topU, topV, inside } = setup;
  const { uPerX, uPerY, vPerX, vPerY } = setup;
  const first = Math.max(region.top, Math.ceil(topY - 0.5));
  const last = Math.min(region.bottom - 1, Math.ceil(bottomY - 0.5) - 1);
  const left = region.left;
  const lastColumn = region.right - 1;
  const uStep = (uPerX * 65536) | 0;
  const vStep = (vPerX * 65536) | 0;
  const uLimit = ((textureWidth - 1.001) * 65536) | 0;
  const vLimit = ((textureHeight - 1.001) * 65536) | 0;
  for (let row = first; row <= last; row++) {
    const y = row + 0.5;
    const xLong = topX + (y - topY) * longSlope;
    const xShort = y < middleY ? topX + (y - topY) * upperSlope : middleX + (y - middleY) * lowerSlope;
    let begin = Math.ceil(Math.min(xLong, xShort) - 0.5);
    let end = Math.ceil(Math.max(xLong, xShort) - 0.5) - 1;
    if (begin < left) begin = left;
    if (end > lastColumn) end = lastColumn;
    if (begin > end) continue;
    const alongX = begin + 0.5 - topX;
    let u = ((topU + alongX * uPerX + (y - topY) * uPerY - 0.5) * 65536) | 0;
    let v = ((topV + alongX * vPerX + (y - topY) * vPerY - 0.5) * 65536) | 0;
    const stop = row * targetWidth + end;
    if (inside) {
      for (let at = row * targetWidth + begin; at <= stop; at++) {
        const texel = (v >> 16) * textureWidth + (u >> 16);
        const uFraction = (u >> 8) & 255;
        const a = texels[texel]!;
        const b = texels[texel + textureWidth]!;
        const upper = (a << 8) + (texels[texel + 1]! - a) * uFraction;
        const lower = (b << 8) + (texels[texel + textureWidth + 1]! - b) * uFraction;
        target[at] = ((upper << 8) + (lower - upper) * ((v >> 8) & 255) + 32768) >> 16;
        u = (u + uStep) | 0;
        v = (v + vStep) | 0;
      }
    } else {
      for (let at = row * targetWidth + begin; at <= stop; at++) {
        const uSafe = u < 0 ? 0 : Math.min(u, uLimit);
        const vSafe = v < 0 ? 0 : Math.min(v, vLimit);
        const texel = (vSafe >> 16) * textureWidth + (uSafe >> 16);
        const uFraction = (uSafe >> 8) & 255;
        const a = texels[texel]!;
        const b = texels[texel + textureWidth]!;
        const upper = (a << 8) + (texels[texel + 1]! - a) * uFraction;
        const lower = (b << 8) + (texels[texel + textureWidth + 1]! - b) * uFraction;
        target[at] = ((upper << 8) + (lower - upper) * ((vSafe >> 8) & 255) + 32768) >> 16;
        u = (u + uStep) | 0;
        v = (v + vStep) | 0;
      }
    }
  }
}

function chromaRows(
  setup: TriangleSetup,
  targetU: Uint8Array,
  targetV: Uint8Array,
  targetWidth: number,
  region: Region,
  texelsU: Uint8Array,
  texelsV: Uint8Array,
  textureWidth: number,
  textureHeight: number,
): void {
  const { topX, topY, middleX, middleY, bottomY, longSlope, upperSlope, lowerSlope, topU, topV } = setup;
  const { uPerX, uPerY, vPerX, vPerY } = setup;
  const first = Math.max(region.top, Math.ceil(topY - 0.5));
  const last = Math.min(region.bottom - 1, Math.ceil(bottomY - 0.5) - 1);
  const left = region.left;
  const lastColumn = region.right - 1;
  const uStep = (uPerX * 65536) | 0;
  const vStep = (vPerX * 65536) | 0;
  const uLimit = ((textureWidth - 1.001) * 65536) | 0;
  const vLimit = ((textureHeight - 1.001) * 65536) | 0;
  for (let row = first; row <= last; row++) {
    const y = row + 0.5;
    const xLong = topX + (y - topY) * longSlope;
    const xShort = y < middleY ? topX + (y - topY) * upperSlope : middleX + (y - middleY) * lowerSlope;
    let begin = Math.ceil(Math.min(xLong, xShort) - 0.5);
    let end = Math.ceil(Math.max(xLong, xShort) - 0.5) - 1;
    if (begin < left) begin = left;
    if (end > lastColumn) end = lastColumn;
    if (begin > end) continue;
    const alongX = begin + 0.5 - topX;
    let u = ((topU + alongX * uPerX + (y - topY) * uPerY - 0.5) * 65536) | 0;
    let v = ((topV + alongX * vPerX + (y - topY) * vPerY - 0.5) * 65536) | 0;
    const stop = row * targetWidth + end;
    for (let at = row * targetWidth + begin; at <= stop; at++) {
      const uSafe = u < 0 ? 0 : Math.min(u, uLimit);
      const vSafe = v < 0 ? 0 : Math.min(v, vLimit);
      const texel = (vSafe >> 16) * textureWidth + (uSafe >> 16);
      const uFraction = (uSafe >> 8) & 255;
      const vFraction = (vSafe >> 8) & 255;
      let a = texelsU[texel]!;
      let b = texelsU[texel + textureWidth]!;
      let upper = (a << 8) + (texelsU[texel + 1]! - a) * uFraction;
      let lower = (b << 8) + (texelsU[texel + textureWidth + 1]! - b) * uFraction;
      targetU[at] = ((upper << 8) + (lower - upper) * vFraction + 32768) >> 16;
      a = texelsV[texel]!;
      b = texelsV[texel + textureWidth]!;
      upper = (a << 8) + (texelsV[texel + 1]! - a) * uFraction;
      lower = (b << 8) + (texelsV[texel + textureWidth + 1]! - b) * uFraction;
      targetV[at] = ((upper << 8) + (lower - upper) * vFraction + 32768) >> 16;
      u = (u + uStep) | 0;
      v = (v + vStep) | 0;
    }
  }
}
