import type { Color, EyeMeasures, HeadMeasures, Layer, MouthMeasures, Picture, Shape } from '../drawing.ts';
import { ellipse, mirrorPath } from '../path.ts';

/** The light comes from the upper left, on all of them. */
export interface Skin {
  base: Color;
  light: Color;
  shade: Color;
  /** Of deep shadows and lines. */
  deep: Color;
  blush: Color;
}

/** Outline of a face: half widths from x = 512, heights from the top. */
export interface FaceShape {
  top: number;
  /** At the height of the eyes. */
  cheek: number;
  jaw: number;
  /** 0 pointed to 1 broad. */
  chinBreadth: number;
  chinY: number;
  jawY?: number;
}

export const EYE_Y = 468;
export const MOUTH_Y = 632;

export function facePath({ top, cheek, jaw, chinBreadth, chinY, jawY = 616 }: FaceShape): string {
  const half = (side: -1 | 1) => {
    const x = (distance: number) => 512 + side * distance;
    const chin = 40 + 55 * chinBreadth;
    return { x, chin };
  };
  const [left, right] = [half(-1), half(1)];
  return `M512 ${top} C${left.x(cheek * 0.62)} ${top} ${left.x(cheek)} ${top + 92} ${left.x(cheek)} 446 C${left.x(cheek)} 520 ${left.x(jaw + 16)} ${jawY - 44} ${left.x(jaw)} ${jawY} C${left.x(jaw - 22)} ${jawY + 52} ${left.x(left.chin)} ${chinY} 512 ${chinY} C${right.x(right.chin)} ${chinY} ${right.x(jaw - 22)} ${jawY + 52} ${right.x(jaw)} ${jawY} C${right.x(jaw + 16)} ${jawY - 44} ${right.x(cheek)} 520 ${right.x(cheek)} 446 C${right.x(cheek)} ${top + 92} ${right.x(cheek * 0.62)} ${top} 512 ${top} Z`;
}

export interface FaceOptions {
  skin: Skin;
  shape: FaceShape;
  ears?: boolean;
  /** Lies soft on the forehead: the shadow of the hair. */
  hairShadow?: string;
  /** 0 to 1: lines that years leave. */
  age?: number;
  blush?: number;
  /** Over the skin, within the face: beards, freckles. */
  over?: Shape[];
  /** Not held by the outline of the face: a beard that reaches beyond. */
  beyond?: Picture;
}

/** The head without its moving parts. */
export function faceLayer({
  skin,
  shape,
  ears = true,
  hairShadow,
  age = 0,
  blush = 0.4,
  over = [],
  beyond = [],
}: FaceOptions): Layer {
  const path = facePath(shape);
  const { cheek, chinY } = shape;
  const picture: Picture = [];
  if (ears) picture.push(...earShapes(skin, cheek));
  picture.push({
    path,
    paint: {
      radial: [462, 400, 300, 400],
      stops: [
        [0, skin.light],
        [0.52, skin.base],
        [1, skin.shade],
      ],
    },
  });
  const within: Shape[] = [
    // The side that the light does not reach.
    {
      path: `M${512 + cheek * 0.62} 240 C${512 + cheek * 0.9} 420 ${512 + cheek * 0.72} 600 540 ${chinY + 30} L760 ${chinY + 30} L760 240 Z`,
      paint: skin.shade,
      opacity: 0.55,
      blur: 26,
    },
    { path: ellipse(512, chinY + 24, 150, 44), paint: skin.deep, opacity: 0.3, blur: 20 },
    {
      path: `M${512 - cheek - 10} 500 C${512 - cheek + 14} 600 ${512 - cheek + 50} 670 470 ${chinY + 10} L300 ${chinY + 10} Z`,
      paint: skin.shade,
      opacity: 0.4,
      blur: 18,
    },
    { path: ellipse(462, 336, 96, 54), paint: skin.light, opacity: 0.6, blur: 28 },
    // Sockets.
    { path: ellipse(424, EYE_Y - 12, 62, 36), paint: skin.shade, opacity: 0.42, blur: 14, mirror: true },
    { path: ellipse(462, EYE_Y + 4, 18, 34), paint: skin.shade, opacity: 0.4, blur: 11, mirror: true },
    // Cheeks: light above, color beneath.
    { path: ellipse(404, 556, 58, 40), paint: skin.blush, opacity: blush, blur: 24 },
    { path: ellipse(622, 556, 56, 40), paint: skin.blush, opacity: blush, blur: 24 },
    { path: ellipse(398, 526, 44, 20), paint: skin.light, opacity: 0.55, blur: 14 },
    { path: ellipse(618, 528, 36, 18), paint: skin.light, opacity: 0.3, blur: 14 },
    // Between nose and mouth, and the chin.
    { path: `M502 588 C499 600 499 606 502 614 L522 614 C525 606 525 600 522 588 Z`, paint: skin.shade, opacity: 0.4, blur: 5 },
    { path: ellipse(506, chinY - 34, 34, 18), paint: skin.light, opacity: 0.4, blur: 10 },
    ...ageShapes(skin, age),
    ...over,
  ];
  if (hairShadow) within.push({ path: hairShadow, paint: skin.deep, opacity: 0.36, blur: 12 });
  picture.push({ within: path, shapes: within }, ...beyond);
  return { name: 'face', follows: 'head', depth: 0, relief: 1, jaw: 1, picture };
}

