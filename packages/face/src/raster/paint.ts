import { yuvOf } from './picture.ts';

/** A colour, 0 to 255 each, and how much it covers, 0 to 1 (1 by default). */
export interface Color {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly alpha?: number;
}

/** A colour at a place along a gradient, 0 to 1; in rising order. */
export interface GradientStop extends Color {
  readonly at: number;
}

/** What shapes are filled with. Before the first and after the last stop a gradient goes on in their colours. */
export type Paint =
  | { readonly type: 'color'; readonly y: number; readonly u: number; readonly v: number; readonly alpha: number }
  | ({
      readonly type: 'linear';
      readonly originX: number;
      readonly originY: number;
      readonly perX: number;
      readonly perY: number;
    } & Ramp)
  | ({
      readonly type: 'radial';
      readonly centerX: number;
      readonly centerY: number;
      readonly perX: number;
      readonly perY: number;
    } & Ramp);

/** The colours of a gradient in `RAMP_STEPS` steps. */
export interface Ramp {
  readonly y: Float32Array;
  readonly u: Float32Array;
  readonly v: Float32Array;
  readonly alpha: Float32Array;
}

export const RAMP_STEPS = 128;

export function plainPaint(color: Color): Paint {
  return { type: 'color', ...yuvOf(color.red, color.green, color.blue), alpha: color.alpha ?? 1 };
}

/** Colours, once, for gradients that move with what they fill: `linearPaint` and `radialPaint` take them as they are. */
export function rampOf(stops: readonly GradientStop[]): Ramp {
  const ramp = {
    y: new Float32Array(RAMP_STEPS),
    u: new Float32Array(RAMP_STEPS),
    v: new Float32Array(RAMP_STEPS),
    alpha: new Float32Array(RAMP_STEPS),
  };
  for (let step = 0; step < RAMP_STEPS; step++) {
    const at = step / (RAMP_STEPS - 1);
    let next = 0;
    while (next < stops.length - 1 && stops[next]!.at < at) next++;
    const after = stops[next]!;
    const before = stops[Math.max(0, next - 1)]!;
    const span = after.at - before.at;
    const share = span > 0 ? Math.min(1, Math.max(0, (at - before.at) / span)) : 1;
    const mix = (from: number, to: number) => from + (to - from) * share;
    const yuv = yuvOf(mix(before.red, after.red), mix(before.green, after.green), mix(before.blue, after.blue));
    ramp.y[step] = yuv.y;
    ramp.u[step] = yuv.u;
    ramp.v[step] = yuv.v;
    ramp.alpha[step] = mix(before.alpha ?? 1, after.alpha ?? 1);
  }
  return ramp;
}

/** From the first colour at (x0, y0) to the last at (x1, y1); vertical where x0 is x1. */
export function linearPaint(x0: number, y0: number, x1: number, y1: number, colors: Ramp | readonly GradientStop[]): Paint {
  const lengthSquared = Math.max(1e-6, (x1 - x0) ** 2 + (y1 - y0) ** 2);
  return {
    type: 'linear',
    originX: x0,
    originY: y0,
    perX: (x1 - x0) / lengthSquared,
    perY: (y1 - y0) / lengthSquared,
    ...asRamp(colors),
  };
}

/** From the first colour in the middle to the last at an ellipse with these radii. */
export function radialPaint(
  centerX: number,
  centerY: number,
  radiusX: number,
  radiusY: number,
  colors: Ramp | readonly GradientStop[],
): Paint {
  return {
    type: 'radial',
    centerX,
    centerY,
    perX: 1 / Math.max(1e-3, radiusX),
    perY: 1 / Math.max(1e-3, radiusY),
    ...asRamp(colors),
  };
}

function asRamp(colors: Ramp | readonly GradientStop[]): Ramp {
  return 'alpha' in colors ? { y: colors.y, u: colors.u, v: colors.v, alpha: colors.alpha } : rampOf(colors);
}
