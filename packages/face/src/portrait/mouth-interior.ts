import {
  type Coverage,
  coverPolygon,
  drawMesh,
  fillPolygon,
  forEachCovered,
  layThrough,
  linearPaint,
  newCoverage,
  newPicture,
  type Picture,
  type Ramp,
  type Region,
  rampOf,
  rgbOf,
  smoothCurve,
  strokeOutline,
  type Texture,
  type Yuv,
} from '../raster/index.ts';
import type { HeadTurn, PortraitMotion, PortraitRig } from './deform.ts';
import { onLine, toPicture } from './face-measures.ts';
import { LOWER_INNER_LIP, UPPER_INNER_LIP } from './landmark-groups.ts';
import { drawTeeth, liftTeeth, type TeethRow, type ToothColor } from './teeth.ts';

/** What is seen between open lips, and how it is drawn. */
export interface MouthInterior {
  /** Draws it over the face, whose mesh has these positions. */
  draw(picture: Picture, motion: PortraitMotion, turn: HeadTurn, positions: Float32Array): void;
}

/** Lips that are closer than this, in pixels, are closed. */
const CLOSED_PIXELS = 0.9;

export function prepareMouth(
  rig: PortraitRig,
  photo: Texture,
  offset: { x: number; y: number },
  size: { width: number; height: number },
  colors: { tooth: ToothColor; skin: Yuv; lip: Yuv },
): MouthInterior {
  const { measures, mesh } = rig;
  const unit = measures.mouthUnit;
  const upperTeeth = measures.mouthOpen ? liftTeeth(measures, photo, offset) : drawTeeth(measures, 'upper', colors.tooth);
  const lowerTeeth = drawTeeth(measures, 'lower', {
    red: colors.tooth.red * 0.86,
    green: colors.tooth.green * 0.86,
    blue: colors.tooth.blue * 0.86,
  });
  const paints = mouthPaints(colors);
  const inner = newPicture(size.width, size.height);
  const opening = newCoverage();
  const shadow = newCoverage();
  const whole = { left: 0, top: 0, right: size.width, bottom: size.height };
  const depth = mesh.depth[13]!;
  // Teeth and tongue lie behind the lips: turning moves them less.
  const inside = depth + 0.18 * unit;
  const seamY = onLine(measures.lipX, measures.upperLipY, 0) * 0.7 + onLine(measures.lipX, measures.lowerLipY, 0) * 0.3;

  /** From local to the picture as the head is turned. */
  const place = (turn: HeadTurn, localX: number, localY: number): [x: number, y: number] => {
    const [x, y] = toPicture(measures, localX, localY);
    return [turn.xx * x + turn.xy * y + turn.xz * inside + turn.x, turn.yx * x + turn.yy * y + turn.yz * inside + turn.y];
  };

  const drawRow = (row: TeethRow, turn: HeadTurn, downBy: number, region: Region) => {
    const corners = [
      place(turn, row.left, row.top + downBy),
      place(turn, row.right, row.top + downBy),
      place(turn, row.left, row.bottom + downBy),
      place(turn, row.right, row.bottom + downBy),
    ];
    const { width, height } = row.texture;
    const textureCoordinates = Float32Array.of(0, 0, width, 0, 0, height, width, height);
    drawMesh(
      inner,
      row.texture,
      { positions: Float32Array.from(corners.flat()), textureCoordinates, triangles: Uint16Array.of(0, 1, 2, 1, 3, 2) },
      { region },
    );
  };

  return {
    draw(picture, motion, turn, positions) {
      const upper = lineOf(UPPER_INNER_LIP, positions);
      const lower = lineOf(LOWER_INNER_LIP, positions);
      const gap = widestGap(upper, lower);
      if (measures.mouthOpen) drawSeam(picture, upper, lower, gap, unit, paints.seam);
      if (gap <= CLOSED_PIXELS) return;
      coverPolygon(opening, lipPolygon(upper, lower, 0), whole);
      const region = opening.region;
      if (region.right <= region.left) return;
      const jaw = 0.3 * unit * motion.amounts.jaw;
      const [topX, topY] = place(turn, 0, seamY - 0.05 * unit);
      const [bottomX, bottomY] = place(turn, 0, seamY + jaw + 0.1 * unit);
      fillPolygon(inner, boxOf(region), linearPaint(topX, topY, bottomX, bottomY, paints.cavity), { region });
      const tongueTop = seamY + 0.06 * unit + jaw * (0.54 - 0.45 * motion.tongue) - 0.06 * unit * motion.tongue;
      drawTongue(inner, region, paints.tongue, (x, y) => place(turn, x, y), tongueTop, unit);
      if (motion.amounts.jaw > 0.25) drawRow(lowerTeeth, turn, jaw, region);
      drawRow(upperTeeth, turn, 0, region);
      shade(inner, opening, shadow, whole, upper, lower, unit, motion.amounts.unsmile * motion.amounts.narrow);
      layThrough(picture, inner, opening);
    },
  };
}

interface MouthPaints {
  cavity: Ramp;
  tongue: Ramp;
  seam: Yuv;
}

/** Flesh in the light that is on the face. */
function mouthPaints(colors: { skin: Yuv; lip: Yuv }): MouthPaints {
  const light = Math.min(1.05, Math.max(0.5, (colors.skin.y - 16) / 150));
  const flesh = (at: number, red: number, green: number, blue: number) => ({
    at,
    red: red * light,
    green: green * light,
    blue: blue * light,
  });
  const [red, green, blue] = rgbOf(colors.lip);
  return {
    cavity: rampOf([flesh(0, 40, 13, 15), flesh(0.5, 58, 19, 21), flesh(1, 98, 38, 39)]),
    tongue: rampOf([flesh(0, 104, 44, 45), flesh(0.3, 160, 80, 80), flesh(1, 186, 104, 102)]),
    seam: { y: 16 + 0.4 * (0.3 * red + 0.59 * green + 0.11 * blue), u: colors.lip.u, v: colors.lip.v },
  };
}

