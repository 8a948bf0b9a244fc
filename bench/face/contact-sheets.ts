import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  createFaceRenderer,
  type FaceAsset,
  frameFace,
  measureFace,
  type PictureSettings,
  type Pose,
  portraitFromAsset,
  REST,
  readAsset,
  toPicture,
} from '@visavis/face';
import sharp from 'sharp';
import { parts } from '../../packages/server/src/face/building/building-parts.ts';
import { loadFaceFinder } from '../../packages/server/src/face/building/find-faces.ts';
import { judgePhoto } from '../../packages/server/src/face/building/judge-photo.ts';
import { readPicture } from '../../packages/server/src/face/building/read-picture.ts';
import { cleanPicture } from '../../packages/server/src/images/clean-picture.ts';
import { realPhotographs } from './real-photographs.ts';

/**
 * Draws what photos look like in many poses, to be looked at:
 * `node --import tsx --conditions=source bench/face/contact-sheets.ts [OUTPUT_FOLDER [PHOTO...]]`
 * Without photos: the portraits of `real-photographs.ts`, and pictures of George (beard, glasses) and Amira (headscarf), each cleaned, found,
 * judged and built as an upload is. `--only=mouths,eyes` draws some of the sheets, `--of=maher,guido` some of the portraits.
 */
const listed = (option: string) =>
  process.argv
    .find((argument) => argument.startsWith(`--${option}=`))
    ?.slice(option.length + 3)
    .split(',');
const only = listed('only');
const of = listed('of');
const [output = 'bench/results/face', ...files] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

async function photos(): Promise<Array<{ name: string; bytes: Uint8Array }>> {
  if (files.length > 0) {
    return Promise.all(
      files.map(async (file) => ({ name: path.basename(file).replace(/\.\w+$/, ''), bytes: await readFile(file) })),
    );
  }
  const real = (await realPhotographs()).filter(({ kind }) => kind === 'portrait');
  const drawn = ['George', 'Amira'].map(async (name) => ({
    name: name.toLowerCase(),
    bytes: await parts.pictureOfCharacter(name),
  }));
  return [...real, ...(await Promise.all(drawn))].filter(({ name }) => !of || of.includes(name));
}

const MOUTHS: Record<string, Partial<Pose>> = {
  rest: {},
  aa: { open: 1, wide: 0.2 },
  half: { open: 0.5 },
  ee: { open: 0.3, wide: 0.9 },
  oo: { open: 0.35, narrow: 0.9, pucker: 0.9 },
  oh: { open: 0.65, narrow: 0.65, pucker: 0.6 },
  ff: { open: 0.12, tuck: 1, up: 0.5 },
  mm: { press: 1 },
  ss: { open: 0.15, wide: 0.5 },
  th: { open: 0.3, tongue: 1 },
  slit: { open: 0.06 },
  smile: { smile: 1 },
};
const HEADS: Record<string, Partial<Pose>> = {
  ahead: {},
  right: { yaw: 6, roll: 2 },
  left: { yaw: -6, pitch: 2 },
  down: { pitch: 5, roll: -4, shiftX: 0.02 },
};
const EYES: Record<string, Partial<Pose>> = {
  open: {},
  b30: { blink: 0.3 },
  b60: { blink: 0.6 },
  b85: { blink: 0.85 },
  shut: { blink: 1 },
  left: { gazeX: -1 },
  right: { gazeX: 1 },
  up: { gazeY: -1 },
  down: { gazeY: 1 },
  'down left': { gazeX: -0.7, gazeY: 0.7 },
  brows: { brow: 1 },
  frown: { brow: -1 },
};
const WILD: Record<string, Partial<Pose>> = {
  'yaw 90': { yaw: 90 },
  'all out': { yaw: -50, pitch: 40, roll: 60, shiftX: 1, shiftY: -1, open: 3, wide: 2, smile: 3, blink: 0.5 },
  'all in': { roll: -60, pitch: -40, open: 1, narrow: 1, pucker: 1, press: 1, tuck: 1, up: 1, tongue: 1 },
  nan: { yaw: Number.NaN, open: Number.NaN },
};

