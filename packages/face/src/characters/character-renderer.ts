import { newPicture, type Picture, pictureOf } from '../raster/picture.ts';
import type { FaceRenderer, PictureSettings } from '../renderer.ts';
import { paintBackground } from './backgrounds.ts';
import { CELL, cellCorners, drawLayers, lookAtLayers, type PlacedLayer } from './composite.ts';
import type { Framing } from './coverage.ts';
import type { CharacterDrawing, Layer } from './drawing.ts';
import { findSource, type Stance } from './head-motion.ts';
import { createPainter, type LayerTexture } from './layer-texture.ts';
import { drawPolygons } from './polygons.ts';
import { sceneOf } from './scene.ts';

interface RenderLayer {
  layer: Layer;
  placed: PlacedLayer;
}

/** What renderers of one character and size have in common; nobody writes to it. */
interface Painted {
  layers: Array<{ layer: Layer | 'features'; texture: LayerTexture | undefined }>;
  /** How much the canvas of the layers is larger than the picture, on each side. */
  margin: number;
  background: Picture;
}

/** The last ones: the next session with the same character begins at once. About 5 MB each at 512 x 512. */
const painted = new Map<string, Painted>();
const MOST_PAINTED = 6;

function paintCharacter(drawing: CharacterDrawing, { width, height, background }: PictureSettings): Painted {
  const shared = background.type === 'own' || background.type === 'blur';
  const key = JSON.stringify([drawing, width, height, shared ? background.type : 'other']);
  const known = painted.get(key);
  const framing = frameFigure(width, height);
  const made = known ?? { ...paintLayers(drawing, framing, width, height), background: newPicture(width, height) };
  if (!known && shared) paintBackground(made.background, drawing.background, framing, background);
  painted.delete(key);
  painted.set(key, made);
  for (const oldest of painted.keys()) if (painted.size > MOST_PAINTED) painted.delete(oldest);
  if (shared) return made;
  const own = newPicture(width, height);
  paintBackground(own, drawing.background, framing, background);
  return { ...made, background: own };
}

function paintLayers(drawing: CharacterDrawing, framing: Framing, width: number, height: number): Omit<Painted, 'background'> {
  // Layers reach beyond the picture, so that nothing ends there as they move.
  const margin = Math.ceil(0.05 * Math.max(width, height)) * 2;
  const canvas = { ...framing, offsetX: framing.offsetX + margin, offsetY: framing.offsetY + margin };
  const painter = createPainter(canvas, width + 2 * margin, height + 2 * margin);
  const layers = drawing.layers.map((layer) => ({
    layer,
    texture: layer === 'features' ? undefined : painter.paint(layer.picture),
  }));
  return { layers, margin };
}

/** Draws a built-in character. To make the first of a size takes a tenth of a second: its layers are painted. */
export function createCharacterRenderer(drawing: CharacterDrawing, settings: PictureSettings): FaceRenderer {
  const { width, height } = settings;
  const framing = frameFigure(width, height);
  const { layers, margin, background } = paintCharacter(drawing, settings);
  const corners = cellCorners(width) * cellCorners(height);
  const [behind, before]: [RenderLayer[], RenderLayer[]] = [[], []];
  let list = behind;
  for (const { layer, texture } of layers) {
    if (layer === 'features') list = before;
    else if (texture) list.push({ layer, placed: { texture, sources: new Float32Array(corners * 2) } });
  }
  const [behindPlaced, beforePlaced] = [behind.map(({ placed }) => placed), before.map(({ placed }) => placed)];
  const behindLooks = lookAtLayers(behindPlaced, settings);
  const beforeLooks = lookAtLayers(beforePlaced, settings);

  return {
    width,
    height,
    render: (pose, frame) => {
      const picture = pictureOf(frame, width, height);
      const { stance, features } = sceneOf(drawing, pose);
      for (const { layer, placed } of behind) place(placed, layer, stance, framing, margin, width, height);
      for (const { layer, placed } of before) place(placed, layer, stance, framing, margin, width, height);
      lookAtLayers(behindPlaced, settings, behindLooks);
      lookAtLayers(beforePlaced, settings, beforeLooks);
      copyPicture(background, picture);
      drawLayers(picture, behindPlaced, behindLooks, beforeLooks);
      drawPolygons(picture, features, framing);
      drawLayers(picture, beforePlaced, beforeLooks);
    },
  };
}

/** All of it: less work than to find out where nothing hides it. */
function copyPicture(from: Picture, to: Picture): void {
  to.y.set(from.y);
  to.u.set(from.u);
  to.v.set(from.v);
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
  let [at, guessX, guessY] = [0, 0, 0];
  for (let row = 0; row < cellCorners(height); row++)
    for (let column = 0; column < cellCorners(width); column++, at += 2) {
      const [x, y] = [column * CELL, row * CELL];
      const [plainX, plainY] = [x + shiftX, y + shiftY];
      if (plainX < -reach || plainY < -reach || plainX > texture.width + reach || plainY > texture.height + reach) {
        sources[at] = plainX;
        sources[at + 1] = plainY;
        continue;
      }
      const [unitX, unitY] = [(x + 0.5 - offsetX) / scale, (y + 0.5 - offsetY) / scale];
      point[0] = unitX + guessX;
      point[1] = unitY + guessY;
      findSource(stance, layer, unitX, unitY, point);
      guessX = point[0]! - unitX;
      guessY = point[1]! - unitY;
      sources[at] = point[0]! * scale + offsetX - 0.5 + shiftX;
      sources[at + 1] = point[1]! * scale + offsetY - 0.5 + shiftY;
    }
}

/** The figure stands at the lower edge, in the middle, as large as shows its whole head and most of its shoulders. */
export function frameFigure(width: number, height: number): Framing {
  const scale = Math.min(height / 960, width / 700);
  return { scale, offsetX: width / 2 - 512 * scale, offsetY: height - 1024 * scale };
}
