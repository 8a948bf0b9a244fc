import { CAST, characterAsset, writeAsset } from '@visavis/face';
import type { FacePreviews } from '../../core/avatars/face-builder.ts';
import { buildPortrait, type PhotoOfFace } from './build-portrait.ts';
import { drawPicture, drawPreviews } from './draw-previews.ts';
import { loadPersonFinder, type PersonFinder } from './find-person.ts';

/** What makes and shows faces; on one thread, synchronously or not. */
export interface BuildingParts {
  /** The file of an asset, of a photo that was judged to be good enough. */
  ofPhoto(photo: PhotoOfFace): Uint8Array | Promise<Uint8Array>;
  ofCharacter(name: string): Uint8Array;
  pictureOfCharacter(name: string): Promise<Uint8Array>;
  preview(asset: Uint8Array): Promise<FacePreviews>;
}

let finder: Promise<PersonFinder> | undefined;

/** The product's parts. */
export const parts: BuildingParts = {
  async ofPhoto(photo) {
    finder ??= loadPersonFinder();
    return buildPortrait(photo, await finder);
  },
  ofCharacter: (name) => writeAsset(assetOf(name)),
  pictureOfCharacter: (name) => drawPicture(assetOf(name)),
  preview: drawPreviews,
};

function assetOf(name: string) {
  const drawing = CAST.find((each) => each.name === name);
  if (!drawing) throw new Error(`There is no character "${name}"`);
  return characterAsset(drawing);
}
