import sharp, { type Sharp } from 'sharp';
import { pointAt } from '../../packages/server/src/face/building/face-mesh.ts';
import { type Face, loadFaceFinder } from '../../packages/server/src/face/building/find-faces.ts';
import { judgePhoto, sharpnessOf } from '../../packages/server/src/face/building/judge-photo.ts';
import { readPicture } from '../../packages/server/src/face/building/read-picture.ts';
import { cleanPicture } from '../../packages/server/src/images/clean-picture.ts';
import { realPhotographs } from './real-photographs.ts';

/**
 * What the gate says of real pictures and of what can be wrong with them, against what it should say:
 * `node --import tsx --conditions=source bench/face/gate-table.ts` prints a line for each and the count of wrong ones.
 */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  profile: ['face-turned-away', 'face-too-small'],
  guido: ['good', 'face-turned-away'],
  paumier: ['face-turned-away'],
  'half a face': ['face-cut-off'],
  'cut face': ['face-cut-off'],
  'face in a strip': ['good', 'face-cut-off'],
  'face squeezed': ['good', 'mouth-hidden'],
  'blurred away': ['no-face'],
  softened: ['too-blurred'],
};
/** Portraits that everything is done to. */
const CHANGED = ['collins', 'hopper', 'obama', 'biden', 'henner', 'maher', 'filippo'];

type Change = [name: string, expected: readonly string[], make: (head: Sharp, face: Face) => Promise<Sharp> | Sharp];