function earShapes(skin: Skin, cheek: number): Picture {
  const x = 512 - cheek;
  return [
    {
      path: `M${x + 14} 438 C${x - 22} 414 ${x - 38} 448 ${x - 30} 492 C${x - 24} 530 ${x - 8} 556 ${x + 16} 546 Z`,
      paint: {
        linear: [x - 36, 440, x + 14, 540],
        stops: [
          [0, skin.base],
          [1, skin.shade],
        ],
      },
      mirror: true,
    },
    {
      path: `M${x - 2} 450 C${x - 20} 444 ${x - 26} 466 ${x - 20} 492 C${x - 16} 512 ${x - 10} 520 ${x} 516`,
      paint: skin.deep,
      opacity: 0.42,
      stroke: { width: 6, taper: true },
      blur: 1.2,
      mirror: true,
    },
    { path: ellipse(x - 2, 494, 10, 24), paint: skin.deep, opacity: 0.3, blur: 5, mirror: true },
  ];
}

function ageShapes(skin: Skin, age: number): Shape[] {
  if (age <= 0) return [];
  const line = (path: string, width: number, opacity: number, blur = 1.4): Shape => ({
    path,
    paint: skin.deep,
    opacity: opacity * age,
    stroke: { width, taper: true },
    blur,
    mirror: true,
  });
  return [
    // From the nose to the corners of the mouth, beneath the eyes, beside them, and on the forehead.
    line('M466 566 C448 586 436 606 432 634', 7, 0.5, 2.2),
    line('M390 504 C408 520 440 522 462 508', 5, 0.42, 1.8),
    line('M368 470 C358 468 350 462 346 456', 3.5, 0.42),
    line('M368 480 C358 482 350 482 342 480', 3.5, 0.42),
    line('M424 330 C460 320 490 322 512 324', 4, 0.3),
    line('M418 356 C456 346 490 348 512 350', 4, 0.26),
    line('M446 676 C442 690 444 704 450 712', 5, 0.26, 2.4),
  ];
}

export interface NoseOptions {
  /** Half its width at the wings. */
  width?: number;
  tipY?: number;
  /** How clear its lines are. */
  strength?: number;
}

