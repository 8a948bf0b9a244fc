import type { Color, Picture } from '../drawing.ts';
import { ellipse } from '../path.ts';

/** Two colors and a wide soft light; the same composition for all. */
export function backdrop(top: Color, bottom: Color, glow: Color, accent: Color): Picture {
  return [
    {
      path: 'M-500 -600 L1524 -600 L1524 1200 L-500 1200 Z',
      paint: {
        linear: [200, 0, 820, 1024],
        stops: [
          [0, top],
          [1, bottom],
        ],
      },
    },
    { path: ellipse(150, 860, 330), paint: accent, opacity: 0.4 },
    { path: ellipse(930, 190, 210), paint: accent, opacity: 0.32 },
    { path: ellipse(-220, 240, 170), paint: accent, opacity: 0.26 },
    { path: ellipse(1290, 800, 260), paint: accent, opacity: 0.3 },
    {
      path: ellipse(470, 420, 620),
      paint: {
        radial: [470, 420, 620, 620],
        stops: [
          [0, glow, 0.85],
          [0.45, glow, 0.42],
          [1, glow, 0],
        ],
      },
    },
  ];
}
