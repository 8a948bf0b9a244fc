import type { CharacterDrawing } from '../drawing.ts';
import { backdrop } from './backdrop.ts';
import { hairMass, strands } from './hair.ts';
import { type FaceShape, faceLayer, headOf, humanEyes, lips, neck, noseLayer, type Skin, torso } from './parts.ts';

const SKIN: Skin = { base: '#f3c8ab', light: '#fde2cd', shade: '#dc9f7f', deep: '#a9603f', blush: '#ec8672' };
const HAIR = { dark: '#5a2414', base: '#8e4325', light: '#b9653a', shine: '#e39a66' };
const SHAPE: FaceShape = { top: 226, cheek: 184, jaw: 146, chinBreadth: 0.35, chinY: 724 };

const BACK =
  'M516 132 C350 124 268 246 268 420 C268 560 196 680 214 852 C262 934 392 922 452 872 L572 872 C640 922 766 930 812 852 C830 680 758 560 758 420 C758 246 680 140 516 132 Z';
const LEFT =
  'M548 134 C400 112 272 220 268 420 C282 540 196 668 222 842 C262 898 340 906 392 858 C318 770 338 650 344 560 C350 500 340 470 350 430 C446 396 532 300 566 200 Z';
const RIGHT =
  'M536 133 C676 130 762 240 757 410 C742 548 824 676 802 842 C768 900 694 906 640 856 C704 772 694 652 684 560 C680 506 690 470 678 424 C626 382 574 306 550 206 Z';

