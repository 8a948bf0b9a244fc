import type { CreateLivingFace } from './face-parts.ts';

/** The product's faces. */
export const createLivingFace: CreateLivingFace = () => {
  throw new Error('There is no renderer yet');
};
