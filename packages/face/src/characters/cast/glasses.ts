import type { Color, Layer } from '../drawing.ts';
import { mirrorPath } from '../path.ts';

/** Glasses in front of the eyes: each `lens` is a path of the left one. */
export function glassesLayer(
  lens: string,
  frame: Color,
  { width = 8, bridgeY = 462, bridge = 44, templeX = 346, shine = 0.16 } = {},
): Layer {
  return {
    name: 'glasses',
    follows: 'head',
    depth: 30,
    relief: 0.9,
    jaw: 0,
    picture: [
      { path: lens, paint: '#2a1a20', opacity: 0.2, stroke: { width: width + 4 }, blur: 5, mirror: true },
      { path: lens, paint: '#ffffff', opacity: 0.07, mirror: true },
      {
        within: lens,
        shapes: [{ path: 'M392 400 L440 400 L376 540 L330 540 Z', paint: '#ffffff', opacity: shine, blur: 2 }],
      },
      {
        within: mirrorPath(lens),
        shapes: [{ path: 'M612 400 L664 400 L600 540 L552 540 Z', paint: '#ffffff', opacity: shine, blur: 2 }],
      },
      {
        path: `M${templeX + 18} ${bridgeY - 10} L${templeX - 22} ${bridgeY - 18}`,
        paint: frame,
        stroke: { width: width * 0.9 },
        mirror: true,
      },
      { path: lens, paint: frame, stroke: { width }, mirror: true },
      { path: lens, paint: '#ffffff', opacity: 0.22, stroke: { width: width * 0.25 }, mirror: true },
      {
        path: `M${512 - bridge} ${bridgeY} C${500} ${bridgeY - 14} ${524} ${bridgeY - 14} ${512 + bridge} ${bridgeY}`,
        paint: frame,
        stroke: { width: width * 0.95 },
      },
    ],
  };
}
