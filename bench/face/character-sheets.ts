import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Background, CAST, createCharacterRenderer, i420Bytes, type Pose, REST } from '@visavis/face';
import sharp from 'sharp';
import { rgbOf } from '../../packages/face/src/raster/picture.ts';

/**
 * Draws every built-in character in every viseme, with its lids, looks, brows and turns, in every shape of picture, to be looked at:
 * `node --import tsx --conditions=source bench/face/character-sheets.ts [OUTPUT_FOLDER] [NAME...]`
 */
const [output = 'bench/results/characters', ...names] = process.argv.slice(2);

const VISEMES: Record<string, Partial<Pose>> = {
  sil: {},
  PP: { press: 0.6 },
  FF: { open: 0.14, tuck: 1, up: 0.35 },
  TH: { open: 0.24, tongue: 0.9 },
  DD: { open: 0.2, tongue: 0.6, wide: 0.1 },
  kk: { open: 0.28 },
  CH: { open: 0.2, narrow: 0.35, pucker: 0.5, up: 0.3 },
  SS: { open: 0.12, wide: 0.25 },
  nn: { open: 0.18, tongue: 0.6 },
  RR: { open: 0.24, narrow: 0.3, pucker: 0.4 },
  aa: { open: 0.9, wide: 0.05 },
  E: { open: 0.55, wide: 0.3 },
  I: { open: 0.36, wide: 0.35 },
  O: { open: 0.62, narrow: 0.45, pucker: 0.6 },
  U: { open: 0.26, narrow: 0.75, pucker: 1 },
};
const MOVES: Record<string, Partial<Pose>> = {
  'half shut': { blink: 0.5 },
  shut: { blink: 1 },
  smile: { smile: 1 },
  laugh: { smile: 1, open: 0.5, wide: 0.3 },
  'brows up': { brow: 1 },
  'brows down': { brow: -1 },
  'looks right': { gazeX: 1 },
  'looks left': { gazeX: -1 },
  'looks down': { gazeY: 1 },
  'looks up': { gazeY: -1 },
  'turns right': { yaw: 8 },
  'turns left': { yaw: -8 },
  nods: { pitch: 7 },
  'head up': { pitch: -7 },
  tilts: { roll: 8, breath: 1 },
};
const SHAPES: Array<[width: number, height: number, background: Background]> = [
  [320, 320, { type: 'own' }],
  [240, 320, { type: 'blur' }],
  [426, 320, { type: 'color', red: 24, green: 32, blue: 48 }],
  [568, 320, { type: 'own' }],
];

await mkdir(output, { recursive: true });
for (const drawing of CAST) {
  if (names.length > 0 && !names.includes(drawing.name)) continue;
  const side = 320;
  const poses = Object.values({ ...VISEMES, ...MOVES });
  const frames = poses.map((pose) => draw(side, side, { type: 'own' }, pose));
  const shapes = SHAPES.map(([width, height, background]) => draw(width, height, background, { open: 0.4, smile: 0.4, yaw: 4 }));
  const rows = Math.ceil(poses.length / 5);
  let left = 0;
  const below = shapes.map((input) => {
    const placed = { ...input, left, top: rows * side };
    left += input.raw.width;
    return placed;
  });
  const sheet = frames.map((input, i) => ({ ...input, left: (i % 5) * side, top: Math.floor(i / 5) * side }));
  const canvas = { width: 5 * side, height: (rows + 1) * side, channels: 3, background: '#888' } as const;
  const file = path.join(output, `${drawing.name.toLowerCase()}.png`);
  await sharp({ create: canvas })
    .composite([...sheet, ...below])
    .png()
    .toFile(file);
  process.stdout.write(`${file}\n`);

  function draw(width: number, height: number, background: Background, pose: Partial<Pose>) {
    const renderer = createCharacterRenderer(drawing, { width, height, background });
    const frame = new Uint8Array(i420Bytes(width, height));
    renderer.render({ ...REST, ...pose }, frame);
    return { input: toRgb(frame, width, height), raw: { width, height, channels: 3 } as const };
  }
}

function toRgb(frame: Uint8Array, width: number, height: number): Buffer {
  const rgb = Buffer.alloc(width * height * 3);
  const [u, v] = [width * height, width * height * 1.25];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const color = (y >> 1) * (width / 2) + (x >> 1);
      rgb.set(rgbOf({ y: frame[y * width + x]!, u: frame[u + color]!, v: frame[v + color]! }), 3 * (y * width + x));
    }
  return rgb;
}