/** Draws over the face; the drawing's units are heights of the face, 0, 0 the middle of the mouth, turned as the face is. */
const drawn = (shapes: string) => async (head: Sharp, face: Face) => {
  const { width = 1, height = 1 } = await head.metadata();
  const [x, y] = [0, 1].map((axis) => (pointAt(face.points, 13)[axis]! + pointAt(face.points, 14)[axis]!) / 2);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><g transform="translate(${x} ${y}) rotate(${face.angles.roll}) scale(${face.square.side})">${shapes}</g></svg>`;
  return sharp(
    await head
      .composite([{ input: Buffer.from(svg) }])
      .png()
      .toBuffer(),
  );
};
const MASK = '<path d="M-.36 -.16Q0 -.3 .36 -.16L.32 .14Q0 .42 -.32 .14Z" fill="COLOR"/>';
const HAND = [0, 1, 2, 3]
  .map(
    (at) =>
      `<rect x="-.3" y="${-0.16 + at * 0.09}" width=".75" height=".085" rx=".04" fill="#cf9d80" stroke="#8a5a44" stroke-width=".008"/>`,
  )
  .join('');
const GLASSES =
  '<g fill="#15151a"><rect x="-.37" y="-.55" width=".32" height=".2" rx=".07"/><rect x=".05" y="-.55" width=".32" height=".2" rx=".07"/><rect x="-.1" y="-.52" width=".2" height=".03"/></g>';

const CHANGES: Change[] = [
  ['small', ['good', 'face-too-small'], (head, face) => head.resize({ width: scaled(head, 110 / face.square.side) })],
  ['tiny', ['face-too-small', 'no-face'], (head, face) => head.resize({ width: scaled(head, 45 / face.square.side) })],
  ['softened by 1 %', ['good'], (head, face) => head.blur(Math.max(0.4, 0.01 * face.square.side))],
  ['blurred by 5 %', ['too-blurred', 'no-face'], (head, face) => head.blur(0.05 * face.square.side)],
  ['darkened', ['good'], (head) => head.linear(0.4, 0)],
  ['pale', ['good'], (head) => head.linear(0.4, 120)],
  ['grey', ['good'], (head) => head.greyscale()],
  ['on its side', ['good'], (head) => head.rotate(90)],
  ['on its head', ['good'], (head) => head.rotate(180)],
  ['mirrored', ['good'], (head) => head.flop()],
  ['JPEG of quality 12', ['good'], async (head) => sharp(await head.flatten().jpeg({ quality: 12 }).toBuffer())],
  ['blue mask', ['mouth-hidden', 'no-face'], drawn(MASK.replace('COLOR', '#7fb0d8'))],
  ['black mask', ['mouth-hidden', 'no-face'], drawn(MASK.replace('COLOR', '#16161a'))],
  ['white mask', ['mouth-hidden', 'no-face'], drawn(MASK.replace('COLOR', '#efefef'))],
  ['skin-coloured mask', ['mouth-hidden', 'no-face'], drawn(MASK.replace('COLOR', '#c99a7e'))],
  ['hand', ['mouth-hidden', 'no-face'], drawn(HAND)],
  [
    'microphone',
    ['mouth-hidden', 'no-face'],
    drawn('<circle cy=".03" r=".2" fill="#222"/><rect x="-.06" y=".2" width=".12" height=".9"/>'),
  ],
  ['sunglasses', ['eyes-hidden', 'good'], drawn(GLASSES)],
  [
    'chin cut off',
    ['face-cut-off'],
    (head, face) => head.extract({ left: 0, top: 0, width: widthOf(head), height: Math.round(pointAt(face.points, 17)[1]) }),
  ],
];

const widths = new WeakMap<Sharp, number>();
const widthOf = (head: Sharp) => widths.get(head) ?? 1;
const scaled = (head: Sharp, by: number) => Math.max(1, Math.round(widthOf(head) * by));

const findFaces = await loadFaceFinder();
let wrong = 0;
let count = 0;

async function judge(name: string, image: Uint8Array, expected: readonly string[]): Promise<void> {
  const { picture, faces } = await readPicture((await cleanPicture(image)).webp, findFaces);
  const verdict = judgePhoto(picture, faces, { takeLargest: false }).problem ?? 'good';
  const right = expected.includes(verdict);
  count++;
  if (!right) wrong++;
  const [face] = faces;
  const numbers = face
    ? `${face.square.side.toFixed(0)} px, yaw ${face.angles.yaw.toFixed(0)}, lips ${face.unsteadiness?.lips.toFixed(2)}, eyes ${face.unsteadiness?.eyes.toFixed(2)}, sharp ${sharpnessOf(picture, face).toFixed(0)}`
    : '';
  console.log(`| ${name} | ${verdict} | ${right ? 'right' : `WRONG: ${expected.join(' or ')}`} | ${numbers} |`);
}

console.log('| picture | verdict | | face |\n| --- | --- | --- | --- |');
const photographs = await realPhotographs();
for (const { name, kind, bytes } of photographs) {
  await judge(name, bytes, EXPECTED[name] ?? [kind === 'portrait' ? 'good' : 'no-face']);
}
for (const { name, bytes } of photographs.filter((photograph) => CHANGED.includes(photograph.name))) {
  const { picture, faces } = await readPicture((await cleanPicture(bytes)).webp, findFaces);
  const [face] = faces;
  if (!face) throw new Error(`Nobody is found in ${name}`);
  const { width, height } = picture;
  for (const [what, expected, make] of CHANGES) {
    const head = sharp(
      await sharp(picture.rgb, { raw: { width, height, channels: 3 } })
        .png({ compressionLevel: 1 })
        .toBuffer(),
    );
    widths.set(head, width);
    const changed = await make(head, face);
    await judge(`${name}, ${what}`, await changed.png({ compressionLevel: 1 }).toBuffer(), expected);
  }
}
const portraits = photographs.filter(({ name }) => ['obama', 'maher', 'filippo', 'collins'].includes(name));
const crowd = await Promise.all(
  portraits.map(async ({ bytes }, at) => ({
    input: await sharp(bytes).autoOrient().resize(500, 500, { fit: 'cover', position: 'top' }).toBuffer(),
    left: at * 500,
    top: 0,
  })),
);
const group = sharp({ create: { width: 2000, height: 500, channels: 3, background: '#888' } }).composite(crowd);
await judge('four people', await group.png().toBuffer(), ['several-faces']);
console.log(`\n${count - wrong} of ${count} right`);