export const CLARA: CharacterDrawing = {
  name: 'Clara',
  background: backdrop('#fdeee0', '#f2c3a0', '#fff8ef', '#f8d3b6'),
  layers: [
    {
      name: 'hair behind',
      follows: 'head',
      depth: -95,
      relief: 0.3,
      jaw: 0,
      settles: [640, 900],
      picture: hairMass(BACK, { ...HAIR, base: '#6d2f1a', light: '#7a3a21' }, [
        ...strands(
          [330, 560, 300, 680, 250, 760, 268, 880],
          [470, 560, 470, 700, 440, 780, 440, 890],
          9,
          [HAIR.dark, HAIR.base],
          8,
        ),
        ...strands(
          [700, 560, 720, 680, 780, 760, 760, 880],
          [560, 560, 560, 700, 590, 780, 590, 890],
          9,
          [HAIR.dark, HAIR.base],
          8,
        ),
      ]),
    },
    {
      name: 'body',
      follows: 'body',
      picture: [
        ...torso('#1e7079', '#3a949a', '#0f4a53'),
        // A blouse beneath a jacket.
        {
          path: 'M404 816 C430 800 440 790 442 780 L582 780 C584 790 594 800 620 816 L604 1120 L420 1120 Z',
          paint: {
            linear: [420, 820, 610, 1000],
            stops: [
              [0, '#fffaf3'],
              [1, '#e4d5c6'],
            ],
          },
        },
        ...neck(SKIN, 72, 940),
        {
          path: 'M392 806 C420 880 468 960 512 996 L512 1120 L404 1120 L372 830 Z',
          paint: {
            linear: [400, 820, 512, 1040],
            stops: [
              [0, '#fffdf9'],
              [1, '#ecdfd2'],
            ],
          },
        },
        {
          path: 'M632 806 C604 880 556 960 512 996 L512 1120 L620 1120 L652 830 Z',
          paint: {
            linear: [632, 820, 512, 1040],
            stops: [
              [0, '#f6ebe0'],
              [1, '#dccaba'],
            ],
          },
        },
        {
          path: 'M392 806 C420 880 468 960 512 996 C556 960 604 880 632 806',
          paint: '#b79f8c',
          opacity: 0.55,
          stroke: { width: 5, taper: true },
          blur: 1,
        },
        { path: 'M512 996 L512 1120', paint: '#c9b5a3', stroke: { width: 4 }, opacity: 0.8 },
        // Lapels.
        {
          path: 'M382 808 C346 824 322 842 312 862 L352 930 L330 962 C390 1030 440 1080 470 1120 L330 1120 L300 980 L290 850 Z',
          paint: {
            linear: [300, 830, 440, 1080],
            stops: [
              [0, '#43a0a5'],
              [0.6, '#1f747c'],
              [1, '#145a63'],
            ],
          },
        },
        {
          path: 'M642 808 C678 824 702 842 712 862 L672 930 L694 962 C634 1030 584 1080 554 1120 L694 1120 L724 980 L734 850 Z',
          paint: {
            linear: [720, 830, 580, 1080],
            stops: [
              [0, '#2a858c'],
              [0.6, '#18656e'],
              [1, '#0f4a53'],
            ],
          },
        },
        { path: 'M312 862 L352 930 L330 962', paint: '#0c3d45', opacity: 0.55, stroke: { width: 4 }, blur: 0.8, mirror: true },
        {
          path: 'M440 800 C460 872 490 898 512 902 C534 898 564 872 584 800',
          paint: '#d6a24e',
          stroke: { width: 4 },
          opacity: 0.95,
        },
        {
          path: 'M512 898 C520 898 524 904 524 911 C524 920 518 926 512 926 C506 926 500 920 500 911 C500 904 504 898 512 898 Z',
          paint: {
            radial: [509, 908, 16, 16],
            stops: [
              [0, '#fbe3a8'],
              [1, '#b9812f'],
            ],
          },
        },
      ],
    },
    faceLayer({
      skin: SKIN,
      shape: SHAPE,
      blush: 0.42,
      hairShadow: 'M320 470 C330 420 420 400 500 330 C540 296 552 260 560 226 C580 290 640 380 700 450 L720 200 L300 200 Z',
      over: [
        ...[
          [396, 540],
          [412, 552],
          [430, 544],
          [384, 556],
          [446, 556],
          [596, 546],
          [612, 556],
          [580, 556],
          [630, 544],
          [642, 558],
          [500, 530],
          [520, 536],
        ].map(([x, y]) => ({
          path: `M${x! - 2} ${y} C${x! - 2} ${y! - 3} ${x! + 3} ${y! - 3} ${x! + 3} ${y} C${x! + 3} ${y! + 3} ${x! - 2} ${y! + 3} ${x! - 2} ${y} Z`,
          paint: SKIN.deep,
          opacity: 0.28,
          blur: 0.7,
        })),
      ],
    }),
    noseLayer(SKIN, { width: 28 }),
    'features',
    {
      name: 'hair',
      follows: 'head',
      depth: 22,
      relief: 0.85,
      jaw: 0,
      settles: [640, 900],
      picture: [
        ...hairMass(
          RIGHT,
          HAIR,
          [
            ...strands(
              [556, 196, 620, 300, 700, 360, 700, 450],
              [600, 160, 760, 240, 730, 380, 742, 460],
              9,
              [HAIR.dark, HAIR.light],
              6,
              0.5,
            ),
            ...strands(
              [690, 440, 676, 560, 730, 700, 660, 860],
              [742, 430, 744, 570, 820, 690, 786, 860],
              11,
              [HAIR.dark, HAIR.light, HAIR.base],
              8,
              0.5,
            ),
            {
              path: 'M640 250 C680 280 704 310 716 350',
              paint: HAIR.shine,
              opacity: 0.5,
              stroke: { width: 30, taper: true },
              blur: 9,
            },
            {
              path: 'M744 620 C770 680 778 720 772 780',
              paint: HAIR.light,
              opacity: 0.6,
              stroke: { width: 26, taper: true },
              blur: 9,
            },
          ],
          [560, 160, 790, 760],
        ),
        ...hairMass(LEFT, HAIR, [
          ...strands(
            [566, 196, 500, 300, 420, 380, 348, 430],
            [520, 150, 380, 170, 310, 280, 290, 440],
            14,
            [HAIR.dark, HAIR.light, HAIR.shine],
            6,
            0.5,
          ),
          ...strands(
            [346, 440, 352, 560, 300, 700, 376, 860],
            [292, 430, 286, 570, 204, 690, 240, 860],
            12,
            [HAIR.dark, HAIR.light, HAIR.base],
            8,
            0.5,
          ),
          {
            path: 'M480 216 C420 244 372 290 350 350',
            paint: HAIR.shine,
            opacity: 0.75,
            stroke: { width: 38, taper: true },
            blur: 10,
          },
          {
            path: 'M296 600 C262 680 252 730 262 790',
            paint: HAIR.light,
            opacity: 0.8,
            stroke: { width: 30, taper: true },
            blur: 9,
          },
        ]),
      ],
    },
  ],
  head: headOf(SHAPE),
  eyes: humanEyes(SKIN, {
    lash: '#3a1c12',
    lashWidth: 8.5,
    wing: 11,
    upper: 26,
    iris: { radius: 23, color: '#8fb37c', rim: '#3c5a45', pupil: '#17120f' },
    brow: { color: '#7a3a21', y: 402, from: 42, to: 132, thickness: 15, arch: 13, fall: 8 },
  }),
  mouth: lips('#c25b62', '#cf6d70', '#e48f8c', '#8b323c', SKIN.deep),
};
