import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensurePhotographs, pictureOf } from '../../testing/photographs.ts';
import { parts } from './building-parts.ts';
import { type FaceFinder, loadFaceFinder } from './find-faces.ts';
import { judgePhoto } from './judge-photo.ts';

const { folder } = await ensurePhotographs();
const photograph = (name: string) => join(folder ?? '', name);

let findFaces: FaceFinder;
beforeAll(async () => {
  findFaces = await loadFaceFinder();
});

async function judged(image: string | Buffer | Sharp, takeLargest = false): Promise<string> {
  const picture = await pictureOf(image);
  return judgePhoto(picture, findFaces(picture), { takeLargest }).problem ?? 'good';
}

/** The portrait of 290 x 290 pixels around the astronaut's head, three times as large. Her face is 320 pixels high; her mouth is at 429, 423. */
const PORTRAIT_SIDE = 870;
const portrait = async () =>
  sharp(photograph('astronaut.png'))
    .extract({ left: 80, top: 0, width: 290, height: 290 })
    .resize(PORTRAIT_SIDE)
    .png()
    .toBuffer();
const withDrawing = async (shapes: string) => {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${PORTRAIT_SIDE}" height="${PORTRAIT_SIDE}">${shapes}</svg>`;
  return sharp(await portrait()).composite([{ input: Buffer.from(drawing) }]);
};
/** Covers the mouth with a part of the picture itself. */
const withPatch = async (left: number, top: number, width: number, height: number) => {
  const patch = await sharp(await portrait())
    .extract({ left, top, width, height })
    .resize(240, 140)
    .toBuffer();
  return sharp(await portrait()).composite([{ input: patch, left: 310, top: 378 }]);
};
const changed = async (change: (portrait: Sharp) => Sharp) => change(sharp(await portrait()));
const crowd = async (sides: number[]) => {
  const places = await Promise.all(
    sides.map(async (side, at) => ({
      input: await sharp(await portrait())
        .resize(side)
        .toBuffer(),
      left: 20 + at * 420,
      top: 30,
    })),
  );
  return sharp(
    await sharp({ create: { width: 1_300, height: 480, channels: 3, background: '#7a8' } })
      .composite(places)
      .png()
      .toBuffer(),
  );
};

const MASK = 'M300 380 Q430 340 560 385 L550 480 Q430 580 310 470Z';
const FINGERS = [0, 1, 2, 3].map(
  (at) => `<rect x="300" y="${372 + at * 32}" width="270" height="30" rx="15" fill="#d9a98c" stroke="#a06a50" stroke-width="3"/>`,
);

describe.skipIf(!folder)('a photo is good enough', () => {
  it.each<[string, () => Promise<string | Buffer | Sharp>]>([
    ['as it is', async () => photograph('astronaut.png')],
    ['cropped to the head', portrait],
    ['small', () => changed((image) => image.resize(290))],
    ['large', () => changed((image) => image.resize(2_000))],
    ['without color', () => changed((image) => image.greyscale())],
    ['dark', () => changed((image) => image.linear(0.45, 0))],
    ['pale', () => changed((image) => image.linear(0.4, 110))],
    ['of a dark skin', () => changed((image) => image.gamma(1, 2.2).modulate({ brightness: 0.6 }))],
    ['tilted by 25 degrees', () => changed((image) => image.rotate(25, { background: '#888' }))],
    ['mirrored', () => changed((image) => image.flop())],
    ['a little soft', () => changed((image) => image.blur(3))],
    ['compressed badly', async () => (await changed((image) => image.jpeg({ quality: 15 }))).toBuffer()],
    [
      'with a beard',
      () =>
        withDrawing(
          '<path d="M310 400 Q330 395 370 392 Q430 375 490 395 Q530 398 555 405 L545 480 Q430 590 315 470Z M350 412 Q430 395 505 420 Q430 480 350 412Z" fill-rule="evenodd" fill="#3a2a1e"/>',
        ),
    ],
  ])('%s', async (_what, make) => {
    expect(await judged(await make())).toBe('good');
  });
});

describe.skipIf(!folder)('a photo is refused', () => {
  it.each<[string, string, () => Promise<string | Buffer | Sharp>]>([
    ['no-face', 'of a cat', async () => photograph('chelsea.png')],
    ['no-face', 'of a rocket', async () => photograph('rocket.jpg')],
    ['no-face', 'of a cup', async () => photograph('coffee.png')],
    ['several-faces', 'of two', () => crowd([400, 400])],
    ['several-faces', 'of a crowd', () => crowd([400, 300, 350])],
    ['face-too-small', 'of a face of 50 pixels', () => changed((image) => image.resize(140))],
    ['face-turned-away', 'in profile', async () => photograph('camera.png')],
    ['face-turned-away', 'tilted by 45 degrees', () => changed((image) => image.rotate(45, { background: '#888' }))],
    ['face-cut-off', 'without the chin', () => changed((image) => image.extract({ left: 0, top: 0, width: 870, height: 440 }))],
    ['too-blurred', 'out of focus', () => changed((image) => image.blur(9))],
    ['too-blurred', 'enlarged from a thumbnail', async () => changed((image) => image.blur(12))],
    ['mouth-hidden', 'with a blue mask', () => withDrawing(`<path d="${MASK}" fill="#7fb0d8"/>`)],
    [
      'mouth-hidden',
      'with a white mask',
      () => withDrawing(`<path d="${MASK}" fill="#eee"/><path d="M305 410 L555 415M310 440L550 445" stroke="#ccc"/>`),
    ],
    ['mouth-hidden', 'with a black mask', () => withDrawing(`<path d="${MASK}" fill="#1a1a1e"/>`)],
    [
      'mouth-hidden',
      'with a microphone',
      () => withDrawing('<circle cx="430" cy="440" r="75" fill="#222"/><path d="M405 500h50v300h-50z"/>'),
    ],
    ['mouth-hidden', 'with a bar', () => withDrawing('<rect x="330" y="390" width="200" height="70"/>')],
    ['mouth-hidden', 'with fingers', () => withDrawing(FINGERS.join(''))],
    ['mouth-hidden', 'with skin over the mouth', () => withPatch(380, 270, 90, 40)],
    ['mouth-hidden', 'half covered', () => withDrawing('<rect x="430" y="380" width="140" height="120" fill="#556"/>')],
  ])('%s: %s', async (problem, _what, make) => {
    expect(await judged(await make())).toBe(problem);
  });
});

describe.skipIf(!folder)('of several people', () => {
  it('the largest face is taken if that is wanted', async () => {
    expect(await judged(await crowd([400, 250, 300]), true)).toBe('good');
  });

  it('those far in the background do not count', async () => {
    expect(await judged(await crowd([450, 120]))).toBe('good');
  });
});

describe('a drawn face', () => {
  it.each(['Clara', 'Samuel', 'Mei', 'Amira', 'George', 'Nora', 'Mateo'])('is good enough: %s', async (name) => {
    expect(await judged(Buffer.from(await parts.pictureOfCharacter(name)))).toBe('good');
  });
});
