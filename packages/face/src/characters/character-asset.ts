import { AssetError, type FaceAsset, type Json } from '../asset/asset-file.ts';
import type { CharacterDrawing } from './drawing.ts';

/** A character as an asset: its drawing, which is small and fits every size of picture. */
export function characterAsset(drawing: CharacterDrawing): FaceAsset {
  return { kind: 'character', header: { drawing: drawing as unknown as Json }, sections: new Map() };
}

/** The drawing in an asset of kind `character`. @throws AssetError where there is none */
export function drawingOf(asset: FaceAsset): CharacterDrawing {
  const drawing = asset.header.drawing as Partial<Record<keyof CharacterDrawing, unknown>> | undefined;
  const whole =
    typeof drawing === 'object' &&
    drawing !== null &&
    typeof drawing.name === 'string' &&
    Array.isArray(drawing.background) &&
    Array.isArray(drawing.layers) &&
    [drawing.head, drawing.eyes, drawing.mouth].every((part) => typeof part === 'object' && part !== null);
  if (!whole) throw new AssetError('malformed', 'The asset has no drawing of a character');
  return drawing as unknown as CharacterDrawing;
}
