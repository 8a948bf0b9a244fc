import type { Clipped, Color, Picture, Shape } from '../drawing.ts';
import { ellipse } from '../path.ts';

type Bend = [x0: number, y0: number, x1: number, y1: number, x2: number, y2: number, x3: number, y3: number];

/** Fine lines of hair from one curve to another; the same every time. */
export function strands(from: Bend, to: Bend, count: number, colors: readonly Color[], width = 5, opacity = 0.5): Shape[] {
  const shapes: Shape[] = [];
  for (let i = 0; i < count; i++) {
    const t = count === 1 ? 0.5 : i / (count - 1);
    const wobble = (k: number) => Math.sin(i * 12.9898 + k * 78.233) * 4;
    const at = from.map((value, k) => Math.round((value + (to[k]! - value) * t + wobble(k)) * 10) / 10);
    shapes.push({
      path: `M${at[0]} ${at[1]} C${at[2]} ${at[3]} ${at[4]} ${at[5]} ${at[6]} ${at[7]}`,
      paint: colors[i % colors.length]!,
      opacity: opacity * (0.65 + 0.35 * Math.sin(i * 2.4)),
      stroke: { width: width * (0.7 + 0.5 * Math.abs(Math.sin(i * 1.7))), taper: true },
      blur: 0.8,
    });
  }
  return shapes;
}

export interface HairColors {
  dark: Color;
  base: Color;
  light: Color;
  shine: Color;
}

/** A lock of hair: its outline, lit from the upper left, with what lies on it. */
export function hairMass(
  path: string,
  colors: HairColors,
  on: Shape[] = [],
  across: [number, number, number, number] = [300, 160, 720, 700],
): Picture {
  const within: Clipped = { within: path, shapes: on };
  return [
    {
      path,
      paint: {
        linear: across,
        stops: [
          [0, colors.light],
          [0.35, colors.base],
          [1, colors.dark],
        ],
      },
    },
    within,
  ];
}

/** Round curls, each lit from the upper left. */
export function curls(places: ReadonlyArray<readonly [x: number, y: number, radius: number]>, colors: HairColors): Picture {
  return places.flatMap(([x, y, radius], index): Shape[] => [
    {
      path: ellipse(x, y, radius),
      paint: {
        radial: [x - radius * 0.35, y - radius * 0.45, radius * 1.5, radius * 1.5],
        stops: [
          [0, colors.light],
          [0.4, colors.base],
          [1, colors.dark],
        ],
      },
    },
    ...[0.72, 0.44].map(
      (size, ring): Shape => ({
        path: `M${x - radius * size} ${y + radius * 0.2} C${x - radius * size} ${y - radius * size} ${x + radius * size * 0.7} ${y - radius * size * 1.1} ${x + radius * size} ${y + radius * 0.1 * (index % 3)}`,
        paint: ring ? colors.dark : colors.shine,
        opacity: ring ? 0.5 : 0.42,
        stroke: { width: ring ? 5 : 6, taper: true },
        blur: 1.2,
      }),
    ),
  ]);
}
