import { rgbOf, type Texture, textureFromRgba, type Yuv, yuvOf } from '../raster/index.ts';
import { type FaceMeasures, onLine, smoothStep, toPicture } from './face-measures.ts';

/** A row of teeth as a texture, and where it lies in the face: local, in pixels of the picture. */
export interface TeethRow {
  readonly texture: Texture;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Widths from the middle outwards as seen from the front, and lengths, in millimetres; a relaxed mouth is 50 mm wide. */
const UPPER_WIDTHS = [8.4, 6.4, 6.6, 5, 4, 2.6];
const UPPER_LENGTHS = [9.8, 8.8, 9.6, 8.4, 7.8, 7];
const LOWER_WIDTHS = [5.2, 5.7, 6.2, 5.2, 4.4, 3];
const LOWER_LENGTHS = [8.6, 8.8, 9.2, 8, 7.4, 7];
const MOUTH_MILLIMETRES = 50;
/** The upper teeth end this far below the line of the closed lips, the lower ones begin this far below it. */
const UPPER_EDGE = 2.6;
const LOWER_EDGE = -0.8;
const TEXELS_PER_PIXEL = 2;
const LIP_CURVE = 0.65;

/** The colour of teeth: real ones are never white, and as bright as the light on the face lets them be. */
export interface ToothColor {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/**
 * Drawn teeth: each one a rounded shape that catches the light in its middle, darker towards the gaps, towards the back of the mouth and
 * towards the gums, a little translucent at the edge.
 */
export function drawTeeth(measures: FaceMeasures, which: 'upper' | 'lower', color: ToothColor): TeethRow {
  const perMillimetre = measures.mouthUnit / MOUTH_MILLIMETRES;
  const upper = which === 'upper';
  const widths = upper ? UPPER_WIDTHS : LOWER_WIDTHS;
  const lengths = upper ? UPPER_LENGTHS : LOWER_LENGTHS;
  const reach = widths.reduce((sum, width) => sum + width, 0);
  const seamY = onLine(measures.lipX, measures.upperLipY, 0) * 0.7 + onLine(measures.lipX, measures.lowerLipY, 0) * 0.3;
  const edgeY = (upper ? UPPER_EDGE : LOWER_EDGE) * perMillimetre + seamY;
  const right = reach * perMillimetre;
  const top = upper ? edgeY - 14 * perMillimetre : edgeY - 1.5 * perMillimetre;
  const bottom = upper ? edgeY + 1.5 * perMillimetre : edgeY + 14 * perMillimetre;
  const width = even(2 * right * TEXELS_PER_PIXEL);
  const height = even((bottom - top) * TEXELS_PER_PIXEL);
  const rgba = new Uint8Array(width * height * 4);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = (((column + 0.5) / width) * 2 - 1) * reach;
      // The row follows part of the curve of the lips: in a smile its ends rise.
      const lip = onLine(measures.lipX, measures.upperLipY, 0) - onLine(measures.lipX, measures.upperLipY, x * perMillimetre);
      const y = (top + ((row + 0.5) / height) * (bottom - top) - edgeY + LIP_CURVE * lip) / perMillimetre;
      const shade = toothAt(Math.abs(x), upper ? -y : y, widths, lengths, reach);
      if (!shade) continue;
      const gum = shade.gum;
      rgba.set(
        [
          (color.red * (1 - gum) + 0.74 * color.red * gum) * shade.light,
          (color.green * (1 - gum) + 0.42 * color.green * gum) * shade.light,
          (color.blue * (1 - gum) + 0.45 * color.blue * gum) * shade.light,
          255 * shade.alpha,
        ],
        4 * (row * width + column),
      );
    }
  }
  return { texture: textureFromRgba(width, height, rgba), left: -right, top, right, bottom };
}

/** @param fromEdge millimetres from the biting edge towards the gum. */
function toothAt(fromMiddle: number, fromEdge: number, widths: readonly number[], lengths: readonly number[], reach: number) {
  let begin = 0;
  let tooth = 0;
  while (tooth < widths.length - 1 && fromMiddle > begin + widths[tooth]!) begin += widths[tooth++]!;
  const width = widths[tooth]!;
  if (fromMiddle > begin + width) return undefined;
  // -1 to 1 across the tooth.
  const across = ((fromMiddle - begin) / width) * 2 - 1;
  // The row curves up towards the sides; corners are round, more so on canines.
  const rise = 0.006 * fromMiddle * fromMiddle + (tooth === 1 ? 0.5 : 0);
  const pointed = tooth === 2 ? 1 : 0.45;
  const edge = rise + pointed * across ** 4 + (tooth === 2 ? 0.35 * Math.abs(across) : 0);
  const inside = fromEdge - edge;
  const alpha = Math.min(1, Math.max(0, inside / 0.35 + 0.5));
  if (alpha <= 0) return undefined;
  const length = lengths[tooth]!;
  const gumLine = length - 1.3 * across * across;
  const gum = smoothStep(gumLine - 0.4, gumLine + 0.5, fromEdge);
  const toGap = ((1 - Math.abs(across)) * width) / 2;
  const gap = 1 - 0.13 * Math.exp(-((toGap / 0.24) ** 2)) - 0.07 * Math.exp(-((toGap / 1.1) ** 2));
  const round = 1 - 0.07 * across * across;
  const translucent = 1 - 0.1 * Math.exp(-((inside / 0.8) ** 2));
  const rootward = 1 - 0.12 * smoothStep(length * 0.3, length, fromEdge);
  const back = 1 - 0.62 * smoothStep(0.3, 1, fromMiddle / reach);
  return { alpha, gum: gum * 0.95, light: gap * round * translucent * rootward * back };
}

