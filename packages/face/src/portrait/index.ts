export * from './deform.ts';
export * from './face-measures.ts';
export * from './framing.ts';
export * from './landmark-groups.ts';
export { blur, resample } from './planes.ts';
export * from './portrait-asset.ts';
export * from './portrait-mesh.ts';
export * from './portrait-renderer.ts';
