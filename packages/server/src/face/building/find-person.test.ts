import { measureFace, toPicture } from '@visavis/face';
import { beforeAll, describe, expect, it } from 'vitest';
import { type DrawnPerson, drawPerson } from '../../testing/drawn-person.ts';
import { findMatte } from './find-matte.ts';
import { loadPersonFinder, type PersonFinder } from './find-person.ts';
import { cutAndScale } from './scale-photo.ts';
import { readTflite } from './tflite-network.ts';

let findPerson: PersonFinder;
beforeAll(async () => {
  findPerson = await loadPersonFinder();
});

const halved = (person: DrawnPerson) => {
  const photo = cutAndScale(person.rgb, person.width, { left: 0, top: 0, right: person.width, bottom: person.height }, 0.5);
  return { photo, landmarks: person.landmarks.map((value) => value / 2) };
};

describe('the network that sees people', () => {
  it('sees the head and the shoulders, and not what is beside them', async () => {
    const { photo, landmarks } = halved(await drawPerson());
    const measures = measureFace(landmarks);
    const map = findPerson(photo, measures);
    const at = (localX: number, localY: number) =>
      map(...toPicture(measures, localX * measures.faceHeight, localY * measures.faceHeight));
    expect(at(0, -0.3)).toBeGreaterThan(0.9);
    expect(at(0, 0.6)).toBeGreaterThan(0.9);
    expect(at(0.85, -0.5)).toBeLessThan(0.1);
    expect(at(-0.85, -0.5)).toBeLessThan(0.1);
  });

  it('tells the head from a background of the colour of its hair, which colours alone cannot', async () => {
    const camouflaged = { hair: '#8fa3ad', cloth: '#8fa3ad', behind: ['#8fa3ad', '#8a9ea8'], noise: 0.5 } as const;
    const { photo, landmarks } = halved(await drawPerson(camouflaged));
    expect(findMatte(photo, landmarks).usable).toBe(false);
    const { matte, usable } = findMatte(photo, landmarks, findPerson(photo, measureFace(landmarks)));
    expect(usable).toBe(true);
    const corner = matte[2 * (photo.width / 2) + 2];
    expect(corner).toBeLessThan(10);
  });
});

describe('a file with a network', () => {
  it('is refused when it is something else', () => {
    expect(() => readTflite(new Uint8Array(64))).toThrow(/no TensorFlow Lite file/);
  });
});
