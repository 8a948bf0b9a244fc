export * from './motion/index.ts';
export * from './mouth/index.ts';
export * from './pose.ts';
export * from './renderer.ts';
