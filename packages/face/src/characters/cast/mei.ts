import type { CharacterDrawing } from '../drawing.ts';
import { ellipse } from '../path.ts';
import { backdrop } from './backdrop.ts';
import { glassesLayer } from './glasses.ts';
import { hairMass, strands } from './hair.ts';
import { type FaceShape, faceLayer, headOf, humanEyes, lips, neck, noseLayer, type Skin, torso } from './parts.ts';

const SKIN: Skin = { base: '#f4cfa9', light: '#ffe7cd', shade: '#dba77a', deep: '#a26a45', blush: '#f0907f' };
const HAIR = { dark: '#12111c', base: '#262534', light: '#45445e', shine: '#7f80a6' };
const SHAPE: FaceShape = { top: 222, cheek: 186, jaw: 150, chinBreadth: 0.3, chinY: 714, jawY: 610 };

export const MEI: CharacterDrawing = {
  name: 'Mei',
  background: backdrop('#f2ebfc', '#c6b2e6', '#fcf9ff', '#dccff2'),
  layers: [
    {
      name: 'hair behind',
      follows: 'head',
      depth: -80,
      relief: 0.35,
      jaw: 0,
      picture: hairMass(
        'M512 140 C330 136 262 280 270 460 C274 580 262 650 280 712 C340 744 420 740 450 720 L574 720 C604 740 684 744 744 712 C762 650 750 580 754 460 C762 280 694 136 512 140 Z',
        { ...HAIR, base: '#181722', light: '#1f1e2b' },
      ),
    },
    {
      name: 'body',
      follows: 'body',
      picture: [
        ...neck(SKIN, 68, 850),
        ...torso('#ea7a6e', '#f8a394', '#b94e48', { width: 380, neckHalf: 112, neckY: 806 }),
        {
          path: 'M414 806 C436 850 470 880 512 890 C554 880 588 850 610 806 L650 840 L596 1120 L428 1120 L374 840 Z',
          paint: {
            linear: [430, 840, 600, 1060],
            stops: [
              [0, '#fffdf8'],
              [1, '#e7dccf'],
            ],
          },
        },
        ...neck(SKIN, 68, 820),
        // A round collar.
        {
          path: 'M408 800 C420 846 462 876 512 884 C508 924 486 952 446 956 C396 946 362 900 366 838 C376 818 392 806 408 800 Z',
          paint: {
            linear: [370, 820, 500, 950],
            stops: [
              [0, '#ffffff'],
              [1, '#efe4d8'],
            ],
          },
        },
        {
          path: 'M616 800 C604 846 562 876 512 884 C516 924 538 952 578 956 C628 946 662 900 658 838 C648 818 632 806 616 800 Z',
          paint: {
            linear: [654, 820, 520, 950],
            stops: [
              [0, '#f8efe4'],
              [1, '#dccdbd'],
            ],
          },
        },
        {
          path: 'M512 884 C508 924 486 952 446 956 C396 946 362 900 366 838',
          paint: '#c4ad97',
          opacity: 0.75,
          stroke: { width: 4, taper: true },
          blur: 0.8,
          mirror: true,
        },
        { path: 'M512 940 L512 1120', paint: '#cbb9a8', stroke: { width: 3.5 }, opacity: 0.9 },
        { path: ellipse(524, 984, 7), paint: '#ffffff' },
        { path: ellipse(524, 984, 7), paint: '#b7a08c', stroke: { width: 2 } },
        // The cardigan's edges.
        {
          path: 'M352 836 C372 930 404 1040 420 1120',
          paint: {
            linear: [352, 836, 420, 1120],
            stops: [
              [0, '#fbb5a6'],
              [1, '#d9655c'],
            ],
          },
          stroke: { width: 26 },
        },
        {
          path: 'M672 836 C652 930 620 1040 604 1120',
          paint: {
            linear: [672, 836, 604, 1120],
            stops: [
              [0, '#e0746a'],
              [1, '#b34a45'],
            ],
          },
          stroke: { width: 26 },
        },
        {
          path: 'M366 840 C386 930 416 1040 434 1120',
          paint: '#8f3835',
          opacity: 0.5,
          stroke: { width: 5, taper: true },
          blur: 2,
          mirror: true,
        },
      ],
    },
    faceLayer({
      skin: SKIN,
      shape: SHAPE,
      blush: 0.5,
      hairShadow:
        'M330 500 L322 300 L702 300 L694 500 C690 460 684 440 672 420 C620 400 404 400 352 420 C340 440 334 460 330 500 Z',
    }),
    noseLayer(SKIN, { width: 28, tipY: 562, strength: 0.8 }),
    'features',
    glassesLayer(ellipse(424, 472, 66, 62), '#4a3a6b', { width: 8, bridge: 24, bridgeY: 462, templeX: 340, shine: 0.09 }),
    {
      name: 'hair',
      follows: 'head',
      depth: 24,
      relief: 0.85,
      jaw: 0,
      picture: [
        // The sides, then the fringe over them.
        ...hairMass(
          'M512 140 C330 136 262 280 270 460 C274 580 262 650 280 712 C310 728 352 732 384 722 C350 640 338 560 342 480 C344 440 352 420 366 400 L512 260 Z',
          HAIR,
          [
            ...strands(
              [330, 330, 300, 440, 322, 600, 372, 724],
              [276, 380, 268, 500, 276, 640, 284, 712],
              9,
              [HAIR.light, HAIR.dark],
              7,
              0.55,
            ),
            {
              path: 'M300 360 C288 440 290 520 296 600',
              paint: HAIR.shine,
              opacity: 0.5,
              stroke: { width: 20, taper: true },
              blur: 7,
            },
          ],
        ),
        ...hairMass(
          'M512 140 C694 136 762 280 754 460 C750 580 762 650 744 712 C714 728 672 732 640 722 C674 640 686 560 682 480 C680 440 672 420 658 400 L512 260 Z',
          { ...HAIR, light: HAIR.base, base: '#1f1e2b' },
          [
            ...strands(
              [694, 330, 724, 440, 702, 600, 652, 724],
              [748, 380, 756, 500, 748, 640, 740, 712],
              9,
              [HAIR.light, HAIR.dark],
              7,
              0.45,
            ),
          ],
        ),
        ...hairMass(
          'M512 140 C404 138 334 196 318 318 C310 380 318 404 330 428 C364 408 400 404 436 408 C470 400 554 400 590 408 C626 404 660 408 694 428 C706 404 714 380 706 318 C690 196 620 138 512 140 Z',
          HAIR,
          [
            ...strands(
              [500, 146, 400, 190, 350, 300, 336, 424],
              [524, 146, 624, 190, 674, 300, 688, 424],
              30,
              [HAIR.light, HAIR.dark, HAIR.dark],
              6,
              0.55,
            ),
            {
              path: 'M366 268 C430 236 590 236 658 268',
              paint: HAIR.shine,
              opacity: 0.55,
              stroke: { width: 34, taper: true },
              blur: 9,
            },
            {
              path: 'M380 262 C420 244 470 238 520 238',
              paint: '#c3c6e6',
              opacity: 0.4,
              stroke: { width: 14, taper: true },
              blur: 5,
            },
          ],
          [360, 150, 640, 480],
        ),
      ],
    },
  ],
  head: headOf(SHAPE),
  eyes: humanEyes(SKIN, {
    lash: '#17131d',
    lashWidth: 8.5,
    wing: 10,
    upper: 22,
    lower: 16,
    slant: 10,
    iris: { radius: 22, color: '#6e432b', rim: '#2a1710', pupil: '#0c0708' },
    brow: { color: '#2b2730', y: 396, from: 46, to: 128, thickness: 12, arch: 9, fall: 5 },
  }),
  mouth: lips('#cb5f60', '#dc7a76', '#ee9d97', '#93393f', SKIN.deep, { halfWidth: 55, y: 626, smile: 6 }),
};
