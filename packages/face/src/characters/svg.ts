import type { Pose } from '../pose.ts';
import { frameFigure } from './character-renderer.ts';
import type { CharacterDrawing, Paint, Shape } from './drawing.ts';
import { contoursOf, mirrorShape } from './layer-texture.ts';
import type { Contour } from './path.ts';
import type { Polygon } from './polygons.ts';
import { sceneOf } from './scene.ts';

/**
 * A character as a picture of its own, an SVG of `size` x `size` pixels. Layers lie as at rest, so poses with a turned head are not for it;
 * mouth, eyes and brows are as told.
 */
export function characterSvg(drawing: CharacterDrawing, pose: Readonly<Pose>, size: number): string {
  const writer = createWriter();
  const picture = (items: CharacterDrawing['background']) => {
    for (const item of items) {
      if ('within' in item) {
        writer.group(item.within, () => {
          for (const shape of item.shapes) drawShape(writer, shape);
        });
      } else drawShape(writer, item);
    }
  };
  picture(drawing.background);
  for (const layer of drawing.layers) {
    if (layer === 'features') for (const polygon of sceneOf(drawing, pose).features) drawPolygon(writer, polygon);
    else picture(layer.picture);
  }
  const { scale, offsetX, offsetY } = frameFigure(size, size);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${size} ${size}"><defs>${writer.definitions.join('')}</defs><g transform="translate(${offsetX} ${offsetY}) scale(${scale})">${writer.body.join('')}</g></svg>`;
}

interface Writer {
  definitions: string[];
  body: string[];
  /** The fill attribute of a paint. */
  fill(paint: Paint): string;
  blur(sigma: number): string;
  group(within: string, draw: () => void): void;
}

function createWriter(): Writer {
  const definitions: string[] = [];
  const known = new Map<string, string>();
  const body: string[] = [];
  const define = (key: string, write: (id: string) => string): string => {
    let id = known.get(key);
    if (!id) {
      id = `d${known.size}`;
      known.set(key, id);
      definitions.push(write(id));
    }
    return id;
  };
  return {
    definitions,
    body,
    fill: (paint) => {
      if (typeof paint === 'string') return paint;
      const stops = paint.stops
        .map(([offset, color, opacity = 1]) => `<stop offset="${offset}" stop-color="${color}" stop-opacity="${opacity}"/>`)
        .join('');
      const id = define(JSON.stringify(paint), (name) => {
        if ('linear' in paint) {
          const [x1, y1, x2, y2] = paint.linear;
          return `<linearGradient id="${name}" gradientUnits="userSpaceOnUse" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}">${stops}</linearGradient>`;
        }
        const [x, y, radiusX, radiusY] = paint.radial;
        return `<radialGradient id="${name}" gradientUnits="userSpaceOnUse" cx="0" cy="0" r="1" gradientTransform="translate(${x} ${y}) scale(${radiusX} ${radiusY})">${stops}</radialGradient>`;
      });
      return `url(#${id})`;
    },
    blur: (sigma) => {
      const id = define(
        `blur ${sigma}`,
        (name) =>
          `<filter id="${name}" x="-50%" y="-50%" width="200%" height="200%" color-interpolation-filters="sRGB"><feGaussianBlur stdDeviation="${sigma}"/></filter>`,
      );
      return ` filter="url(#${id})"`;
    },
    group: (within, draw) => {
      const id = define(`clip ${within}`, (name) => `<clipPath id="${name}"><path d="${within}"/></clipPath>`);
      body.push(`<g clip-path="url(#${id})">`);
      draw();
      body.push('</g>');
    },
  };
}

function drawShape(writer: Writer, shape: Shape): void {
  for (const one of shape.mirror ? [shape, mirrorShape(shape)] : [shape]) {
    const opacity = one.opacity === undefined ? '' : ` fill-opacity="${one.opacity}"`;
    // A filter's region is a share of the shape's box; a line without height has none.
    const blur = one.blur ? writer.blur(one.blur) : '';
    writer.body.push(`<path d="${pathOf(contoursOf(one))}" fill="${writer.fill(one.paint)}"${opacity}${blur}/>`);
  }
}

function drawPolygon(writer: Writer, polygon: Polygon): void {
  const opacity = polygon.opacity === undefined ? '' : ` fill-opacity="${polygon.opacity}"`;
  const path = `<path d="${pathOf(polygon.contours)}" fill="${writer.fill(polygon.paint)}"${opacity}/>`;
  if (polygon.within) writer.group(pathOf(polygon.within), () => writer.body.push(path));
  else writer.body.push(path);
}

function pathOf(contours: readonly Contour[]): string {
  return contours
    .filter((contour) => contour.length >= 6)
    .map((contour) => `M${contour.map((value) => Math.round(value * 100) / 100).join(' ')}Z`)
    .join('');
}
