import type { CharacterDrawing, Shape } from '../drawing.ts';
import { ellipse } from '../path.ts';
import { backdrop } from './backdrop.ts';
import { hairMass } from './hair.ts';
import { type FaceShape, faceLayer, headOf, humanEyes, lips, neck, noseLayer, type Skin, torso } from './parts.ts';

const SKIN: Skin = { base: '#8d5a3a', light: '#b47c54', shade: '#64391f', deep: '#3a1d10', blush: '#a34f38' };
const HAIR = { dark: '#0d0a0a', base: '#1d1716', light: '#3a302d', shine: '#5a4c46' };
const SHAPE: FaceShape = { top: 214, cheek: 186, jaw: 160, chinBreadth: 0.72, chinY: 728, jawY: 628 };

const CAP =
  'M330 452 C318 300 366 164 512 158 C658 164 706 300 694 452 C690 410 684 372 668 342 C650 306 628 292 596 290 C560 286 540 292 512 292 C484 292 464 286 428 290 C396 292 374 306 356 342 C340 372 334 410 330 452 Z';

/** Short hair is many small curls, also at its edge. */
const fuzz: Shape[] = [];
for (let i = 0; i < 340; i++) {
  const angle = Math.PI * (1.0 + 1.0 * ((i * 0.7549) % 1));
  const distance = 0.42 + 0.62 * ((i * 0.5698) % 1);
  const [x, y] = [512 + 186 * distance * Math.cos(angle), 352 + 196 * distance * Math.sin(angle)];
  fuzz.push({
    path: `M${(x - 6).toFixed(1)} ${y.toFixed(1)} C${(x - 5).toFixed(1)} ${(y - 8).toFixed(1)} ${(x + 5).toFixed(1)} ${(y - 8).toFixed(1)} ${(x + 5).toFixed(1)} ${(y + 2).toFixed(1)}`,
    paint: i % 3 === 0 ? HAIR.shine : HAIR.light,
    opacity: 0.5,
    stroke: { width: 3.6, taper: true },
    blur: 0.6,
  });
}

const edge: Shape[] = [];
for (let i = 0; i <= 46; i++) {
  const angle = Math.PI * (1 + i / 46);
  const [x, y] = [512 + 179 * Math.cos(angle) * (1 - 0.02 * Math.sin(i)), 400 + 239 * Math.sin(angle)];
  edge.push({ path: ellipse(Math.round(x), Math.round(y), 7 + (i % 3)), paint: i % 2 ? HAIR.base : HAIR.dark });
}

