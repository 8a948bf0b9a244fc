export { CAST } from './cast.ts';
export { characterAsset, drawingOf } from './character-asset.ts';
export { createCharacterRenderer, frameFigure } from './character-renderer.ts';
export type { Framing } from './coverage.ts';
export type * from './drawing.ts';
export { movePoint, type Stance } from './head-motion.ts';
export type { Polygon } from './polygons.ts';
export { type Scene, sceneOf } from './scene.ts';
