import { AssetError, type FaceAsset, numberOf, sectionOf } from '../asset/asset-file.ts';
import type { Picture } from '../raster/index.ts';
import { LANDMARKS } from './landmark-groups.ts';

/** All that is kept of a photo. */
export interface PortraitAsset {
  /** The part of the photo around the head. */
  readonly photo: Picture;
  /** x, y, z of each of the 478 landmarks in pixels of `photo`. */
  readonly landmarks: Float32Array;
  /** How much of each pixel is head and shoulders, 0 to 255, at half the size of `photo`. */
  readonly matte: Uint8Array;
  /** Whether the matte is good enough to put something else behind the head. Otherwise the photo's own background stays. */
  readonly matteUsable: boolean;
}

/** Sides of the photo that is kept. */
const LEAST_SIDE = 32;
const MOST_SIDE = 2048;

export function portraitToAsset({ photo, landmarks, matte, matteUsable }: PortraitAsset): FaceAsset {
  return {
    kind: 'portrait',
    header: { width: photo.width, height: photo.height, matteUsable },
    sections: new Map<string, Uint8Array | Float32Array>([
      ['luma', photo.y],
      ['chromaU', photo.u],
      ['chromaV', photo.v],
      ['matte', matte],
      ['landmarks', landmarks],
    ]),
  };
}

/** @throws AssetError */
export function portraitFromAsset(asset: FaceAsset): PortraitAsset {
  const width = numberOf(asset, 'width');
  const height = numberOf(asset, 'height');
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side % 2 !== 0 || side < LEAST_SIDE || side > MOST_SIDE) {
      throw new AssetError('malformed', `The photo of the asset cannot have a size of ${width}x${height}`);
    }
  }
  const plane = (name: string, length: number) => {
    const section = sectionOf(asset, name, 'u8');
    if (section.length !== length)
      throw new AssetError('malformed', `Section "${name}" of the asset does not have the size of its photo`);
    return section;
  };
  const landmarks = sectionOf(asset, 'landmarks', 'f32');
  // Far outside is as wrong as not a number: meshes and textures are made from these.
  if (landmarks.length !== 3 * LANDMARKS || !landmarks.every((value) => Math.abs(value) < 4 * MOST_SIDE)) {
    throw new AssetError('malformed', 'The landmarks of the asset are not those of a face');
  }
  const quarter = (width * height) / 4;
  return {
    photo: { width, height, y: plane('luma', width * height), u: plane('chromaU', quarter), v: plane('chromaV', quarter) },
    landmarks,
    matte: plane('matte', quarter),
    matteUsable: asset.header.matteUsable === true,
  };
}