/** In front of the face, so that it turns further than the cheeks. */
export function noseLayer(skin: Skin, { width = 31, tipY = 566, strength = 1 }: NoseOptions = {}): Layer {
  const [left, right] = [512 - width, 512 + width];
  return {
    name: 'nose',
    follows: 'head',
    depth: 26,
    relief: 1,
    jaw: 0,
    picture: [
      // The shaded side of the bridge, its light, and the shadow beneath the tip.
      {
        path: `M520 452 C522 500 534 528 ${right} ${tipY - 8} C${right - 4} ${tipY + 6} ${right - 14} ${tipY + 8} 514 ${tipY} Z`,
        paint: skin.shade,
        opacity: 0.62 * strength,
        blur: 8,
      },
      {
        path: `M504 440 C504 490 503 520 506 ${tipY - 18} L515 ${tipY - 18} C516 520 514 490 513 440 Z`,
        paint: skin.light,
        opacity: 0.6,
        blur: 5,
      },
      { path: ellipse(512, tipY + 13, width * 0.92, 9), paint: skin.deep, opacity: 0.34 * strength, blur: 6 },
      { path: ellipse(507, tipY - 9, width * 0.5, 13), paint: skin.light, opacity: 0.75, blur: 6 },
      {
        path: `M${left + 3} ${tipY - 16} C${left - 6} ${tipY - 4} ${left - 1} ${tipY + 10} ${left + 13} ${tipY + 6}`,
        paint: skin.deep,
        opacity: 0.5 * strength,
        stroke: { width: 5, taper: true },
        blur: 0.9,
      },
      {
        path: `M${right - 3} ${tipY - 16} C${right + 6} ${tipY - 4} ${right + 1} ${tipY + 10} ${right - 13} ${tipY + 6}`,
        paint: skin.deep,
        opacity: 0.62 * strength,
        stroke: { width: 5, taper: true },
        blur: 0.9,
      },
      {
        path: `M${left + 11} ${tipY + 5} C${left + 16} ${tipY - 1} ${left + 24} ${tipY + 1} 506 ${tipY + 8} C${left + 22} ${tipY + 9} ${left + 15} ${tipY + 10} ${left + 11} ${tipY + 5} Z`,
        paint: skin.deep,
        opacity: 0.78,
        blur: 0.8,
        mirror: true,
      },
      { path: ellipse(504, tipY - 13, 6, 7), paint: '#ffffff', opacity: 0.35, blur: 2.5 },
    ],
  };
}

/** The neck with the shadow of the head; to begin a body with. */
export function neck(skin: Skin, half = 74, collarY = 830): Picture {
  const [left, right] = [512 - half, 512 + half];
  const path = `M${left} 610 L${left} 742 C${left} 780 ${left - 18} 800 ${left - 54} 816 C${left - 70} 840 ${left - 20} ${collarY + 60} 512 ${collarY + 60} C${right + 20} ${collarY + 60} ${right + 70} 840 ${right + 54} 816 C${right + 18} 800 ${right} 780 ${right} 742 L${right} 610 Z`;
  return [
    {
      path,
      paint: {
        linear: [left, 0, right, 0],
        stops: [
          [0, skin.base],
          [0.35, skin.base],
          [1, skin.shade],
        ],
      },
    },
    {
      within: path,
      shapes: [
        {
          path: `M${left - 20} 600 L${right + 20} 600 L${right + 20} 738 C${right - 20} 792 ${left + 44} 790 ${left - 20} 726 Z`,
          paint: skin.deep,
          opacity: 0.58,
          blur: 13,
        },
        {
          path: `M${right - 30} 700 C${right - 20} 780 ${right} 830 ${right + 60} 900 L${right + 80} 700 Z`,
          paint: skin.deep,
          opacity: 0.3,
          blur: 14,
        },
        {
          path: `M486 800 C494 830 500 846 508 ${collarY + 30}`,
          paint: skin.shade,
          opacity: 0.5,
          stroke: { width: 8, taper: true },
          blur: 3,
          mirror: true,
        },
        {
          path: `M${left - 30} 842 C470 826 494 836 506 850`,
          paint: skin.deep,
          opacity: 0.26,
          stroke: { width: 8, taper: true },
          blur: 3,
          mirror: true,
        },
        { path: ellipse(470, 812, 40, 16), paint: skin.light, opacity: 0.4, blur: 10 },
      ],
    },
  ];
}

