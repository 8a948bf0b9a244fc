import type { CharacterDrawing, Shape } from '../drawing.ts';
import { ellipse, roundRectangle } from '../path.ts';
import { backdrop } from './backdrop.ts';

const SHELL = { light: '#ffffff', base: '#eef2f8', shade: '#b9c5da', deep: '#67769a' };
const CORAL = { light: '#ffb199', base: '#f7775a', shade: '#b8432c' };
const GLOW = '#6ff3ff';

const HEAD =
  'M512 244 C640 240 716 268 736 372 C750 450 748 540 730 616 C708 700 630 722 512 722 C394 722 316 700 294 616 C276 540 274 450 288 372 C308 268 384 240 512 244 Z';
const SCREEN =
  'M512 318 C612 314 668 334 682 410 C692 470 690 530 678 590 C662 648 606 664 512 664 C418 664 362 648 346 590 C334 530 332 470 342 410 C356 334 412 314 512 318 Z';

const rings: Shape[] = [0, 1, 2, 3, 4].map((i) => ({
  path: roundRectangle(440 - i * 4, 704 + i * 26, 144 + i * 8, 24, 12),
  paint: {
    linear: [440, 0, 590, 0],
    stops: [
      [0, '#aab6cd'],
      [0.3, '#e2e8f2'],
      [1, '#5c6a8c'],
    ],
  },
}));

