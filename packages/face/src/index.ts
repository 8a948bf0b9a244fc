export * from './pose.ts';
export * from './renderer.ts';
