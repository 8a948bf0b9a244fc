import { existsSync, readFileSync } from 'node:fs';
import { createFaceRenderer, measureFace, portraitFromAsset, REST, readAsset, toPicture, UPPER_INNER_LIP } from '@visavis/face';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { colorShiftAtRest } from '../../../../face/src/portrait/testing/mean-colors.ts';
import { type DrawnPerson, drawPerson } from '../../testing/drawn-person.ts';
import { buildPortrait } from './build-portrait.ts';
import { refineClosedLips } from './find-lip-line.ts';
import { findMatte } from './find-matte.ts';
import { cutAndScale } from './scale-photo.ts';

const person = await drawPerson();

describe('building a portrait', () => {
  it('makes an asset that can be drawn, within the size that is kept', () => {
    const asset = readAsset(buildPortrait(person));
    const { photo, landmarks } = portraitFromAsset(asset);
    expect(photo.width).toBeLessThanOrEqual(1280);
    expect(photo.height).toBeLessThanOrEqual(1024);
    expect(measureFace(landmarks).faceHeight).toBeLessThan(290);
    const frame = new Uint8Array((256 * 144 * 3) / 2);
    createFaceRenderer(asset, { width: 256, height: 144, background: { type: 'blur' } }).render(REST, frame);
    expect(new Set(frame.subarray(0, 256 * 144)).size).toBeGreaterThan(30);
  });

  it('gives the same bytes for the same photo', () => {
    expect(Buffer.compare(buildPortrait(person), buildPortrait(person))).toBe(0);
  });

  it('keeps a small photo as it is and makes a large one smaller', async () => {
    const small = await scaled(person, 0.25);
    const { photo } = portraitFromAsset(readAsset(buildPortrait(small)));
    expect(photo.width).toBeLessThanOrEqual(small.width);
    const large = await scaled(person, 3);
    const kept = portraitFromAsset(readAsset(buildPortrait(large)));
    expect(measureFace(kept.landmarks).faceHeight).toBeGreaterThan(270);
    expect(measureFace(kept.landmarks).faceHeight).toBeLessThan(290);
  });

  it('refuses what does not fit together', () => {
    expect(() => buildPortrait({ ...person, width: person.width + 1 })).toThrow(/no photo of/);
    expect(() => buildPortrait({ ...person, landmarks: person.landmarks.slice(3) })).toThrow(/finite numbers of landmarks/);
    expect(() => buildPortrait({ ...person, landmarks: person.landmarks.map((value) => value + 1e5) })).toThrow(/outside/);
  });
});

describe('the line between closed lips', () => {
  it('is found where it is dark, though the landmarks are off', () => {
    const photo = { ...person, scaleX: 1, scaleY: 1 };
    for (const off of [-4, 0, 4]) {
      const shifted = person.landmarks.slice();
      for (const point of [...UPPER_INNER_LIP, 95, 88, 178, 87, 14, 317, 402, 318, 324]) shifted[3 * point + 1]! += off;
      const refined = refineClosedLips(photo, shifted);
      expect(Math.abs(refined[3 * 13 + 1]! - person.lipLineY)).toBeLessThan(2.5);
      expect(refined[3 * 13 + 1]).toBeCloseTo(refined[3 * 14 + 1]!, 3);
    }
  });
});

describe('the matte', () => {
  it('holds head and shoulders and leaves out the background', () => {
    const photo = cutAndScale(person.rgb, person.width, { left: 0, top: 0, right: person.width, bottom: person.height }, 0.5);
    const landmarks = person.landmarks.map((value, index) => value * (index % 3 === 1 ? photo.scaleY : photo.scaleX));
    const { matte, usable } = findMatte(photo, landmarks);
    expect(usable).toBe(true);
    const measures = measureFace(landmarks);
    const at = (localX: number, localY: number) => {
      const [x, y] = toPicture(measures, localX * measures.faceHeight, localY * measures.faceHeight);
      return matte[Math.floor(y / 2) * (photo.width / 2) + Math.floor(x / 2)]!;
    };
    expect(at(0, -0.4)).toBe(255);
    expect(at(0, -0.85)).toBeGreaterThan(240);
    expect(at(0, 0.6)).toBe(255);
    expect(at(0.85, -0.5)).toBeLessThan(10);
    expect(at(-0.85, -0.5)).toBeLessThan(10);
  });

  it('says that it cannot be used where hair and clothes look like what is behind', async () => {
    const camouflaged = await drawPerson({ hair: '#8fa3ad', cloth: '#8fa3ad', behind: ['#8fa3ad', '#8a9ea8'], noise: 0.5 });
    const photo = cutAndScale(
      camouflaged.rgb,
      camouflaged.width,
      { left: 0, top: 0, right: camouflaged.width, bottom: camouflaged.height },
      0.5,
    );
    const landmarks = camouflaged.landmarks.map((value) => value / 2);
    expect(findMatte(photo, landmarks).usable).toBe(false);
  });
});

/**
 * A real photo (astronaut.png of Debian's python3-skimage, public domain), fetched and measured by a person: never in the repository.
 * `VISAVIS_PORTRAIT_PHOTO` names it, and beside it lies a file with the same name and `.json` with its landmarks.
 */
const photoFile = process.env.VISAVIS_PORTRAIT_PHOTO;
const landmarksFile = photoFile?.replace(/\.\w+$/, '.json');
describe.skipIf(!photoFile || !landmarksFile || !existsSync(photoFile) || !existsSync(landmarksFile))(
  'a real photo (needs VISAVIS_PORTRAIT_PHOTO)',
  () => {
    it('keeps its mean brightness and colour at rest', async () => {
      const { data, info } = await sharp(photoFile).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      const { landmarks } = JSON.parse(readFileSync(landmarksFile!, 'utf8')) as { landmarks: number[] };
      const asset = readAsset(
        buildPortrait({ width: info.width, height: info.height, rgb: data, landmarks: Float32Array.from(landmarks) }),
      );
      const renderer = createFaceRenderer(asset, { width: 512, height: 512, background: { type: 'own' } });
      for (const shift of colorShiftAtRest(portraitFromAsset(asset), renderer)) expect(Math.abs(shift)).toBeLessThan(1);
    });
  },
);

async function scaled(photo: DrawnPerson, factor: number): Promise<DrawnPerson> {
  const width = Math.round(photo.width * factor);
  const height = Math.round(photo.height * factor);
  const rgb = await sharp(photo.rgb, { raw: { width: photo.width, height: photo.height, channels: 3 } })
    .resize(width, height, { fit: 'fill' })
    .raw()
    .toBuffer();
  return { ...photo, width, height, rgb, landmarks: photo.landmarks.map((value) => value * factor) };
}
