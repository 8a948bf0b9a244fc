import type { MouthShape } from '../pose.ts';
import type { MouthMeasures } from './drawing.ts';
import { share } from './head-motion.ts';

/** Where lips, teeth and tongue stand, in units of the drawing; y relative to the line of the closed lips. */
export interface MouthGeometry {
  /** Of the corners from the middle. */
  half: number;
  cornerY: number;
  /** Of the lower edge of the upper lip and the upper edge of the lower lip in the middle; equal on closed lips. */
  upperY: number;
  lowerY: number;
  /** 0 almond to 1 round. */
  roundness: number;
  upperLip: number;
  lowerLip: number;
  /** Lower edge of the upper teeth: of the skull, so it never moves. */
  teethY: number;
  /** Upper edge of the lower teeth, which the jaw carries. */
  lowerTeethY: number;
  /** Tip and height of the tongue. */
  tongueY: number;
  /** 0 shut to 1 wide open. */
  opened: number;
}

/** What the lips do for a shape; smooth in all of it. */
export function mouthGeometry(measures: MouthMeasures, shape: Readonly<MouthShape>, smile: number): MouthGeometry {
  const { halfWidth, opening } = measures;
  const press = share(shape.press);
  const tuck = share(shape.tuck);
  const pucker = share(shape.pucker);
  const narrow = share(shape.narrow);
  const wide = share(shape.wide);
  const happy = share(smile);
  const up = share(shape.up);
  const tongue = share(shape.tongue);
  // A pressed mouth is shut whatever the jaw does; speech opens it to about 0.9.
  const open = share(shape.open) * (1 - smoothShare(press * 1.7));
  const gap = opening * (open + 0.1 * open * (1 - open));
  const rounded = Math.min(1, 0.62 * pucker + 0.45 * narrow);
  const half =
    halfWidth * (1 + 0.17 * wide * (1 - rounded) + 0.12 * happy * (1 - rounded) - 0.42 * rounded - 0.05 * press - 0.06 * open);
  const lift = measures.smile * (1 - 0.75 * rounded) + 11 * happy * (1 - 0.6 * rounded);
  const tucked = tuck * (1 - press);
  const upperY = -0.2 * gap - 4.5 * up - 2.5 * tucked - 2.5 * rounded * open;
  const lowerY = Math.max(upperY, (0.8 * gap + 0.6 * up * open) * (1 - 0.75 * tucked) + 0.5 * tucked);
  const shut = 1 - share((lowerY - upperY) / 3);
  const middle = (upperY + lowerY) / 2;
  return {
    half,
    cornerY: -lift * (1 - 0.35 * open) + 0.16 * gap - 2.5 * Math.max(up, tucked) * (1 - rounded),
    // Lips that nearly touch do touch: a slit of a pixel flickers.
    upperY: upperY + (middle - upperY) * shut,
    lowerY: lowerY + (middle - lowerY) * shut,
    roundness: Math.min(1, rounded * 0.9 + 0.25 * open),
    upperLip: measures.upperLip * (1 - 0.5 * press + 0.28 * rounded - 0.18 * wide - 0.22 * happy - 0.1 * open),
    lowerLip: measures.lowerLip * (1 - 0.42 * press + 0.22 * rounded - 0.14 * wide - 0.18 * happy - 0.42 * tucked - 0.1 * open),
    teethY: 0.15 * opening,
    lowerTeethY: 0.8 * gap - 0.1 * opening,
    tongueY: 0.8 * gap * (0.62 - 0.5 * tongue) + 0.17 * opening * (1 - 0.5 * tongue),
    opened: open,
  };
}

function smoothShare(value: number): number {
  const t = share(value);
  return t * t * (3 - 2 * t);
}
