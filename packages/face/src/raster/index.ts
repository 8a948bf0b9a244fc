export * from './coverage.ts';
export * from './fill.ts';
export * from './outline.ts';
export * from './paint.ts';
export * from './picture.ts';
export * from './textured-mesh.ts';