function lineOf(points: readonly number[], positions: Float32Array): number[] {
  return points.flatMap((point) => [positions[2 * point]!, positions[2 * point + 1]!]);
}

function widestGap(upper: readonly number[], lower: readonly number[]): number {
  let widest = 0;
  for (let at = 0; at < upper.length; at += 2) {
    // Lips that cross are not open.
    const gap = lower[at + 1]! - upper[at + 1]!;
    if (gap > widest) widest = gap;
  }
  return widest;
}

/**
 * The opening as a smooth shape: both edges moved towards each other by half a pixel and never across, so that a slit thinner than a
 * pixel is not drawn and the corners end without specks.
 * @param narrower moves both edges by so much more.
 */
function lipPolygon(upper: readonly number[], lower: readonly number[], narrower: number): number[] {
  const top: number[] = [];
  const bottom: number[] = [];
  for (let at = 0; at < upper.length; at += 2) {
    const dx = lower[at]! - upper[at]!;
    const dy = lower[at + 1]! - upper[at + 1]!;
    const gap = Math.hypot(dx, dy);
    const share = dy <= 0 || gap < 1e-3 ? 0.5 : Math.min(0.5, CLOSED_PIXELS / 2 / gap);
    const extra = dy <= 0 || gap < 1e-3 ? 0 : Math.min(0.5 - share, narrower / gap);
    top.push(upper[at]! + dx * (share + extra), upper[at + 1]! + dy * (share + extra));
    bottom.push(lower[at]! - dx * share, lower[at + 1]! - dy * share);
  }
  const over = smoothCurve(top, false, 5);
  const under = smoothCurve(bottom, false, 5);
  const back: number[] = [];
  for (let at = under.length - 2; at >= 0; at -= 2) back.push(under[at]!, under[at + 1]!);
  return over.concat(back);
}

/** Where lips that the photo shows apart meet there is no line in the photo: it is drawn, and goes as they open. */
function drawSeam(
  picture: Picture,
  upper: readonly number[],
  lower: readonly number[],
  gap: number,
  unit: number,
  color: Yuv,
): void {
  const alpha = 0.55 * (1 - Math.min(1, Math.max(0, gap / (0.09 * unit))));
  if (alpha <= 0.01) return;
  const middle = upper.map((value, at) => (value + lower[at]!) / 2);
  const outline = strokeOutline(
    smoothCurve(middle, false, 4),
    (along) => unit * 0.03 * Math.min(1, 6 * along, 6 * (1 - along)) + 0.4,
  );
  fillPolygon(picture, outline, { type: 'color', ...color, alpha });
}

function drawTongue(
  inner: Picture,
  region: Region,
  colors: Ramp,
  place: (localX: number, localY: number) => [x: number, y: number],
  top: number,
  unit: number,
): void {
  const line: number[] = [];
  const half = 0.37 * unit;
  for (let step = -8; step <= 8; step++) {
    const x = (step / 8) * half;
    // Flat in the middle with a shallow groove, falling off at the sides.
    const fall =
      0.16 * unit * Math.abs(step / 8) ** 3 - 0.012 * unit * Math.cos((Math.PI * step) / 4) * (Math.abs(step) < 5 ? 1 : 0);
    line.push(...place(x, top + fall));
  }
  line.push(...place(half, top + unit), ...place(-half, top + unit));
  const [fromX, fromY] = place(0, top - 0.01 * unit);
  const [toX, toY] = place(0, top + 0.2 * unit);
  fillPolygon(inner, line, linearPaint(fromX, fromY, toX, toY, colors), { region });
}

function boxOf({ left, top, right, bottom }: Region): number[] {
  return [left, top, right, top, right, bottom, left, bottom];
}

/** How far the shadows of the upper lip and the corners reach, in mouth units, and what light each takes. */
const SHADOWS = [
  [0.015, 0.14],
  [0.04, 0.1],
  [0.1, 0.06],
] as const;

/** Darkens what lies close under the upper lip and in the corners; all of it where lips are rounded, which lets less light in. */
function shade(
  inner: Picture,
  opening: Coverage,
  scratch: Coverage,
  whole: Region,
  upper: readonly number[],
  lower: readonly number[],
  unit: number,
  rounded: number,
): void {
  const { left, top, right, bottom } = opening.region;
  const width = right - left;
  const light = new Float32Array(width * (bottom - top)).fill(1 - 0.12 * rounded);
  for (const [reach, strength] of SHADOWS) {
    coverPolygon(scratch, lipPolygon(upper, lower, reach * unit), whole);
    const other = scratch.region;
    const otherWidth = other.right - other.left;
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        const isInside = row >= other.top && row < other.bottom && column >= other.left && column < other.right;
        const lit = isInside ? scratch.amounts[(row - other.top) * otherWidth + column - other.left]! : 0;
        light[(row - top) * width + column - left]! -= strength * (1 - lit);
      }
    }
  }
  const lit: Coverage = { region: opening.region, amounts: light };
  forEachCovered(inner.width, lit, (amount, at) => {
    inner.y[at] = 16 + (inner.y[at]! - 16) * amount + 0.5;
  });
}