export const OTTO: CharacterDrawing = {
  name: 'Otto',
  background: backdrop('#e4e9fc', '#9fb0e4', '#fafbff', '#c5d0f3'),
  layers: [
    {
      name: 'aerial',
      follows: 'head',
      depth: -20,
      relief: 0.5,
      jaw: 0,
      picture: [
        {
          path: ellipse(512, 168, 92),
          paint: {
            radial: [512, 168, 92, 92],
            stops: [
              [0, '#ffb9a0', 0.75],
              [0.4, '#ffb9a0', 0.3],
              [1, '#ffb9a0', 0],
            ],
          },
        },
        {
          path: 'M512 262 L512 186',
          paint: {
            linear: [504, 0, 522, 0],
            stops: [
              [0, '#dfe6f2'],
              [1, '#66759a'],
            ],
          },
          stroke: { width: 14 },
        },
        {
          path: 'M466 262 C470 236 492 226 512 226 C532 226 554 236 558 262 Z',
          paint: {
            linear: [466, 230, 556, 262],
            stops: [
              [0, CORAL.light],
              [0.5, CORAL.base],
              [1, CORAL.shade],
            ],
          },
        },
        {
          path: ellipse(512, 168, 29),
          paint: {
            radial: [502, 156, 44, 44],
            stops: [
              [0, '#fff1ea'],
              [0.3, CORAL.light],
              [0.7, CORAL.base],
              [1, CORAL.shade],
            ],
          },
        },
        { path: ellipse(502, 156, 8, 6), paint: '#ffffff', opacity: 0.9, blur: 1.5 },
      ],
    },
    {
      name: 'ears',
      follows: 'head',
      depth: -50,
      relief: 0.4,
      jaw: 0,
      picture: [
        {
          path: roundRectangle(240, 404, 70, 176, 34),
          paint: {
            linear: [240, 410, 310, 580],
            stops: [
              [0, CORAL.light],
              [0.45, CORAL.base],
              [1, CORAL.shade],
            ],
          },
        },
        {
          path: roundRectangle(714, 404, 70, 176, 34),
          paint: {
            linear: [714, 410, 784, 580],
            stops: [
              [0, '#f98c6f'],
              [0.45, '#df5d41'],
              [1, '#97331f'],
            ],
          },
        },
        { path: 'M258 438 L258 546', paint: '#ffffff', opacity: 0.55, stroke: { width: 9, taper: true }, blur: 2 },
        { path: 'M768 438 L768 546', paint: '#ffffff', opacity: 0.25, stroke: { width: 8, taper: true }, blur: 2 },
      ],
    },
    {
      name: 'body',
      follows: 'body',
      picture: [
        {
          path: 'M140 1140 C130 960 190 870 330 836 C400 818 624 818 694 836 C834 870 894 960 884 1140 Z',
          paint: {
            linear: [200, 830, 800, 1100],
            stops: [
              [0, SHELL.light],
              [0.45, SHELL.base],
              [1, SHELL.shade],
            ],
          },
        },
        {
          within: 'M140 1140 C130 960 190 870 330 836 C400 818 624 818 694 836 C834 870 894 960 884 1140 Z',
          shapes: [
            { path: 'M790 850 C850 920 870 1000 860 1140 L960 1140 L960 850 Z', paint: SHELL.deep, opacity: 0.45, blur: 30 },
            { path: ellipse(512, 826, 170, 36), paint: SHELL.deep, opacity: 0.5, blur: 18 },
            { path: 'M286 1140 C276 1020 286 940 318 886', paint: SHELL.deep, opacity: 0.5, stroke: { width: 5 }, blur: 1 },
            { path: 'M294 1140 C284 1020 294 940 326 886', paint: '#ffffff', opacity: 0.9, stroke: { width: 5 }, blur: 1 },
            { path: 'M738 1140 C748 1020 738 940 706 886', paint: SHELL.deep, opacity: 0.6, stroke: { width: 5 }, blur: 1 },
            { path: 'M190 930 C230 880 280 864 330 856', paint: '#ffffff', stroke: { width: 26, taper: true }, blur: 8 },
            { path: ellipse(236, 1000, 50, 70), paint: '#ffffff', opacity: 0.7, blur: 20 },
          ],
        },
        // The hole that the neck comes out of.
        {
          path: ellipse(512, 832, 122, 24),
          paint: {
            linear: [400, 810, 620, 850],
            stops: [
              [0, '#3c4a75'],
              [1, '#6f7da3'],
            ],
          },
        },
        ...rings,
        // The head's shadow, on the neck only.
        {
          within: 'M446 700 L578 700 L582 826 L442 826 Z',
          shapes: [{ path: 'M420 690 L604 690 L604 750 C560 776 464 776 420 744 Z', paint: '#2d3a66', opacity: 0.6, blur: 9 }],
        },
        // The collar and the lamp on the chest.
        {
          path: 'M398 822 C420 848 604 848 626 822 L640 842 C604 882 420 882 384 842 Z',
          paint: {
            linear: [390, 830, 636, 870],
            stops: [
              [0, CORAL.light],
              [0.4, CORAL.base],
              [1, CORAL.shade],
            ],
          },
        },
        {
          path: ellipse(512, 984, 62),
          paint: {
            linear: [460, 930, 560, 1040],
            stops: [
              [0, '#a5b2cc'],
              [1, '#ffffff'],
            ],
          },
        },
        {
          path: ellipse(512, 984, 52),
          paint: {
            radial: [500, 970, 72, 72],
            stops: [
              [0, '#27407a'],
              [1, '#101b3c'],
            ],
          },
        },
        {
          path: 'M512 1014 C470 986 478 954 498 954 C506 954 511 960 512 966 C513 960 518 954 526 954 C546 954 554 986 512 1014 Z',
          paint: {
            linear: [490, 950, 530, 1014],
            stops: [
              [0, '#ffd0c0'],
              [1, CORAL.base],
            ],
          },
        },
        {
          path: ellipse(512, 982, 48),
          paint: {
            radial: [512, 982, 48, 48],
            stops: [
              [0, CORAL.base, 0.42],
              [1, CORAL.base, 0],
            ],
          },
        },
        { path: ellipse(490, 958, 18, 9), paint: '#ffffff', opacity: 0.4, blur: 3 },
      ],
    },
    {
      name: 'shell',
      follows: 'head',
      depth: -6,
      relief: 0.8,
      jaw: 0,
      picture: [
        {
          path: HEAD,
          paint: {
            radial: [420, 340, 420, 460],
            stops: [
              [0, SHELL.light],
              [0.55, SHELL.base],
              [1, SHELL.shade],
            ],
          },
        },
        {
          within: HEAD,
          shapes: [
            { path: 'M700 260 C760 420 740 640 600 740 L800 760 L800 260 Z', paint: SHELL.deep, opacity: 0.38, blur: 26 },
            { path: 'M290 640 C360 740 660 740 740 620 L740 780 L280 780 Z', paint: SHELL.deep, opacity: 0.42, blur: 16 },
            { path: 'M330 330 C370 282 430 268 512 266', paint: '#ffffff', stroke: { width: 26, taper: true }, blur: 7 },
            { path: 'M452 246 L452 312 M572 246 L572 312', paint: SHELL.deep, opacity: 0.28, stroke: { width: 4 }, blur: 0.8 },
          ],
        },
        { path: SCREEN, paint: SHELL.deep, opacity: 0.55, stroke: { width: 18 }, blur: 4 },
        { path: SCREEN, paint: '#ffffff', opacity: 0.9, stroke: { width: 7 }, blur: 0.8 },
      ],
    },
    {
      name: 'screen',
      follows: 'head',
      depth: -2,
      relief: 0.85,
      jaw: 0,
      picture: [
        {
          path: SCREEN,
          paint: {
            radial: [470, 440, 300, 300],
            stops: [
              [0, '#263a75'],
              [0.55, '#182550'],
              [1, '#0c132e'],
            ],
          },
        },
        {
          within: SCREEN,
          shapes: [
            { path: ellipse(512, 640, 190, 90), paint: '#3667c9', opacity: 0.32, blur: 40 },
            { path: ellipse(392, 552, 36, 20), paint: '#ff7f9d', opacity: 0.6, blur: 11, mirror: true },
            {
              path: 'M342 420 C356 334 412 318 512 318 L560 320 C470 344 420 420 396 560 L346 600 Z',
              paint: '#ffffff',
              opacity: 0.09,
              blur: 3,
            },
            { path: SCREEN, paint: '#050a1c', opacity: 0.6, stroke: { width: 14 }, blur: 6 },
          ],
        },
      ],
    },
    'features',
    {
      name: 'glass',
      follows: 'head',
      depth: 16,
      relief: 0.85,
      jaw: 0,
      picture: [
        {
          path: 'M372 392 C386 354 420 344 470 340',
          paint: '#ffffff',
          opacity: 0.55,
          stroke: { width: 11, taper: true },
          blur: 2.5,
        },
        {
          path: 'M656 600 C646 622 626 632 600 636',
          paint: '#ffffff',
          opacity: 0.25,
          stroke: { width: 8, taper: true },
          blur: 2.5,
        },
      ],
    },
  ],
  head: { centerX: 512, centerY: 480, radiusX: 236, radiusY: 300, depth: 150, pivotY: 760, jawY: 640, chinY: 722, collarY: 830 },
  eyes: {
    style: 'lamp',
    distance: 80,
    y: 464,
    halfWidth: 33,
    upper: 45,
    lower: 45,
    slant: 0,
    white: '#f2ffff',
    whiteShade: GLOW,
    lid: GLOW,
    lidShade: GLOW,
    crease: GLOW,
    lash: GLOW,
    lashWidth: 0,
    wing: 0,
    iris: { radius: 20, color: GLOW, rim: '#21b8e6', pupil: '#062036' },
    brow: { color: '#58dcf2', y: 386, from: 52, to: 112, thickness: 9, arch: 8, fall: 3 },
  },
  mouth: {
    style: 'lamp',
    y: 586,
    halfWidth: 54,
    opening: 62,
    upperLip: 0,
    lowerLip: 0,
    smile: 16,
    upperColor: '#35cdf0',
    lowerColor: '#35cdf0',
    lowerLight: '#e9ffff',
    line: '#21b8e6',
    inside: '#0a1c44',
    insideLight: '#b8456e',
    tongue: '#ff7f9d',
    tongueLight: '#ff9fb4',
    teeth: '#ffffff',
    teethShade: '#bfe9f5',
    shadow: '#0a1230',
    depth: 2,
  },
};
