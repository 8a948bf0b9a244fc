import type { CharacterDrawing, Shape } from '../drawing.ts';
import { roundRectangle } from '../path.ts';
import { backdrop } from './backdrop.ts';
import { glassesLayer } from './glasses.ts';
import { hairMass, strands } from './hair.ts';
import { type FaceShape, faceLayer, headOf, humanEyes, lips, neck, noseLayer, type Skin, torso } from './parts.ts';

const SKIN: Skin = { base: '#edbfa2', light: '#fbdcc6', shade: '#d09577', deep: '#8f563d', blush: '#e2806c' };
const HAIR = { dark: '#9b9c9f', base: '#cfd0d1', light: '#f3f3f1', shine: '#ffffff' };
const SHAPE: FaceShape = { top: 168, cheek: 188, jaw: 158, chinBreadth: 0.62, chinY: 726, jawY: 624 };

const SIDE =
  'M342 300 C316 312 290 352 298 420 C300 452 310 480 322 506 C330 480 334 452 338 428 C350 396 360 352 372 316 C364 302 352 296 342 300 Z';
const BEARD =
  'M322 500 C326 560 336 640 380 700 C420 752 470 770 512 770 C554 770 604 752 644 700 C688 640 698 560 702 500 C692 556 672 590 640 596 C606 600 570 588 512 588 C454 588 418 600 384 596 C352 590 332 556 322 500 Z';

const tweed: Shape[] = [];
for (let row = 0; row < 9; row++)
  for (let column = 0; column < 30; column++) {
    const [x, y] = [100 + column * 28 + (row % 2) * 14, 846 + row * 30];
    tweed.push({
      path: `M${x} ${y} L${x + 12} ${y + 13} L${x + 24} ${y}`,
      paint: column % 3 ? '#8a765d' : '#3d3327',
      opacity: 0.34,
      stroke: { width: 3 },
      blur: 0.7,
    });
  }