/** The upper teeth that the photo shows between its open lips, continued behind both lips. */
export function liftTeeth(measures: FaceMeasures, photo: Texture, offset: { x: number; y: number }): TeethRow {
  const { mouthUnit: unit, mouthWidth, lipX, upperLipY, lowerLipY } = measures;
  const half = mouthWidth / 2;
  const top = Math.min(...upperLipY) - 0.25 * unit;
  const bottom = Math.max(...lowerLipY) + 0.05 * unit;
  const width = even(2 * half * TEXELS_PER_PIXEL);
  const height = even((bottom - top) * TEXELS_PER_PIXEL);
  const rgba = new Uint8Array(width * height * 4);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = (((column + 0.5) / width) * 2 - 1) * half;
      const y = top + ((row + 0.5) / height) * (bottom - top);
      const upperY = onLine(lipX, upperLipY, x);
      const lowerY = onLine(lipX, lowerLipY, x);
      const ends = lowerY - 0.045 * unit - 0.03 * unit * (Math.abs(x) / half);
      const alpha =
        Math.min(1, Math.max(0, (ends - y) / (0.025 * unit) + 0.5)) *
        Math.min(1, Math.max(0, (0.93 * half - Math.abs(x)) / (0.06 * unit)));
      if (alpha <= 0) continue;
      const from = upperY + 0.035 * unit;
      const [pictureX, pictureY] = toPicture(measures, x, Math.max(from, Math.min(y, Math.max(from, lowerY - 0.04 * unit))));
      const [red, green, blue] = rgbOf(colorAt(photo, pictureX + offset.x, pictureY + offset.y));
      rgba.set([red, green, blue, 255 * alpha], 4 * (row * width + column));
    }
  }
  return { texture: textureFromRgba(width, height, rgba), left: -half, top, right: half, bottom };
}

/** The colour of a texture at a place, bilinear. */
export function colorAt(texture: Texture, x: number, y: number): Yuv {
  const sample = (plane: Uint8Array, width: number, height: number, atX: number, atY: number) => {
    const u = Math.min(width - 1.001, Math.max(0, atX - 0.5));
    const v = Math.min(height - 1.001, Math.max(0, atY - 0.5));
    const column = Math.floor(u);
    const row = Math.floor(v);
    const at = row * width + column;
    const upper = plane[at]! + (plane[at + 1]! - plane[at]!) * (u - column);
    const lower = plane[at + width]! + (plane[at + width + 1]! - plane[at + width]!) * (u - column);
    return upper + (lower - upper) * (v - row);
  };
  const { width, height } = texture;
  return {
    y: sample(texture.y, width, height, x, y),
    u: sample(texture.u, width / 2, height / 2, x / 2, y / 2),
    v: sample(texture.v, width / 2, height / 2, x / 2, y / 2),
  };
}

/** How bright the light on a face is, told from its skin and the white of its eyes; and what colour teeth have in it. */
export function toothColorOf(whiteOfEyes: Yuv, skin: Yuv): ToothColor {
  // Whites of eyes lie in the shade of the lids; teeth a little less so. Ivory, tinted like them.
  const [red, green, blue] = rgbOf({
    y: whiteOfEyes.y,
    u: 128 + (whiteOfEyes.u - 128) * 0.5,
    v: 128 + (whiteOfEyes.v - 128) * 0.5,
  });
  const luma = 0.3 * red + 0.59 * green + 0.11 * blue;
  const wanted = Math.min(226, Math.max(120, 0.5 * luma + 0.4 * skin.y + 54));
  const gain = wanted / Math.max(1, luma);
  const tint = (value: number, ivory: number) => Math.min(248, 0.3 * value * gain + 0.7 * ivory * (wanted / 211));
  return { red: tint(red, 232), green: tint(green, 211), blue: tint(blue, 184) };
}

/** The same colour in the picture's terms. */
export function yuvOfTeeth(color: ToothColor): Yuv {
  return yuvOf(color.red, color.green, color.blue);
}

function even(length: number): number {
  return Math.max(4, 2 * Math.round(length / 2));
}
