import { yuvOf } from '../raster/picture.ts';
import type { Framing } from './coverage.ts';
import type { Color, Paint, Stop } from './drawing.ts';

/** A color as the picture has it: Y, U, V (BT.601, limited range) and how opaque, 0 to 1. */
export type Tone = [y: number, u: number, v: number, opacity: number];

/** @throws {Error} for anything but `#rrggbb`. */
export function toneOf(color: Color, opacity = 1): Tone {
  if (!/^#[0-9a-f]{6}$/i.test(color)) throw new Error(`Not a color: ${color}`);
  const value = Number.parseInt(color.slice(1), 16);
  const { y, u, v } = yuvOf(value >> 16, (value >> 8) & 255, value & 255);
  return [y, u, v, opacity];
}

const STEPS = 128;

/** A paint made ready for pixels. The tone of a pixel is `table` at 4 * round(t * 127), t limited to 0..1. */
export interface PreparedPaint {
  kind: 'flat' | 'linear' | 'radial';
  table: Float32Array;
  /** linear: t = a x + b y + c. radial: t = hypot(a x + c, b y + d). x and y are pixels' middles. */
  a: number;
  b: number;
  c: number;
  d: number;
}

const tables = new Map<string, Float32Array>();

function tableOf(stops: readonly Stop[]): Float32Array {
  const key = stops.join(';');
  const known = tables.get(key);
  if (known) return known;
  const sorted = stops.map(([offset, color, opacity]) => ({ offset, tone: toneOf(color, opacity) }));
  const table = new Float32Array(STEPS * 4);
  for (let i = 0; i < STEPS; i++) {
    const t = i / (STEPS - 1);
    const next = sorted.findIndex(({ offset }) => offset >= t);
    const after = sorted[next < 0 ? sorted.length - 1 : next]!;
    const before = next <= 0 ? after : sorted[next - 1]!;
    const share = after === before ? 0 : (t - before.offset) / (after.offset - before.offset || 1);
    for (let k = 0; k < 4; k++) table[4 * i + k] = before.tone[k]! + share * (after.tone[k]! - before.tone[k]!);
  }
  // Paints of a pose come from few measures; a runaway number of them would be a leak.
  if (tables.size > 4000) tables.clear();
  tables.set(key, table);
  return table;
}

export function preparePaint(paint: Paint, { scale, offsetX, offsetY }: Framing): PreparedPaint {
  if (typeof paint === 'string') return { kind: 'flat', table: tableOf([[0, paint]]), a: 0, b: 0, c: 0, d: 0 };
  const table = tableOf(paint.stops);
  // Unit = (pixel + 1/2 - offset) / scale.
  const [unitX, unitY] = [(0.5 - offsetX) / scale, (0.5 - offsetY) / scale];
  if ('linear' in paint) {
    const [fromX, fromY, toX, toY] = paint.linear;
    const [dx, dy] = [toX - fromX, toY - fromY];
    const square = dx * dx + dy * dy || 1;
    const [a, b] = [dx / square / scale, dy / square / scale];
    return { kind: 'linear', table, a, b, c: ((unitX - fromX) * dx + (unitY - fromY) * dy) / square, d: 0 };
  }
  const [centerX, centerY, radiusX, radiusY] = paint.radial;
  return {
    kind: 'radial',
    table,
    a: 1 / scale / radiusX,
    b: 1 / scale / radiusY,
    c: (unitX - centerX) / radiusX,
    d: (unitY - centerY) / radiusY,
  };
}

/** Where in the table the tone of a pixel begins. */
export function toneIndex(paint: PreparedPaint, x: number, y: number): number {
  if (paint.kind === 'flat') return 0;
  let t: number;
  if (paint.kind === 'linear') t = paint.a * x + paint.b * y + paint.c;
  else {
    const [dx, dy] = [paint.a * x + paint.c, paint.b * y + paint.d];
    t = Math.sqrt(dx * dx + dy * dy);
  }
  return t <= 0 ? 0 : t >= 1 ? (STEPS - 1) * 4 : ((t * (STEPS - 1) + 0.5) | 0) * 4;
}