type Tile = {
  label: string;
  pose: Partial<Pose>;
  settings: PictureSettings;
  crop?: [left: number, top: number, width: number, height: number];
};

const SQUARE: PictureSettings = { width: 512, height: 512, background: { type: 'own' } };

await mkdir(output, { recursive: true });
const findFaces = await loadFaceFinder();
for (const { name, bytes: photo } of await photos()) {
  const { picture, faces } = await readPicture((await cleanPicture(photo)).webp, findFaces);
  const { face, problem } = judgePhoto(picture, faces, { takeLargest: true });
  if (problem !== undefined) {
    console.log(name, 'is refused:', problem);
    continue;
  }
  const began = performance.now();
  const bytes = await parts.ofPhoto({ ...picture, landmarks: face.points });
  console.log(name, 'asset', bytes.length, 'bytes in', Math.round(performance.now() - began), 'ms');
  await writeFile(path.join(output, `${name}.face`), bytes);
  const asset = readAsset(bytes);

  const sheet = async (title: string, columns: number, size: number, tiles: Tile[]) => {
    if (only && !only.includes(title)) return;
    const renderers = new Map<PictureSettings, ReturnType<typeof createFaceRenderer>>();
    const images = tiles.map(({ pose, settings }) => {
      const renderer = renderers.get(settings) ?? createFaceRenderer(asset, settings);
      renderers.set(settings, renderer);
      const frame = new Uint8Array((settings.width * settings.height * 3) / 2);
      renderer.render({ ...REST, ...pose }, frame);
      return frame;
    });
    const composites = await Promise.all(
      tiles.map(async ({ label, settings, crop }, index) => {
        const rgb = rgbOfFrame(images[index]!, settings.width, settings.height);
        let image = sharp(rgb, { raw: { width: settings.width, height: settings.height, channels: 3 } });
        if (crop)
          image = sharp(await image.extract({ left: crop[0], top: crop[1], width: crop[2], height: crop[3] }).png().toBuffer());
        const text = `<svg width="${size}" height="16"><text x="4" y="12" font-size="12" font-family="sans-serif" fill="#fff" stroke="#000" stroke-width="2" paint-order="stroke">${label}</text></svg>`;
        const tile = await image
          .resize(size, size, { fit: 'contain', background: '#222' })
          .composite([{ input: Buffer.from(text), left: 0, top: 0 }])
          .png()
          .toBuffer();
        return { input: tile, left: (index % columns) * size, top: Math.floor(index / columns) * size };
      }),
    );
    await sharp({
      create: { width: columns * size, height: Math.ceil(tiles.length / columns) * size, channels: 3, background: '#222' },
    })
      .composite(composites)
      .png()
      .toFile(path.join(output, `${name}-${title}.png`));
  };

  if (!only || only.includes('spoken')) await drawSpoken(bytes, path.join(output, `${name}-spoken.png`));

  const tilesOf = (poses: Record<string, Partial<Pose>>, settings = SQUARE, crop?: Tile['crop']): Tile[] =>
    Object.entries(poses).map(([label, pose]) => (crop ? { label, pose, settings, crop } : { label, pose, settings }));

  const { mouth, eyes } = placesOf(asset);
  await sheet('mouths', 4, 320, tilesOf(MOUTHS, SQUARE, mouth));
  await sheet('eyes', 4, 320, tilesOf(EYES, SQUARE, eyes));
  await sheet(
    'heads',
    6,
    256,
    Object.entries(HEADS).flatMap(([head, headPose]) =>
      ['rest', 'aa', 'oo', 'ff', 'ee', 'smile'].map((mouth) => ({
        label: `${head} ${mouth}`,
        pose: { ...headPose, ...MOUTHS[mouth] },
        settings: SQUARE,
      })),
    ),
  );
  await sheet('wild', 4, 320, tilesOf(WILD));
  const image = {
    type: 'image' as const,
    width: 3,
    height: 2,
    rgb: Uint8Array.of(40, 60, 90, 90, 120, 140, 60, 90, 120, 200, 190, 170, 220, 200, 180, 190, 180, 160),
  };
  const backgrounds: [string, PictureSettings['background']][] = [
    ['own', { type: 'own' }],
    ['blur', { type: 'blur' }],
    ['green', { type: 'color', red: 20, green: 120, blue: 80 }],
    ['white', { type: 'color', red: 250, green: 250, blue: 250 }],
    ['image', image],
  ];
  await sheet(
    'backgrounds',
    3,
    420,
    backgrounds.flatMap(([label, background]) => [
      { label, pose: { yaw: 4, roll: 3, open: 0.4 }, settings: { ...SQUARE, background } },
    ]),
  );
  const sizes = [
    [512, 512],
    [480, 640],
    [640, 480],
    [1280, 720],
    [64, 64],
    [360, 640],
  ] as const;
  await sheet(
    'sizes',
    3,
    480,
    sizes.map(([width, height]) => ({
      label: `${width}x${height}`,
      pose: { open: 0.3, yaw: 3 },
      settings: { width, height, background: { type: 'own' } },
    })),
  );
}

