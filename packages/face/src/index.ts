export * from './asset/index.ts';
export {
  CAST,
  type CharacterDrawing,
  characterAsset,
  characterSvg,
  createCharacterRenderer,
  drawingOf,
} from './characters/index.ts';
export * from './create-face-renderer.ts';
export * from './motion/index.ts';
export * from './mouth/index.ts';
export * from './portrait/index.ts';
export * from './pose.ts';
export * from './raster/index.ts';
export * from './renderer.ts';
