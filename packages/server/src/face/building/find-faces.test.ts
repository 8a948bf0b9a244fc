import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensurePhotographs, pictureOf } from '../../testing/photographs.ts';
import { type Face, type FaceFinder, loadFaceFinder } from './find-faces.ts';

const { folder } = await ensurePhotographs();
const photograph = (name: string) => join(folder ?? '', name);

let findFaces: FaceFinder;
beforeAll(async () => {
  findFaces = await loadFaceFinder();
});

const facesOf = async (image: string | Buffer | Sharp) => findFaces(await pictureOf(image));
const point = ({ points }: Face, index: number) => [points[index * 3] as number, points[index * 3 + 1] as number] as const;

/** Mean distance of the points of two faces, as a part of the width of the first. */
function difference(a: Face, b: Face, move: (x: number, y: number) => readonly [number, number]): number {
  let sum = 0;
  for (let index = 0; index < 478; index++) {
    const [x, y] = move(...point(a, index));
    const [otherX, otherY] = point(b, index);
    sum += Math.hypot(x - otherX, y - otherY);
  }
  return sum / 478 / b.box.width;
}

describe.skipIf(!folder)('faces in pictures', () => {
  it('are found with their points where eyes, nose and mouth are', async () => {
    const faces = await facesOf(photograph('astronaut.png'));
    expect(faces).toHaveLength(1);
    const face = faces[0] as Face;
    expect(face.points).toHaveLength(478 * 3);
    expect(face.score).toBeGreaterThan(0.9);
    // Places told by eye: the pupils, the tip of the nose, the corners of the mouth.
    for (const [index, x, y] of [
      [468, 246, 103],
      [473, 203.5, 101],
      [1, 223, 130],
      [61, 200, 139.5],
      [291, 246, 141.5],
    ] as const) {
      const [foundX, foundY] = point(face, index);
      expect(Math.hypot(foundX - x, foundY - y), `point ${index} at ${foundX}, ${foundY}`).toBeLessThan(5);
    }
    expect(Math.abs(face.angles.yaw)).toBeLessThan(6);
    expect(Math.abs(face.angles.roll)).toBeLessThan(6);
  });

  it('have the same points whatever the size of the picture, finer than its pixels', async () => {
    const [original] = await facesOf(photograph('astronaut.png'));
    for (const side of [2_048, 300]) {
      const [face] = await facesOf(sharp(photograph('astronaut.png')).resize(side));
      const scale = side / 512;
      expect(
        difference(original as Face, face as Face, (x, y) => [x * scale, y * scale]),
        `${side} pixels`,
      ).toBeLessThan(0.012);
    }
  });

  it('are found turned, and their tilt is known', async () => {
    const [upright] = await facesOf(photograph('astronaut.png'));
    for (const degrees of [-40, 20, 90]) {
      const turned = await sharp(photograph('astronaut.png')).rotate(degrees, { background: '#888' }).png().toBuffer();
      const { width, height } = await sharp(turned).metadata();
      const [face] = await facesOf(turned);
      const angle = (degrees * Math.PI) / 180;
      const move = (x: number, y: number) =>
        [
          width / 2 + (x - 256) * Math.cos(angle) - (y - 256) * Math.sin(angle),
          height / 2 + (x - 256) * Math.sin(angle) + (y - 256) * Math.cos(angle),
        ] as const;
      expect((face as Face).angles.roll - (upright as Face).angles.roll).toBeCloseTo(degrees, -0.7);
      expect(difference(upright as Face, face as Face, move), `${degrees} degrees`).toBeLessThan(0.03);
    }
  });

  it('tell how far a head is turned', async () => {
    const [inProfile] = await facesOf(photograph('camera.png'));
    expect((inProfile as Face).angles.yaw).toBeGreaterThan(30);
    const [mirrored] = await facesOf(sharp(photograph('camera.png')).flop());
    expect((mirrored as Face).angles.yaw).toBeLessThan(-30);
  });

  it('are found where they are small in a large picture', async () => {
    const portrait = await sharp(photograph('astronaut.png')).extract({ left: 110, top: 0, width: 230, height: 230 }).toBuffer();
    const large = sharp({ create: { width: 2_000, height: 1_400, channels: 3, background: '#7a8' } }).composite([
      { input: portrait, left: 1_500, top: 900 },
    ]);
    const [face] = await facesOf(await large.png().toBuffer());
    expect(face?.box.x).toBeCloseTo(1_569, -1.3);
    expect(face?.box.y).toBeCloseTo(969, -1.3);
  });

  it('are counted, the largest first', async () => {
    const portrait = (side: number) =>
      sharp(photograph('astronaut.png')).extract({ left: 110, top: 0, width: 230, height: 230 }).resize(side).toBuffer();
    const crowd = sharp({ create: { width: 900, height: 600, channels: 3, background: '#7a8' } }).composite([
      { input: await portrait(200), left: 30, top: 20 },
      { input: await portrait(300), left: 400, top: 100 },
      { input: await portrait(180), left: 60, top: 350 },
    ]);
    const faces = await facesOf(await crowd.png().toBuffer());
    expect(faces).toHaveLength(3);
    expect(faces[0]?.box.x).toBeGreaterThan(400);
  });

  it.each(['chelsea.png', 'coffee.png', 'rocket.jpg', 'moon.png', 'page.png', 'coins.png'])(
    'are not found in %s',
    async (name) => {
      expect(await facesOf(photograph(name))).toEqual([]);
    },
  );
});

describe('a picture without anything in it', () => {
  it.each([
    [1, 1],
    [3_000, 1],
    [1, 500],
    [640, 480],
  ])('has no face: %i x %i', async (width, height) => {
    expect(findFaces({ width, height, rgb: new Uint8Array(width * height * 3).fill(90) })).toEqual([]);
  });
});
