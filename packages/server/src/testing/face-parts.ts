import { readAsset, writeAsset } from '@visavis/face';
import sharp from 'sharp';
import type { BuildingParts } from '../face/building/building-parts.ts';

/** Address of this module, for `createFaceBuilder`: it is loaded by the thread. */
export const FACE_PARTS = import.meta.url;

/** Parts that draw nothing, and do what names of characters say: what goes on around faces is tried with them. */
export const parts: BuildingParts = {
  ofPhoto({ width, height, landmarks }) {
    return writeAsset({ kind: 'portrait', header: { width, height }, sections: new Map([['landmarks', landmarks]]) });
  },

  ofCharacter(name) {
    if (name === 'hangs') for (;;) Math.sqrt(2);
    if (name === 'dies') process.exit(7);
    if (name === 'throws') throw new Error('This character cannot be drawn');
    if (name === 'grows') {
      const held: unknown[] = [];
      for (;;) held.push(new Array(1_000_000).fill(held.length));
    }
    return writeAsset({ kind: 'character', header: { name }, sections: new Map() });
  },

  async pictureOfCharacter(name) {
    return sharp({ create: { width: 8, height: 8, channels: 3, background: name === 'one' ? 'teal' : 'plum' } })
      .png()
      .toBuffer();
  },

  async preview(asset) {
    const { kind } = readAsset(asset);
    const image = await sharp({ create: { width: 8, height: 8, channels: 3, background: kind === 'portrait' ? 'teal' : 'plum' } })
      .webp()
      .toBuffer();
    return { still: image, clip: image };
  },
};
