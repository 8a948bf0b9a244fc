export * from './asset/index.ts';
export * from './characters/index.ts';
export * from './create-face-renderer.ts';
export * from './pose.ts';
export * from './renderer.ts';
