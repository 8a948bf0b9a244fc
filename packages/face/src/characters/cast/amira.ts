import type { CharacterDrawing } from '../drawing.ts';
import { backdrop } from './backdrop.ts';
import { type FaceShape, faceLayer, headOf, humanEyes, lips, neck, noseLayer, type Skin, torso } from './parts.ts';

const SKIN: Skin = { base: '#d9a27a', light: '#f2c7a1', shade: '#b0754f', deep: '#73422a', blush: '#d8705a' };
const SHAPE: FaceShape = { top: 222, cheek: 180, jaw: 146, chinBreadth: 0.4, chinY: 720 };
const CLOTH = { light: '#a9cdbd', base: '#6ea393', shade: '#3f7467', deep: '#214a42' };

const OUTER =
  'M512 126 C346 124 262 246 266 420 C268 540 274 640 300 716 C330 800 420 842 512 842 C604 842 694 800 724 716 C750 640 756 540 758 420 C762 246 678 124 512 126 Z';
/** Runs the other way: a hole. */
const OPENING =
  'M512 268 C600 268 672 326 680 440 C684 530 662 600 624 650 C592 692 556 716 512 716 C468 716 432 692 400 650 C362 600 340 530 344 440 C352 326 424 268 512 268 Z';

export const AMIRA: CharacterDrawing = {
  name: 'Amira',
  background: backdrop('#fbf0e3', '#e3bd93', '#fffaf2', '#f1d7b5'),
  layers: [
    {
      name: 'scarf behind',
      follows: 'head',
      depth: -60,
      relief: 0.4,
      jaw: 0,
      settles: [700, 930],
      picture: [
        {
          path: 'M512 130 C350 128 258 250 262 430 C262 560 236 700 190 860 L300 960 L724 960 L834 860 C788 700 762 560 762 430 C766 250 674 128 512 130 Z',
          paint: {
            linear: [280, 300, 760, 900],
            stops: [
              [0, CLOTH.base],
              [1, CLOTH.deep],
            ],
          },
        },
      ],
    },
    {
      name: 'body',
      follows: 'body',
      picture: [
        ...neck(SKIN, 70, 850),
        ...torso('#3d4a6b', '#62729a', '#222b45', { width: 396 }),
        // The scarf lies on the shoulders.
        {
          path: 'M300 770 C250 800 206 840 190 884 C250 980 380 1040 470 1120 L620 1120 C720 1040 800 970 834 884 C818 840 774 800 724 770 C660 800 580 800 512 800 C444 800 364 800 300 770 Z',
          paint: {
            linear: [230, 800, 760, 1060],
            stops: [
              [0, CLOTH.light],
              [0.4, CLOTH.base],
              [1, CLOTH.shade],
            ],
          },
        },
        {
          path: 'M206 860 C300 960 420 1010 520 1120',
          paint: CLOTH.deep,
          opacity: 0.5,
          stroke: { width: 20, taper: true },
          blur: 8,
        },
        {
          path: 'M250 826 C340 920 470 960 570 1120',
          paint: CLOTH.light,
          opacity: 0.7,
          stroke: { width: 22, taper: true },
          blur: 8,
        },
        {
          path: 'M300 806 C390 890 520 920 620 1090',
          paint: CLOTH.deep,
          opacity: 0.5,
          stroke: { width: 18, taper: true },
          blur: 7,
        },
        {
          path: 'M720 790 C680 880 560 960 440 1080',
          paint: CLOTH.deep,
          opacity: 0.5,
          stroke: { width: 20, taper: true },
          blur: 7,
        },
        {
          path: 'M778 826 C720 920 620 1000 540 1110',
          paint: CLOTH.deep,
          opacity: 0.5,
          stroke: { width: 18, taper: true },
          blur: 7,
        },
        {
          path: 'M748 806 C700 900 590 980 490 1100',
          paint: CLOTH.light,
          opacity: 0.45,
          stroke: { width: 16, taper: true },
          blur: 7,
        },
      ],
    },
    faceLayer({
      skin: SKIN,
      shape: SHAPE,
      ears: false,
      blush: 0.36,
      hairShadow: 'M330 520 L310 230 L714 230 L694 520 C696 400 640 290 512 284 C384 290 328 400 330 520 Z',
    }),
    noseLayer(SKIN, { width: 30, tipY: 566 }),
    'features',
    {
      name: 'scarf',
      follows: 'head',
      depth: 14,
      relief: 0.9,
      jaw: 0.6,
      settles: [760, 900],
      picture: [
        // An under-scarf shows at the forehead.
        {
          path: `M512 238 C404 238 324 310 320 440 C316 550 340 640 384 690 C420 734 464 760 512 760 C560 760 604 734 640 690 C684 640 708 550 704 440 C700 310 620 238 512 238 Z ${OPENING}`,
          paint: {
            linear: [400, 240, 640, 700],
            stops: [
              [0, '#f3efe6'],
              [1, '#c9bfae'],
            ],
          },
        },
        {
          path: `${OUTER} M512 282 C592 276 666 334 690 440 C696 540 670 622 630 668 C598 706 556 728 512 728 C468 728 426 706 394 668 C354 622 328 540 334 440 C358 334 432 276 512 282 Z`,
          paint: CLOTH.base,
        },
        {
          within: `${OUTER} M512 282 C592 276 666 334 690 440 C696 540 670 622 630 668 C598 706 556 728 512 728 C468 728 426 706 394 668 C354 622 328 540 334 440 C358 334 432 276 512 282 Z`,
          shapes: [
            {
              path: OUTER,
              paint: {
                linear: [300, 160, 740, 800],
                stops: [
                  [0, CLOTH.light],
                  [0.42, CLOTH.base],
                  [1, CLOTH.shade],
                ],
              },
            },
            {
              path: 'M512 282 C592 276 666 334 690 440 C696 540 670 622 630 668 C598 706 556 728 512 728 C468 728 426 706 394 668 C354 622 328 540 334 440 C358 334 432 276 512 282 Z',
              paint: CLOTH.deep,
              opacity: 0.55,
              stroke: { width: 22 },
              blur: 8,
            },
            {
              path: 'M330 210 C380 166 450 146 520 150',
              paint: '#d6ebe1',
              opacity: 0.8,
              stroke: { width: 36, taper: true },
              blur: 12,
            },
            {
              path: 'M300 300 C340 220 420 200 540 214 C640 226 700 290 724 400',
              paint: CLOTH.deep,
              opacity: 0.42,
              stroke: { width: 13, taper: true },
              blur: 5,
            },
            {
              path: 'M292 340 C332 256 420 228 540 240 C640 256 690 320 716 440',
              paint: CLOTH.light,
              opacity: 0.55,
              stroke: { width: 12, taper: true },
              blur: 5,
            },
            {
              path: 'M600 148 C690 200 730 300 738 430',
              paint: CLOTH.deep,
              opacity: 0.35,
              stroke: { width: 16, taper: true },
              blur: 7,
            },
            {
              path: 'M290 440 C290 560 316 660 360 730 C410 796 480 812 540 810',
              paint: CLOTH.deep,
              opacity: 0.5,
              stroke: { width: 14, taper: true },
              blur: 6,
            },
            {
              path: 'M276 480 C280 600 300 690 350 764 C400 816 470 832 530 832',
              paint: CLOTH.light,
              opacity: 0.6,
              stroke: { width: 13, taper: true },
              blur: 5,
            },
            {
              path: 'M312 470 C316 570 336 650 378 706 C420 760 470 784 530 786',
              paint: CLOTH.light,
              opacity: 0.5,
              stroke: { width: 10, taper: true },
              blur: 5,
            },
            {
              path: 'M732 470 C728 590 706 680 660 742 C620 790 570 808 512 812',
              paint: CLOTH.deep,
              opacity: 0.55,
              stroke: { width: 16, taper: true },
              blur: 6,
            },
            {
              path: 'M750 500 C744 620 724 700 690 760',
              paint: CLOTH.light,
              opacity: 0.35,
              stroke: { width: 12, taper: true },
              blur: 6,
            },
          ],
        },
      ],
    },
  ],
  head: headOf(SHAPE),
  eyes: humanEyes(SKIN, {
    lash: '#1c0f0b',
    lashWidth: 10,
    wing: 14,
    upper: 26,
    halfWidth: 44,
    slant: 9,
    lidShade: '#9a6248',
    iris: { radius: 23, color: '#9a6533', rim: '#3f2410', pupil: '#0f0805' },
    brow: { color: '#2c1a13', y: 402, from: 40, to: 134, thickness: 17, arch: 14, fall: 9 },
  }),
  mouth: lips('#a34a4d', '#bd6562', '#d68880', '#6d272c', SKIN.deep),
};
