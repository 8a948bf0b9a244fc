import { newPicture, pictureOf } from '../raster/picture.ts';
import type { FaceRenderer, PictureSettings } from '../renderer.ts';
import { paintBackground } from './backgrounds.ts';
import { CELL, cellCorners, drawLayers, type PlacedLayer } from './composite.ts';
import type { Framing } from './coverage.ts';
import type { CharacterDrawing, Layer } from './drawing.ts';
import { findSource, type Stance } from './head-motion.ts';
import { createPainter } from './layer-texture.ts';
import { drawPolygons } from './polygons.ts';
import { sceneOf } from './scene.ts';

interface RenderLayer {
  layer: Layer;
  placed: PlacedLayer;
}

/** Draws a built-in character. To make one takes tenths of a second: its layers are painted for the size of the picture. */
export function createCharacterRenderer(drawing: CharacterDrawing, settings: PictureSettings): FaceRenderer {
  const { width, height } = settings;
  const framing = frameFigure(width, height);
  const background = newPicture(width, height);
  paintBackground(background, drawing.background, framing, settings.background);
  // Layers reach beyond the picture, so that nothing ends there as they move.
  const margin = Math.ceil(0.05 * Math.max(width, height)) * 2;
  const canvas = { ...framing, offsetX: framing.offsetX + margin, offsetY: framing.offsetY + margin };
  const painter = createPainter(canvas, width + 2 * margin, height + 2 * margin);
  const corners = cellCorners(width) * cellCorners(height);
  const [behind, before]: [RenderLayer[], RenderLayer[]] = [[], []];
  let list = behind;
  for (const layer of drawing.layers) {
    if (layer === 'features') {
      list = before;
      continue;
    }
    const texture = painter.paint(layer.picture);
    if (texture) list.push({ layer, placed: { texture, sources: new Float32Array(corners * 2) } });
  }
  const [behindPlaced, beforePlaced] = [behind.map(({ placed }) => placed), before.map(({ placed }) => placed)];

  return {
    width,
    height,
    render: (pose, frame) => {
      const picture = pictureOf(frame, width, height);
      const { stance, features } = sceneOf(drawing, pose);
      for (const { layer, placed } of behind) place(placed, layer, stance, framing, margin, width, height);
      for (const { layer, placed } of before) place(placed, layer, stance, framing, margin, width, height);
      drawLayers(picture, background, behindPlaced);
      drawPolygons(picture, features, framing);
      drawLayers(picture, undefined, beforePlaced);
    },
  };
}

const point = new Float64Array(2);

/** Finds where each corner of the picture's cells lies in a layer's texture. */
function place(
  { texture, sources }: PlacedLayer,
  layer: Layer,
  stance: Stance,
  framing: Framing,
  margin: number,
  width: number,
  height: number,
): void {
  const { scale, offsetX, offsetY } = framing;
  const [shiftX, shiftY] = [margin - texture.x, margin - texture.y];
  // Only as far around the texture as poses carry it.
  const reach = 110 * scale + CELL;
  let at = 0;
  for (let row = 0; row < cellCorners(height); row++)
    for (let column = 0; column < cellCorners(width); column++, at += 2) {
      const [x, y] = [column * CELL, row * CELL];
      const [plainX, plainY] = [x + shiftX, y + shiftY];
      if (plainX < -reach || plainY < -reach || plainX > texture.width + reach || plainY > texture.height + reach) {
        sources[at] = plainX;
        sources[at + 1] = plainY;
        continue;
      }
      findSource(stance, layer, (x + 0.5 - offsetX) / scale, (y + 0.5 - offsetY) / scale, point);
      sources[at] = point[0]! * scale + offsetX - 0.5 + shiftX;
      sources[at + 1] = point[1]! * scale + offsetY - 0.5 + shiftY;
    }
}

/** The figure stands at the lower edge, in the middle, as large as shows its whole head and most of its shoulders. */
export function frameFigure(width: number, height: number): Framing {
  const scale = Math.min(height / 960, width / 700);
  return { scale, offsetX: width / 2 - 512 * scale, offsetY: height - 1024 * scale };
}