export const GEORGE: CharacterDrawing = {
  name: 'George',
  background: backdrop('#eef1e4', '#b9c6a1', '#fbfdf3', '#d6dfc4'),
  layers: [
    {
      name: 'body',
      follows: 'body',
      picture: [
        ...neck(SKIN, 82, 840),
        ...torso('#66563f', '#8d7a5e', '#3b3022', { width: 424, neckHalf: 124, neckY: 800 }),
        { within: 'M90 1120 C90 900 200 850 330 830 L512 1000 L694 830 C824 850 934 900 934 1120 Z', shapes: tweed },
        // Waistcoat, shirt and tie.
        {
          path: 'M404 800 C420 880 460 960 512 1010 C564 960 604 880 620 800 L660 850 L590 1120 L434 1120 L364 850 Z',
          paint: {
            linear: [400, 820, 610, 1080],
            stops: [
              [0, '#93a5b4'],
              [1, '#4b5d6d'],
            ],
          },
        },
        {
          path: 'M404 796 C420 850 464 930 512 980 C560 930 604 850 620 796 Z',
          paint: {
            linear: [420, 800, 600, 960],
            stops: [
              [0, '#ffffff'],
              [1, '#d8dee3'],
            ],
          },
        },
        ...neck(SKIN, 82, 780),
        {
          path: 'M490 862 L534 862 L546 890 L556 1010 L512 1050 L468 1010 L478 890 Z',
          paint: {
            linear: [480, 860, 550, 1040],
            stops: [
              [0, '#a83c3c'],
              [0.5, '#87292d'],
              [1, '#5d171c'],
            ],
          },
        },
        {
          path: 'M480 850 L544 850 L538 894 L512 902 L486 894 Z',
          paint: {
            linear: [484, 850, 542, 900],
            stops: [
              [0, '#c35350'],
              [1, '#7c2429'],
            ],
          },
        },
        { path: 'M484 930 L548 906 M480 968 L552 940 M474 1004 L556 974', paint: '#e9c98a', opacity: 0.75, stroke: { width: 5 } },
        {
          path: 'M396 784 C404 820 430 850 486 872 L440 926 L376 850 L378 800 Z',
          paint: {
            linear: [376, 790, 480, 920],
            stops: [
              [0, '#ffffff'],
              [0.6, '#f2f4f5'],
              [1, '#ccd3d8'],
            ],
          },
        },
        {
          path: 'M628 784 C620 820 594 850 538 872 L584 926 L648 850 L646 800 Z',
          paint: {
            linear: [648, 790, 544, 920],
            stops: [
              [0, '#eef1f3'],
              [0.6, '#dde2e6'],
              [1, '#b5bfc6'],
            ],
          },
        },
        { path: 'M486 872 L440 926 L376 850', paint: '#8d99a3', opacity: 0.6, stroke: { width: 3.5 }, blur: 0.6, mirror: true },
        // Lapels.
        {
          path: 'M366 826 C340 836 318 850 306 870 L330 950 L312 974 C370 1040 420 1090 440 1120 L380 1120 L312 1010 L290 880 Z M366 826 L434 1120 L330 1120 L300 980 L300 870 Z',
          paint: {
            linear: [300, 830, 430, 1100],
            stops: [
              [0, '#9c886b'],
              [0.6, '#6f5e46'],
              [1, '#4b3e2d'],
            ],
          },
        },
        {
          path: 'M658 826 L590 1120 L694 1120 L724 980 L724 870 C704 846 684 836 658 826 Z',
          paint: {
            linear: [724, 830, 594, 1100],
            stops: [
              [0, '#7d6b52'],
              [0.6, '#564835'],
              [1, '#3a2f22'],
            ],
          },
        },
        { path: 'M304 880 L334 950 L316 976', paint: '#2c2319', opacity: 0.6, stroke: { width: 4 }, blur: 0.8, mirror: true },
        {
          path: 'M366 826 C384 920 412 1030 438 1120',
          paint: '#2c2319',
          opacity: 0.55,
          stroke: { width: 7, taper: true },
          blur: 2,
          mirror: true,
        },
      ],
    },
    {
      name: 'hair behind',
      follows: 'head',
      depth: -40,
      relief: 0.5,
      jaw: 0,
      picture: [
        {
          path: 'M330 330 C300 380 296 460 326 540 L380 540 L380 320 Z',
          paint: {
            linear: [300, 330, 380, 540],
            stops: [
              [0, HAIR.base],
              [1, HAIR.dark],
            ],
          },
          mirror: true,
        },
      ],
    },
    faceLayer({
      skin: SKIN,
      shape: SHAPE,
      blush: 0.42,
      age: 1,
      over: [
        {
          path: 'M392 268 C420 206 480 190 540 194',
          paint: '#ffffff',
          opacity: 0.42,
          stroke: { width: 46, taper: true },
          blur: 17,
        },
        { path: 'M338 430 C344 376 356 330 376 296 L330 280 Z', paint: HAIR.dark, opacity: 0.4, blur: 10, mirror: true },
      ],
      beyond: [
        ...hairMass(
          BEARD,
          HAIR,
          [
            ...strands(
              [334, 540, 342, 610, 370, 680, 420, 730],
              [512, 600, 512, 660, 512, 720, 512, 768],
              13,
              ['#a9aaac', HAIR.light, '#b9babc'],
              6,
              0.6,
            ),
            ...strands(
              [512, 600, 512, 660, 512, 720, 512, 768],
              [690, 540, 682, 610, 654, 680, 604, 730],
              13,
              ['#8d8e92', HAIR.light, '#a2a3a6'],
              6,
              0.6,
            ),
            {
              path: 'M448 606 C428 640 444 690 476 696 C500 688 524 688 548 696 C580 690 596 640 576 606 Z',
              paint: SKIN.base,
              opacity: 0.72,
              blur: 7,
            },
            { path: 'M470 690 C490 706 534 706 554 690 C540 724 484 724 470 690 Z', paint: '#8d8e92', opacity: 0.5, blur: 5 },
          ],
          [380, 540, 640, 760],
        ),
      ],
    }),
    noseLayer(SKIN, { width: 36, tipY: 566, strength: 1.1 }),
    {
      name: 'moustache',
      follows: 'head',
      depth: 20,
      relief: 1,
      jaw: 0,
      picture: [
        ...hairMass(
          'M512 584 C490 576 458 588 436 610 C424 622 412 630 404 632 C428 642 460 632 480 620 C494 614 504 612 512 614 Z',
          HAIR,
          strands(
            [506, 588, 480, 590, 450, 612, 416, 632],
            [508, 610, 490, 610, 470, 622, 440, 634],
            7,
            ['#a6a7aa', '#ffffff'],
            4,
            0.7,
          ),
          [420, 580, 520, 640],
        ),
        ...hairMass(
          'M512 584 C534 576 566 588 588 610 C600 622 612 630 620 632 C596 642 564 632 544 620 C530 614 520 612 512 614 Z',
          { ...HAIR, light: '#e4e4e3' },
          strands(
            [518, 588, 544, 590, 574, 612, 608, 632],
            [516, 610, 534, 610, 554, 622, 584, 634],
            7,
            ['#97989c', '#ffffff'],
            4,
            0.6,
          ),
          [510, 580, 620, 640],
        ),
      ],
    },
    'features',
    glassesLayer(roundRectangle(350, 420, 140, 104, 38), '#5b3a25', {
      width: 9,
      bridge: 23,
      bridgeY: 456,
      templeX: 346,
      shine: 0.1,
    }),
    {
      name: 'hair',
      follows: 'head',
      depth: 2,
      relief: 0.9,
      jaw: 0,
      picture: [
        ...hairMass(
          SIDE,
          HAIR,
          strands(
            [346, 304, 314, 340, 304, 420, 322, 500],
            [370, 318, 350, 360, 340, 420, 326, 500],
            8,
            ['#a2a3a6', '#ffffff'],
            5,
            0.7,
          ),
          [300, 300, 370, 500],
        ),
        ...hairMass(
          'M682 300 C708 312 734 352 726 420 C724 452 714 480 702 506 C694 480 690 452 686 428 C674 396 664 352 652 316 C660 302 672 296 682 300 Z',
          { ...HAIR, light: '#dcdcdc' },
          strands(
            [678, 304, 710, 340, 720, 420, 702, 500],
            [654, 318, 674, 360, 684, 420, 698, 500],
            8,
            ['#8c8d91', '#f2f2f2'],
            5,
            0.6,
          ),
          [660, 300, 730, 500],
        ),
      ],
    },
  ],
  head: headOf(SHAPE),
  eyes: humanEyes(SKIN, {
    lash: '#5b4338',
    lashWidth: 5.5,
    wing: 1,
    upper: 21,
    lower: 15,
    halfWidth: 40,
    slant: 1,
    iris: { radius: 20.5, color: '#7fa6c0', rim: '#35566f', pupil: '#12171c' },
    brow: { color: '#b3b4b6', y: 404, from: 42, to: 136, thickness: 22, arch: 8, fall: 10 },
  }),
  mouth: lips('#b0655f', '#c07c73', '#d49a8f', '#6f352f', SKIN.deep, {
    upperLip: 11,
    lowerLip: 17,
    y: 640,
    halfWidth: 58,
    smile: 8,
  }),
};