export const SAMUEL: CharacterDrawing = {
  name: 'Samuel',
  background: backdrop('#d9eaf3', '#8db7d2', '#f4fbff', '#b4d3e5'),
  layers: [
    {
      name: 'body',
      follows: 'body',
      picture: [
        ...torso('#dc9a2c', '#f0bd5c', '#a8690f', { width: 430, neckHalf: 128, neckY: 800 }),
        ...neck(SKIN, 86, 850),
        // A shirt's collar out of a knitted neckline.
        {
          path: 'M398 772 C402 800 420 846 506 884 L512 900 L470 930 L372 850 L378 790 Z',
          paint: {
            linear: [380, 780, 500, 920],
            stops: [
              [0, '#ffffff'],
              [0.6, '#eef2f5'],
              [1, '#c9d3da'],
            ],
          },
        },
        {
          path: 'M626 772 C622 800 604 846 518 884 L512 900 L554 930 L652 850 L646 790 Z',
          paint: {
            linear: [640, 780, 520, 920],
            stops: [
              [0, '#e6ecf0'],
              [0.6, '#d5dee4'],
              [1, '#b3c0c9'],
            ],
          },
        },
        {
          path: 'M398 772 C402 800 420 846 506 884',
          paint: '#8fa0ac',
          opacity: 0.7,
          stroke: { width: 4, taper: true },
          mirror: true,
          blur: 0.8,
        },
        { path: 'M352 836 C390 960 470 980 512 984 C554 980 634 960 672 836', paint: '#b97711', stroke: { width: 40 } },
        {
          path: 'M350 830 C386 946 468 966 512 970 C556 966 638 946 674 830',
          paint: '#f3c770',
          opacity: 0.8,
          stroke: { width: 6, taper: true },
          blur: 1.5,
        },
        {
          path: 'M346 846 C386 974 468 996 512 1000 C556 996 638 974 678 846',
          paint: '#8a5408',
          opacity: 0.6,
          stroke: { width: 7, taper: true },
          blur: 2,
        },
        ...Array.from({ length: 17 }, (_, i): Shape => {
          const t = (i + 1) / 18;
          const angle = Math.PI * (1 - t);
          const [x, y] = [512 + 158 * Math.cos(angle), 838 + 146 * Math.sin(angle) ** 0.8];
          return {
            path: `M${x.toFixed(1)} ${(y - 17).toFixed(1)} L${(512 + (x - 512) * 1.06).toFixed(1)} ${(y + 19).toFixed(1)}`,
            paint: '#8a5408',
            opacity: 0.34,
            stroke: { width: 4, taper: true },
            blur: 0.8,
          };
        }),
        ...Array.from(
          { length: 13 },
          (_, i): Shape => ({
            path: `M${160 + i * 58} ${1000 - 70 * Math.sin((Math.PI * (i + 1)) / 14)} L${150 + i * 60} 1120`,
            paint: '#a8690f',
            opacity: 0.3,
            stroke: { width: 7, taper: true },
            blur: 1.6,
          }),
        ),
      ],
    },
    faceLayer({
      skin: SKIN,
      shape: SHAPE,
      blush: 0.28,
      age: 0.25,
      hairShadow:
        'M330 470 C326 300 366 170 512 166 C658 170 698 300 694 470 C686 390 676 330 600 306 L424 306 C348 330 338 390 330 470 Z',
      over: [
        // A short beard: soft at the cheeks, clear at the lips.
        {
          path: 'M318 470 C326 520 340 566 362 590 C386 612 424 604 444 596 C470 584 492 588 512 588 C532 588 554 584 580 596 C600 604 638 612 662 590 C684 566 698 520 706 470 L720 760 L304 760 Z M452 612 C440 640 448 668 470 676 C484 664 498 662 512 662 C526 662 540 664 554 676 C576 668 584 640 572 612 C552 604 530 606 512 606 C494 606 472 604 452 612 Z',
          paint: HAIR.base,
          opacity: 0.8,
          blur: 5,
        },
        { path: 'M486 678 C492 700 532 700 538 678 C530 690 494 690 486 678 Z', paint: HAIR.dark, opacity: 0.5, blur: 4 },
        { path: 'M330 560 C350 650 410 716 480 726 C420 700 366 640 350 570 Z', paint: SKIN.light, opacity: 0.25, blur: 9 },
      ],
    }),
    noseLayer(SKIN, { width: 39, tipY: 568 }),
    'features',
    {
      name: 'hair',
      follows: 'head',
      depth: 6,
      relief: 0.95,
      jaw: 0,
      picture: [
        ...edge,
        ...hairMass(
          CAP,
          HAIR,
          [
            ...fuzz,
            {
              path: 'M392 250 C420 206 460 190 512 186',
              paint: HAIR.shine,
              opacity: 0.6,
              stroke: { width: 34, taper: true },
              blur: 12,
            },
            { path: 'M330 452 C332 390 344 352 366 328 L330 300 Z', paint: SKIN.base, opacity: 0.42, blur: 12, mirror: true },
          ],
          [360, 170, 680, 420],
        ),
      ],
    },
  ],
  head: headOf(SHAPE),
  eyes: humanEyes(SKIN, {
    lash: '#120b08',
    lashWidth: 6,
    wing: 2,
    upper: 23,
    lower: 16,
    halfWidth: 42,
    slant: 4,
    white: '#f7f1ea',
    whiteShade: '#b9a79c',
    iris: { radius: 21.5, color: '#6b3f22', rim: '#26140b', pupil: '#0a0605' },
    brow: { color: '#15100e', y: 410, from: 40, to: 136, thickness: 21, arch: 10, fall: 8 },
  }),
  mouth: lips('#7c4238', '#9c5b4d', '#b97766', '#43201a', SKIN.deep, { upperLip: 16, lowerLip: 24, halfWidth: 64, smile: 6 }),
};
