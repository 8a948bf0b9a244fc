/** What a page needs to draw a face, without what only those need who make faces and mouths. */
export * from './asset/index.ts';
export * from './create-face-renderer.ts';
export * from './living/index.ts';
export * from './pose.ts';
export * from './renderer.ts';
