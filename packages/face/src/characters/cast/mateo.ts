import type { CharacterDrawing } from '../drawing.ts';
import { ellipse } from '../path.ts';
import { backdrop } from './backdrop.ts';
import { curls } from './hair.ts';
import { type FaceShape, faceLayer, headOf, humanEyes, lips, neck, noseLayer, type Skin, torso } from './parts.ts';

const SKIN: Skin = { base: '#cf9468', light: '#eab98d', shade: '#a5683f', deep: '#633419', blush: '#cf6a4c' };
const HAIR = { dark: '#1c100c', base: '#3a231a', light: '#614031', shine: '#916451' };
const SHAPE: FaceShape = { top: 216, cheek: 182, jaw: 152, chinBreadth: 0.5, chinY: 722, jawY: 620 };

export const MATEO: CharacterDrawing = {
  name: 'Mateo',
  background: backdrop('#dff3ee', '#8ccbbd', '#f5fffc', '#b5e0d5'),
  layers: [
    {
      name: 'hair behind',
      follows: 'head',
      depth: -50,
      relief: 0.4,
      jaw: 0,
      picture: curls(
        [
          [330, 420, 48],
          [318, 350, 51],
          [694, 420, 48],
          [706, 350, 51],
          [342, 284, 59],
          [682, 284, 59],
          [420, 215, 70],
          [604, 215, 70],
          [512, 198, 80],
          [512, 304, 142],
        ],
        { ...HAIR, base: '#281711', light: '#3f281f' },
      ),
    },
    {
      name: 'body',
      follows: 'body',
      picture: [
        // The hood lies behind the neck.
        {
          path: 'M330 850 C320 760 400 730 512 730 C624 730 704 760 694 850 L640 900 L384 900 Z',
          paint: {
            linear: [340, 740, 690, 880],
            stops: [
              [0, '#e2573d'],
              [1, '#8f2716'],
            ],
          },
        },
        ...torso('#e8593c', '#fb8a66', '#ab3520', { width: 416, neckHalf: 124, neckY: 812 }),
        ...neck(SKIN, 78, 850),
        {
          path: 'M412 830 C440 880 476 898 512 900 C548 898 584 880 612 830 L630 850 C600 910 560 930 512 932 C464 930 424 910 394 850 Z',
          paint: {
            linear: [400, 830, 620, 930],
            stops: [
              [0, '#ffffff'],
              [1, '#d5dade'],
            ],
          },
        },
        {
          path: 'M356 812 C330 850 340 900 400 940 C440 964 480 980 500 1006 L512 930 C464 926 420 900 396 836 C388 818 372 806 356 812 Z',
          paint: {
            linear: [340, 810, 500, 990],
            stops: [
              [0, '#ff9a77'],
              [0.5, '#e9603f'],
              [1, '#b83c24'],
            ],
          },
        },
        {
          path: 'M668 812 C694 850 684 900 624 940 C584 964 544 980 524 1006 L512 930 C560 926 604 900 628 836 C636 818 652 806 668 812 Z',
          paint: {
            linear: [690, 810, 530, 990],
            stops: [
              [0, '#f27a55'],
              [0.5, '#d14c2f'],
              [1, '#9a2d19'],
            ],
          },
        },
        {
          path: 'M352 830 C340 880 370 916 420 944 C460 966 490 984 502 1006',
          paint: '#8f2716',
          opacity: 0.6,
          stroke: { width: 7, taper: true },
          blur: 2.5,
          mirror: true,
        },
        { path: 'M512 1000 L512 1120', paint: '#8f2716', opacity: 0.5, stroke: { width: 5 }, blur: 1 },
        { path: 'M452 958 C450 1010 456 1050 448 1100', paint: '#f7f1e8', stroke: { width: 9 }, mirror: true },
        { path: 'M454 960 C452 1010 458 1050 450 1100', paint: '#b7a89a', opacity: 0.6, stroke: { width: 3 }, mirror: true },
        { path: ellipse(452, 956, 8), paint: '#d9b25a', mirror: true },
      ],
    },
    faceLayer({
      skin: SKIN,
      shape: SHAPE,
      blush: 0.3,
      hairShadow:
        'M330 420 L330 210 L700 210 L694 420 C684 380 668 350 640 338 C590 352 540 326 500 340 C450 350 400 336 372 352 C350 366 340 390 330 420 Z',
      over: [
        {
          path: 'M346 600 C380 700 450 740 512 740 C574 740 644 700 678 600 C640 650 610 664 590 650 C570 600 540 604 512 604 C484 604 454 600 434 650 C414 664 384 650 346 600 Z',
          paint: HAIR.base,
          opacity: 0.16,
          blur: 10,
        },
        { path: 'M494 690 C500 704 524 704 530 690 L526 716 L498 716 Z', paint: HAIR.dark, opacity: 0.2, blur: 5 },
      ],
    }),
    noseLayer(SKIN, { width: 33, tipY: 566 }),
    'features',
    {
      name: 'hair',
      follows: 'head',
      depth: 20,
      relief: 0.85,
      jaw: 0,
      picture: curls(
        [
          [334, 392, 32],
          [690, 392, 32],
          [342, 334, 40],
          [684, 336, 40],
          [372, 272, 49],
          [654, 272, 49],
          [440, 223, 55],
          [586, 223, 55],
          [512, 210, 55],
          [376, 318, 38],
          [430, 277, 48],
          [504, 261, 51],
          [580, 273, 48],
          [640, 316, 38],
          [420, 321, 30],
          [474, 315, 36],
          [536, 318, 34],
          [596, 320, 30],
          [452, 338, 19],
          [566, 342, 18],
        ],
        HAIR,
      ),
    },
  ],
  head: headOf(SHAPE),
  eyes: humanEyes(SKIN, {
    lash: '#1b0f0a',
    lashWidth: 6.5,
    wing: 3,
    upper: 24,
    lower: 16,
    slant: 5,
    iris: { radius: 22, color: '#7d4f28', rim: '#30190c', pupil: '#0c0604' },
    brow: { color: '#241510', y: 406, from: 40, to: 136, thickness: 20, arch: 10, fall: 7 },
  }),
  mouth: lips('#a5574c', '#ba7061', '#d0907e', '#602a22', SKIN.deep, { upperLip: 14, lowerLip: 20, smile: 12 }),
};