/** A torso in one color with folds and light; `width`: half of it at the lower edge of the picture. */
export function torso(
  color: Color,
  light: Color,
  dark: Color,
  { width = 402, slope = 0, neckHalf = 116, neckY = 806 } = {},
): Picture {
  const [left, right] = [512 - width, 512 + width];
  const shoulderY = 866 + slope;
  const path = `M${left - 6} 1120 C${left - 2} 960 ${left + 40} 900 ${left + 128} ${shoulderY} C${left + 196} ${shoulderY - 26} ${512 - neckHalf - 50} ${neckY + 34} ${512 - neckHalf} ${neckY} L${512 + neckHalf} ${neckY} C${512 + neckHalf + 50} ${neckY + 34} ${right - 196} ${shoulderY - 26} ${right - 128} ${shoulderY} C${right - 40} 900 ${right + 2} 960 ${right + 6} 1120 Z`;
  return [
    {
      path,
      paint: {
        linear: [left + 60, 800, right - 60, 1040],
        stops: [
          [0, light],
          [0.45, color],
          [1, dark],
        ],
      },
    },
    {
      within: path,
      shapes: [
        {
          path: `M${left + 96} 1120 C${left + 88} 1020 ${left + 100} 960 ${left + 128} 930`,
          paint: dark,
          opacity: 0.75,
          stroke: { width: 14, taper: true },
          blur: 5,
        },
        {
          path: `M${right - 96} 1120 C${right - 88} 1020 ${right - 100} 960 ${right - 128} 930`,
          paint: dark,
          opacity: 0.85,
          stroke: { width: 14, taper: true },
          blur: 5,
        },
        {
          path: `M${left + 10} 960 C${left + 60} 892 ${left + 150} 870 ${left + 230} 850`,
          paint: light,
          opacity: 0.7,
          stroke: { width: 26, taper: true },
          blur: 12,
        },
        { path: ellipse(512, 830, 190, 44), paint: dark, opacity: 0.5, blur: 26 },
      ],
    },
  ];
}

/** Head measures of a person with this face. */
export function headOf(shape: FaceShape): HeadMeasures {
  return {
    centerX: 512,
    centerY: 470,
    radiusX: shape.cheek + 26,
    radiusY: 300,
    depth: 150,
    pivotY: 760,
    jawY: 600,
    chinY: shape.chinY,
    collarY: 830,
  };
}

/** Eyes of a person; the rest as told. */
export function humanEyes(
  skin: Skin,
  given: Partial<Omit<EyeMeasures, 'brow' | 'iris'>> & Pick<EyeMeasures, 'iris' | 'brow' | 'lash'>,
): EyeMeasures {
  return {
    style: 'human',
    distance: 86,
    y: EYE_Y,
    halfWidth: 43,
    upper: 25,
    lower: 17,
    slant: 6,
    white: '#fdfbf8',
    whiteShade: '#c9bcb8',
    lid: skin.base,
    lidShade: skin.shade,
    crease: skin.deep,
    lashWidth: 8,
    wing: 9,
    ...given,
  };
}

/** A mouth in these lip colors; the rest as told. */
export function lips(
  upperColor: Color,
  lowerColor: Color,
  lowerLight: Color,
  line: Color,
  shadow: Color,
  given: Partial<MouthMeasures> = {},
): MouthMeasures {
  return {
    style: 'lips',
    y: MOUTH_Y,
    halfWidth: 63,
    opening: 66,
    upperLip: 15,
    lowerLip: 21,
    smile: 9,
    upperColor,
    lowerColor,
    lowerLight,
    line,
    inside: '#2b0c10',
    insideLight: '#5c1f24',
    tongue: '#b04a50',
    tongueLight: '#d0696b',
    teeth: '#fbf8f2',
    teethShade: '#cfc3bb',
    shadow,
    depth: 12,
    ...given,
  };
}

/** A picture on the other side of x = 512; its light still comes from the left. */
export function mirrorPicture(picture: Picture): Picture {
  const turn = (shape: Shape): Shape => ({ ...shape, path: mirrorPath(shape.path) });
  return picture.map((item) =>
    'within' in item ? { within: mirrorPath(item.within), shapes: item.shapes.map(turn) } : turn(item),
  );
}
