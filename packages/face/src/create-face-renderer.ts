import type { FaceAsset } from './asset/asset-file.ts';
import { drawingOf } from './characters/character-asset.ts';
import { createCharacterRenderer } from './characters/character-renderer.ts';
import { portraitFromAsset } from './portrait/portrait-asset.ts';
import { createPortraitRenderer } from './portrait/portrait-renderer.ts';
import { checkPictureSettings, type FaceRenderer, type PictureSettings } from './renderer.ts';

/**
 * A renderer for what an asset holds.
 * @throws AssetError for an asset that lacks something, RangeError for settings that no picture can have.
 */
export function createFaceRenderer(asset: FaceAsset, settings: PictureSettings): FaceRenderer {
  checkPictureSettings(settings);
  switch (asset.kind) {
    case 'portrait':
      return createPortraitRenderer(portraitFromAsset(asset), settings);
    case 'character':
      return createCharacterRenderer(drawingOf(asset), settings);
  }
}
