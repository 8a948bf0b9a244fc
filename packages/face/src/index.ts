export * from './asset/index.ts';
export * from './create-face-renderer.ts';
export * from './portrait/index.ts';
export * from './pose.ts';
export * from './raster/index.ts';
export * from './renderer.ts';