/** Squares around the mouth and the eyes of the face in a square picture. */
function placesOf(asset: FaceAsset): { mouth: Tile['crop']; eyes: Tile['crop'] } {
  const { landmarks, photo } = portraitFromAsset(asset);
  const measures = measureFace(landmarks);
  const { left, top, scale } = frameFace(measures, photo, SQUARE.width, SQUARE.height);
  const around = (localY: number, heights: number): Tile['crop'] => {
    const [x, y] = toPicture(measures, 0, localY);
    const side = Math.min(SQUARE.width, Math.round(heights * measures.faceHeight * scale));
    const within = (middle: number) => Math.max(0, Math.min(SQUARE.width - side, Math.round(middle - side / 2)));
    return [within((x - left) * scale), within((y - top) * scale), side, side];
  };
  return { mouth: around(0, 0.85), eyes: around(measures.foreheadY * 0.6, 0.95) };
}

/** Each second picture of the preview clip: a sentence with a closed mouth before and after. */
async function drawSpoken(bytes: Uint8Array, file: string): Promise<void> {
  const { clip } = await parts.preview(bytes);
  const size = 300;
  const columns = 6;
  const frames = Array.from({ length: 30 }, (_, index) => 8 + 2 * index);
  const composites = await Promise.all(
    frames.map(async (frame, index) => ({
      input: await sharp(clip, { page: frame })
        .extract({ left: 70, top: 60, width: 180, height: 200 })
        .resize(size, size, { fit: 'cover' })
        .png()
        .toBuffer(),
      left: (index % columns) * size,
      top: Math.floor(index / columns) * size,
    })),
  );
  await sharp({
    create: { width: columns * size, height: Math.ceil(frames.length / columns) * size, channels: 3, background: '#222' },
  })
    .composite(composites)
    .png()
    .toFile(file);
}

/** RGB of an I420 frame (BT.601, limited range). */
function rgbOfFrame(frame: Uint8Array, width: number, height: number): Buffer {
  const rgb = Buffer.alloc(width * height * 3);
  const u = width * height;
  const v = u + u / 4;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const half = (row >> 1) * (width >> 1) + (column >> 1);
      const luma = 1.164383 * (frame[row * width + column]! - 16);
      const blueness = frame[u + half]! - 128;
      const redness = frame[v + half]! - 128;
      const at = 3 * (row * width + column);
      rgb[at] = limit(luma + 1.596027 * redness);
      rgb[at + 1] = limit(luma - 0.391762 * blueness - 0.812968 * redness);
      rgb[at + 2] = limit(luma + 2.017232 * blueness);
    }
  }
  return rgb;
}

function limit(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}
