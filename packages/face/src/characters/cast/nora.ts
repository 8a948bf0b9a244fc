import type { CharacterDrawing } from '../drawing.ts';
import { ellipse } from '../path.ts';
import { backdrop } from './backdrop.ts';
import { hairMass, strands } from './hair.ts';
import { type FaceShape, faceLayer, headOf, humanEyes, lips, noseLayer, type Skin, torso } from './parts.ts';

const SKIN: Skin = { base: '#f0c9b0', light: '#fde4d3', shade: '#d8a488', deep: '#9c664d', blush: '#e58a80' };
const HAIR = { dark: '#8f949e', base: '#c3c8cf', light: '#eef0f2', shine: '#ffffff' };
const SHAPE: FaceShape = { top: 222, cheek: 184, jaw: 152, chinBreadth: 0.45, chinY: 718, jawY: 618 };

export const NORA: CharacterDrawing = {
  name: 'Nora',
  background: backdrop('#fbe9ec', '#dba7b4', '#fff7f8', '#f0c9d1'),
  layers: [
    {
      name: 'hair behind',
      follows: 'head',
      depth: -70,
      relief: 0.4,
      jaw: 0,
      picture: [
        // A knot on the crown.
        ...hairMass(
          'M512 86 C446 82 410 116 414 158 C418 196 462 210 512 210 C562 210 606 196 610 158 C614 116 578 82 512 86 Z',
          HAIR,
          strands(
            [420, 164, 430, 100, 520, 80, 590, 116],
            [430, 190, 480, 156, 560, 156, 600, 184],
            10,
            [HAIR.dark, HAIR.light],
            6,
            0.6,
          ),
          [430, 70, 600, 190],
        ),
        ...hairMass(
          'M512 148 C350 146 288 270 296 420 C300 500 316 560 340 590 L684 590 C708 560 724 500 728 420 C736 270 674 146 512 148 Z',
          { ...HAIR, base: '#a3a8b2', light: '#b7bcc5' },
        ),
      ],
    },
    {
      name: 'body',
      follows: 'body',
      picture: [
        ...torso('#7c3a63', '#a8608b', '#511f40', { width: 384, neckHalf: 116, neckY: 806 }),
        {
          path: 'M440 620 L440 800 L584 800 L584 620 Z',
          paint: {
            linear: [440, 0, 584, 0],
            stops: [
              [0, SKIN.base],
              [1, SKIN.shade],
            ],
          },
        },
        {
          within: 'M440 620 L440 800 L584 800 L584 620 Z',
          shapes: [{ path: 'M420 620 L604 620 L604 750 C560 776 464 776 420 740 Z', paint: SKIN.deep, opacity: 0.55, blur: 12 }],
        },
        // A soft roll collar and a shawl.
        {
          path: 'M424 756 C410 800 404 840 420 872 C470 900 554 900 604 872 C620 840 614 800 600 756 C570 790 454 790 424 756 Z',
          paint: {
            linear: [410, 760, 620, 880],
            stops: [
              [0, '#b06c95'],
              [0.5, '#84416b'],
              [1, '#582546'],
            ],
          },
        },
        { path: 'M420 800 C460 832 564 832 606 800', paint: '#511f40', opacity: 0.6, stroke: { width: 8, taper: true }, blur: 3 },
        { path: 'M416 836 C460 866 564 866 610 836', paint: '#c98bb0', opacity: 0.6, stroke: { width: 7, taper: true }, blur: 3 },
        {
          path: 'M424 756 C454 790 570 790 600 756',
          paint: '#c98bb0',
          opacity: 0.7,
          stroke: { width: 6, taper: true },
          blur: 1.5,
        },
        {
          path: 'M300 846 C220 860 150 900 120 980 L110 1120 L400 1120 C380 1020 380 920 406 850 C370 836 330 838 300 846 Z',
          paint: {
            linear: [140, 860, 400, 1100],
            stops: [
              [0, '#f3dfcf'],
              [0.5, '#dfc1aa'],
              [1, '#b8937a'],
            ],
          },
        },
        {
          path: 'M724 846 C804 860 874 900 904 980 L914 1120 L624 1120 C644 1020 644 920 618 850 C654 836 694 838 724 846 Z',
          paint: {
            linear: [620, 860, 900, 1100],
            stops: [
              [0, '#dcbda6'],
              [0.5, '#c4a189'],
              [1, '#94705a'],
            ],
          },
        },
        ...strands(
          [318, 848, 300, 930, 300, 1020, 310, 1120],
          [170, 930, 160, 980, 150, 1050, 150, 1120],
          7,
          ['#a98368', '#fbeee2'],
          9,
          0.5,
        ),
        ...strands(
          [706, 848, 724, 930, 724, 1020, 714, 1120],
          [854, 930, 864, 980, 874, 1050, 874, 1120],
          7,
          ['#86634d', '#e8d0bd'],
          9,
          0.45,
        ),
        {
          path: 'M404 850 C380 920 380 1020 398 1120',
          paint: '#6d4b38',
          opacity: 0.5,
          stroke: { width: 8, taper: true },
          blur: 3,
          mirror: true,
        },
        {
          path: ellipse(512, 966, 22, 26),
          paint: {
            radial: [504, 956, 34, 36],
            stops: [
              [0, '#fff4d8'],
              [0.5, '#e0b765'],
              [1, '#94692a'],
            ],
          },
        },
        {
          path: ellipse(512, 966, 12, 15),
          paint: {
            radial: [507, 960, 18, 20],
            stops: [
              [0, '#9fe0d6'],
              [1, '#1f6e68'],
            ],
          },
        },
      ],
    },
    faceLayer({
      skin: SKIN,
      shape: SHAPE,
      blush: 0.5,
      age: 0.9,
      hairShadow:
        'M326 470 L326 216 L698 216 L698 470 C692 400 660 330 590 300 C560 330 440 330 400 320 C360 350 334 400 326 470 Z',
    }),
    noseLayer(SKIN, { width: 30, tipY: 564 }),
    'features',
    {
      name: 'hair',
      follows: 'head',
      depth: 16,
      relief: 0.9,
      jaw: 0,
      picture: [
        ...hairMass(
          'M556 156 C694 154 740 268 730 410 C728 462 720 500 706 530 C700 490 694 460 690 430 C684 370 650 320 590 290 C560 270 548 230 548 196 Z',
          { ...HAIR, light: '#d9dce1' },
          [
            ...strands(
              [556, 170, 600, 260, 680, 320, 700, 500],
              [580, 160, 700, 190, 736, 320, 716, 500],
              13,
              [HAIR.dark, HAIR.light, '#7d828c'],
              6,
              0.6,
            ),
          ],
          [560, 170, 730, 500],
        ),
        ...hairMass(
          'M566 152 C400 138 284 240 294 410 C296 462 304 500 318 530 C324 490 328 462 334 432 C346 390 372 366 410 352 C480 326 552 280 576 196 Z',
          HAIR,
          [
            ...strands(
              [570, 170, 500, 280, 380, 330, 326, 500],
              [540, 156, 380, 160, 290, 300, 306, 500],
              18,
              ['#9a9fa9', HAIR.shine, '#b3b8c0'],
              6,
              0.65,
            ),
            {
              path: 'M500 196 C430 216 376 260 350 320',
              paint: HAIR.shine,
              opacity: 0.75,
              stroke: { width: 34, taper: true },
              blur: 9,
            },
          ],
          [340, 170, 580, 500],
        ),
        // Pearls.
        {
          path: ellipse(316, 566, 14),
          paint: {
            radial: [311, 560, 20, 20],
            stops: [
              [0, '#ffffff'],
              [0.6, '#ece4dc'],
              [1, '#a99c92'],
            ],
          },
          mirror: true,
        },
      ],
    },
  ],
  head: headOf(SHAPE),
  eyes: humanEyes(SKIN, {
    lash: '#4d3a38',
    lashWidth: 6.5,
    wing: 6,
    upper: 22,
    lower: 16,
    slant: 3,
    lidShade: '#b98a84',
    iris: { radius: 21.5, color: '#8f97a8', rim: '#444d60', pupil: '#15161b' },
    brow: { color: '#8b8987', y: 406, from: 44, to: 130, thickness: 13, arch: 13, fall: 9 },
  }),
  mouth: lips('#b8586a', '#c86e7c', '#dc959c', '#80303f', SKIN.deep, { upperLip: 12, lowerLip: 18, smile: 12 }),
};
