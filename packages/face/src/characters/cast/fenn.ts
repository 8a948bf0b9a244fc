import type { CharacterDrawing, Picture, Shape } from '../drawing.ts';
import { ellipse } from '../path.ts';
import { backdrop } from './backdrop.ts';
import { strands } from './hair.ts';
import { mirrorPicture } from './parts.ts';

const FUR = { light: '#ffb066', base: '#ee8436', shade: '#bd5717', deep: '#6f2d0c' };
const CREAM = { light: '#fffaf0', base: '#f8e7d0', shade: '#d9b48e' };
const DARK = '#3a1d14';

const HEAD =
  'M512 262 C430 260 350 302 320 384 C304 430 296 470 262 506 C250 520 236 536 220 552 C246 552 262 556 276 564 C264 584 252 604 236 622 C264 620 286 624 304 632 C302 648 298 662 290 676 C320 670 346 676 366 686 C410 722 464 744 512 746 C560 744 614 722 658 686 C678 676 704 670 734 676 C726 662 722 648 720 632 C738 624 760 620 788 622 C772 604 760 584 748 564 C762 556 778 552 804 552 C788 536 774 520 762 506 C728 470 720 430 704 384 C674 302 594 260 512 262 Z';
const MASK =
  'M512 600 C500 560 470 530 430 536 C380 544 340 520 300 500 C270 520 236 540 214 556 L230 640 L290 690 C380 740 460 760 512 760 C564 760 644 740 734 690 L794 640 L810 556 C788 540 754 520 724 500 C684 520 644 544 594 536 C554 530 524 560 512 600 Z';
const MUZZLE =
  'M512 530 C470 530 432 566 414 604 C398 640 412 690 450 706 C474 716 496 718 512 718 C528 718 550 716 574 706 C612 690 626 640 610 604 C592 566 554 530 512 530 Z';

const EAR = 'M296 450 C262 350 238 230 246 136 C250 112 268 108 288 120 C372 164 446 236 486 316 Z';

const ear = (): Picture => {
  const outside: Shape = {
    path: EAR,
    paint: {
      linear: [250, 130, 440, 400],
      stops: [
        [0, FUR.light],
        [0.5, FUR.base],
        [1, FUR.shade],
      ],
    },
  };
  const inside: Shape[] = [
    { path: 'M220 90 L350 90 L352 168 C320 200 280 222 236 226 Z', paint: DARK, opacity: 0.92, blur: 6 },
    {
      path: 'M306 420 C284 340 272 270 278 196 C340 230 400 284 438 340 Z',
      paint: {
        linear: [286, 210, 400, 400],
        stops: [
          [0, '#7a3320'],
          [1, '#c4694a'],
        ],
      },
      blur: 2,
    },
    {
      path: 'M322 440 C300 376 300 320 312 262 C330 296 340 318 346 344 C356 320 364 306 372 290 C390 326 402 356 404 400 Z',
      paint: CREAM.base,
      opacity: 0.92,
      blur: 2.5,
    },
  ];
  return [outside, { within: EAR, shapes: inside }];
};

