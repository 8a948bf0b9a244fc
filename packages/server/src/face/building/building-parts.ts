import type { FacePreviews } from '../../core/avatars/face-builder.ts';
import type { Picture } from './picture.ts';

/** A photo that was judged to be good enough, and the 478 points (x, y, z) of its face, in its pixels. */
export interface Photo extends Picture {
  landmarks: Float32Array;
}

/** What makes and shows faces; on one thread, synchronously or not. */
export interface BuildingParts {
  /** The file of an asset. */
  ofPhoto(photo: Photo): Uint8Array;
  ofCharacter(name: string): Uint8Array;
  preview(asset: Uint8Array): Promise<FacePreviews>;
}

/** The product's parts. */
export const parts: BuildingParts = {
  ofPhoto: notYet,
  ofCharacter: notYet,
  preview: notYet,
};

function notYet(): never {
  throw new Error('There is no renderer yet');
}
