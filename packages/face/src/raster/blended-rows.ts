import type { Region } from './picture.ts';
import type { TriangleSetup } from './triangle-setup.ts';

/** One triangle of one premultiplied plane (Y, U or V) over what is behind it. */
export function blendRows(
  setup: TriangleSetup,
  target: Uint8Array,
  targetWidth: number,
  region: Region,
  texels: Uint8Array,
  alphas: Uint8Array,
  textureWidth: number,
  textureHeight: number,
  behind: Uint8Array,
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
      u = (u + uStep) | 0;
      v = (v + vStep) | 0;
      let a = alphas[texel]!;
      let b = alphas[texel + textureWidth]!;
      const c = alphas[texel + 1]!;
      const d = alphas[texel + textureWidth + 1]!;
      const under = behind[at]!;
      if ((a | b | c | d) === 0) {
        target[at] = under;
        continue;
      }
      // 16 bits of fraction: alpha from 0 to 255 * 65536.
      let upper = (a << 8) + (c - a) * uFraction;
      let lower = (b << 8) + (d - b) * uFraction;
      const alpha = (upper << 8) + (lower - upper) * vFraction;
      a = texels[texel]!;
      b = texels[texel + textureWidth]!;
      upper = (a << 8) + (texels[texel + 1]! - a) * uFraction;
      lower = (b << 8) + (texels[texel + textureWidth + 1]! - b) * uFraction;
      const value = (upper << 8) + (lower - upper) * vFraction;
      const mixed = (value + (under * (255 * 65536 - alpha)) / 255 + 32768) >> 16;
      target[at] = Math.min(mixed, 255);
    }
  }
}