export const FENN: CharacterDrawing = {
  name: 'Fenn',
  background: backdrop('#eaf4dd', '#9dc58d', '#fbfff5', '#c4e0b3'),
  layers: [
    { name: 'ears', follows: 'head', depth: -50, relief: 0.6, jaw: 0, picture: [...ear(), ...mirrorPicture(ear())] },
    {
      name: 'body',
      follows: 'body',
      picture: [
        {
          path: 'M190 1140 C184 960 250 830 400 770 L624 770 C774 830 840 960 834 1140 Z',
          paint: {
            linear: [260, 800, 780, 1080],
            stops: [
              [0, FUR.light],
              [0.45, FUR.base],
              [1, FUR.shade],
            ],
          },
        },
        ...strands(
          [250, 900, 236, 960, 226, 1040, 230, 1120],
          [400, 860, 380, 940, 370, 1040, 370, 1120],
          8,
          [FUR.shade, FUR.light],
          8,
          0.45,
        ),
        ...strands(
          [620, 860, 640, 940, 650, 1040, 650, 1120],
          [776, 900, 790, 960, 800, 1040, 796, 1120],
          8,
          [FUR.deep, FUR.base],
          8,
          0.35,
        ),
        {
          path: 'M392 840 C372 900 368 950 378 990 C390 978 396 974 404 970 C402 1010 410 1050 424 1084 C434 1070 440 1064 450 1060 C456 1090 470 1120 490 1140 L534 1140 C554 1120 568 1090 574 1060 C584 1064 590 1070 600 1084 C614 1050 622 1010 620 970 C628 974 634 978 646 990 C656 950 652 900 632 840 Z',
          paint: {
            linear: [420, 860, 610, 1080],
            stops: [
              [0, CREAM.light],
              [0.5, CREAM.base],
              [1, CREAM.shade],
            ],
          },
        },
        // A knitted scarf.
        {
          path: 'M330 800 C320 840 330 880 360 900 C450 950 574 950 664 900 C694 880 704 840 694 800 C640 850 384 850 330 800 Z',
          paint: {
            linear: [330, 800, 690, 930],
            stops: [
              [0, '#5fb3c4'],
              [0.45, '#2f8498'],
              [1, '#155062'],
            ],
          },
        },
        {
          path: 'M334 700 C318 750 318 800 340 826 C430 880 594 880 684 826 C706 800 706 750 690 700 C640 770 384 770 334 700 Z',
          paint: {
            linear: [330, 720, 690, 880],
            stops: [
              [0, '#74c6d4'],
              [0.45, '#3a94a8'],
              [1, '#1c6074'],
            ],
          },
        },
        ...Array.from({ length: 19 }, (_, i): Shape => {
          const x = 352 + i * 18;
          const y = 788 + 50 * Math.sin((Math.PI * (i + 1)) / 20);
          return {
            path: `M${x} ${(y - 26).toFixed(1)} L${x + (512 - x) * 0.05} ${(y + 28).toFixed(1)}`,
            paint: '#124758',
            opacity: 0.38,
            stroke: { width: 4.5, taper: true },
            blur: 1,
          };
        }),
        ...Array.from({ length: 17 }, (_, i): Shape => {
          const x = 366 + i * 18;
          const y = 874 + 36 * Math.sin((Math.PI * (i + 1)) / 18);
          return {
            path: `M${x} ${(y - 20).toFixed(1)} L${x + (512 - x) * 0.05} ${(y + 22).toFixed(1)}`,
            paint: '#0e3c4b',
            opacity: 0.38,
            stroke: { width: 4.5, taper: true },
            blur: 1,
          };
        }),
        {
          path: 'M340 826 C430 880 594 880 684 826',
          paint: '#0e3c4b',
          opacity: 0.55,
          stroke: { width: 10, taper: true },
          blur: 4,
        },
        {
          path: 'M590 880 C600 950 610 1010 600 1090 L680 1080 C692 1000 686 930 664 876 Z',
          paint: {
            linear: [590, 880, 690, 1080],
            stops: [
              [0, '#4fa6b9'],
              [0.5, '#2f8498'],
              [1, '#155062'],
            ],
          },
        },
        ...[0, 1, 2, 3].map(
          (i): Shape => ({
            path: `M${606 + i * 19} 890 C${616 + i * 19} 950 ${618 + i * 19} 1010 ${612 + i * 19} 1084`,
            paint: '#0e3c4b',
            opacity: 0.38,
            stroke: { width: 5, taper: true },
            blur: 1.2,
          }),
        ),
        { path: ellipse(512, 756, 170, 40), paint: '#0b3140', opacity: 0.5, blur: 20 },
      ],
    },
    {
      name: 'face',
      follows: 'head',
      depth: 0,
      relief: 1,
      jaw: 0.8,
      picture: [
        {
          path: HEAD,
          paint: {
            radial: [452, 400, 330, 400],
            stops: [
              [0, FUR.light],
              [0.5, FUR.base],
              [1, FUR.shade],
            ],
          },
        },
        {
          within: HEAD,
          shapes: [
            {
              path: MASK,
              paint: {
                linear: [300, 520, 720, 740],
                stops: [
                  [0, CREAM.light],
                  [0.5, CREAM.base],
                  [1, CREAM.shade],
                ],
              },
              blur: 4,
            },
            ...strands(
              [400, 300, 380, 350, 360, 400, 330, 440],
              [512, 276, 512, 330, 512, 380, 512, 440],
              9,
              [FUR.light, FUR.shade],
              7,
              0.4,
            ),
            ...strands(
              [512, 276, 512, 330, 512, 380, 512, 440],
              [624, 300, 644, 350, 664, 400, 694, 440],
              9,
              [FUR.shade, FUR.base],
              7,
              0.4,
            ),
            ...strands(
              [380, 560, 340, 568, 300, 566, 250, 560],
              [440, 690, 390, 690, 350, 680, 310, 670],
              8,
              ['#ffffff', CREAM.shade],
              6,
              0.55,
            ),
            ...strands(
              [644, 560, 684, 568, 724, 566, 774, 560],
              [584, 690, 634, 690, 674, 680, 714, 670],
              8,
              [CREAM.shade, '#ffffff'],
              6,
              0.5,
            ),
            { path: 'M690 340 C760 460 740 640 600 760 L820 760 L820 340 Z', paint: FUR.deep, opacity: 0.24, blur: 30 },
            { path: ellipse(512, 762, 190, 46), paint: FUR.deep, opacity: 0.32, blur: 20 },
            { path: ellipse(452, 350, 80, 50), paint: '#ffd29e', opacity: 0.6, blur: 24 },
            { path: ellipse(420, 470, 62, 44), paint: FUR.deep, opacity: 0.28, blur: 14, mirror: true },
            { path: ellipse(398, 580, 44, 26), paint: '#f39b86', opacity: 0.4, blur: 16, mirror: true },
            {
              path: 'M512 300 C500 380 494 440 488 520 L536 520 C530 440 524 380 512 300 Z',
              paint: FUR.light,
              opacity: 0.7,
              blur: 9,
            },
          ],
        },
      ],
    },
    {
      name: 'muzzle',
      follows: 'head',
      depth: 22,
      relief: 1,
      jaw: 0.7,
      picture: [
        { path: MUZZLE, paint: FUR.deep, opacity: 0.2, blur: 12 },
        {
          path: MUZZLE,
          paint: {
            radial: [486, 590, 130, 140],
            stops: [
              [0, '#ffffff'],
              [0.55, CREAM.light],
              [1, CREAM.base],
            ],
          },
          blur: 3,
        },
        {
          path: 'M476 534 C488 500 492 480 496 460 L528 460 C532 480 536 500 548 534 C540 548 484 548 476 534 Z',
          paint: FUR.base,
          opacity: 0.85,
          blur: 8,
        },
        { path: ellipse(452, 616, 3.4), paint: DARK, opacity: 0.4, mirror: true },
        { path: ellipse(436, 630, 3.2), paint: DARK, opacity: 0.35, mirror: true },
        { path: ellipse(434, 606, 3), paint: DARK, opacity: 0.35, mirror: true },
        { path: 'M512 590 L512 632', paint: DARK, opacity: 0.85, stroke: { width: 6 } },
      ],
    },
    'features',
    {
      name: 'nose',
      follows: 'head',
      depth: 44,
      relief: 1,
      jaw: 0,
      picture: [
        {
          path: 'M512 534 C490 532 468 540 466 556 C466 578 494 602 512 602 C530 602 558 578 558 556 C556 540 534 532 512 534 Z',
          paint: {
            radial: [500, 546, 60, 60],
            stops: [
              [0, '#6b4a44'],
              [0.5, '#37211d'],
              [1, '#1b0e0c'],
            ],
          },
        },
        { path: ellipse(498, 548, 15, 6), paint: '#ffffff', opacity: 0.6, blur: 2.5 },
        {
          path: 'M486 578 C482 572 484 566 492 566',
          paint: '#0d0605',
          opacity: 0.7,
          stroke: { width: 5, taper: true },
          mirror: true,
        },
      ],
    },
  ],
  head: { centerX: 512, centerY: 490, radiusX: 250, radiusY: 300, depth: 160, pivotY: 760, jawY: 620, chinY: 746, collarY: 840 },
  eyes: {
    style: 'human',
    distance: 92,
    y: 466,
    halfWidth: 44,
    upper: 33,
    lower: 23,
    slant: 14,
    iris: { radius: 29, color: '#f2b63c', rim: '#a85c12', pupil: '#140a06', pupilRadius: 15 },
    white: '#fffaf2',
    whiteShade: '#d9c3ab',
    lid: '#d6702a',
    lidShade: '#a84d14',
    crease: '#7a3410',
    lash: '#2a1410',
    lashWidth: 10,
    wing: 16,
    brow: { color: '#fbe0b8', y: 386, from: 58, to: 112, thickness: 19, arch: 6, fall: 4 },
  },
  mouth: {
    style: 'muzzle',
    y: 634,
    halfWidth: 62,
    opening: 60,
    upperLip: 0,
    lowerLip: 0,
    smile: 12,
    upperColor: DARK,
    lowerColor: '#5a3226',
    lowerLight: '#5a3226',
    line: DARK,
    inside: '#3b0f12',
    insideLight: '#6b2226',
    tongue: '#d9666e',
    tongueLight: '#f08d8f',
    teeth: '#ffffff',
    teethShade: '#d9cfc4',
    shadow: '#6f2d0c',
    depth: 24,
  },
};
