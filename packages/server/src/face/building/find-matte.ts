import { blur, type FaceMeasures, measureFace, resample, SILHOUETTE, smoothStep, toLocal } from '@visavis/face';
import { type ColorModel, likelihood, modelColors } from './color-model.ts';
import type { PersonMap } from './find-person.ts';
import { cutAndScale, type ScaledPhoto } from './scale-photo.ts';
import { BOND_STEPS, smoothLabels } from './smooth-labels.ts';

/** How much of each pixel is head and shoulders: 0 to 255, at half the size of the photo; and whether it may be used. */
export interface Matte {
  readonly matte: Uint8Array;
  readonly usable: boolean;
  /** Share of the outline where the matte cannot tell what is in front: 0 is clear everywhere. */
  readonly doubt: number;
}

/** The longer side of the picture in which head and background are told apart. */
const SMALL_SIDE = { byColors: 200, byPerson: 300 };
const CLUSTERS = 6;
/** What a network has seen needs little learning of colours. */
const ROUNDS = { byColors: 5, byPerson: 2 };
/** How far the network's edges may be off, in pixels of that picture, and what counts as sure after softening by it. */
const PERSON_EDGE = 2;
const PERSON_SURE = 0.06;
/** Above this the background of the photo stays: better an honest background than a gnawed head. */
const MOST_DOUBT = { byColors: 0.22, byPerson: 0.5 };

/**
 * Tells head and shoulders from what is behind them. What a network has seen of the person (or, without it, where people usually are
 * around their face) says what is certainly in front and what behind; both are described by their colours, pixels are labelled by
 * likelihood so that labels change where the photo has edges, and colours are learned again from the labels. Where that leaves doubt,
 * `usable` is false.
 * @param person in pixels of the photo.
 */
export function findMatte(photo: ScaledPhoto, landmarks: Float32Array, person?: PersonMap): Matte {
  const means = person ? 'byPerson' : 'byColors';
  const scale = Math.min(1, SMALL_SIDE[means] / Math.max(photo.width, photo.height));
  const small = cutAndScale(photo.rgb, photo.width, { left: 0, top: 0, right: photo.width, bottom: photo.height }, scale);
  const smallLandmarks = landmarks.map((value, index) => (index % 3 === 1 ? value * small.scaleY : value * small.scaleX));
  const measures = measureFace(smallLandmarks);
  const { width, height } = small;
  const colors = comparable(small.rgb);
  const scaledMap = person && ((x: number, y: number) => person(x / small.scaleX, y / small.scaleY));
  const prior = scaledMap
    ? priorOfPerson(scaledMap, measures, smallLandmarks, width, height)
    : priorOf(measures, smallLandmarks, width, height);
  const labels = prior.slice();
  const bonds = bondsOf(colors, width, height);
  const wanted = new Float32Array(labels.length);
  const strength = new Float32Array(labels.length);
  for (let round = 0; round < ROUNDS[means]; round++) {
    const sure = (value: number) => Math.max(0, (value - 0.6) / 0.4);
    const front = modelColors(colors, labels.map(sure), CLUSTERS);
    const back = modelColors(
      colors,
      labels.map((value) => sure(1 - value)),
      CLUSTERS,
    );
    describeWishes(colors, prior, front, back, wanted, strength);
    smoothLabels({ width, height, wanted, strength, bonds }, labels, 80);
  }
  keepTheHead(labels, measures, width, height);
  const doubt = doubtOf(labels, measures, width, height);
  const inFront = labels.reduce((sum, value) => sum + value, 0) / labels.length;
  return {
    matte: refine(photo, labels, width, height),
    usable: doubt < MOST_DOUBT[means] && inFront > 0.1 && inFront < 0.85,
    doubt,
  };
}

/** Brightness and two differences of colour, which count more: light varies over a head, colour less. */
function comparable(rgb: Uint8Array): Float32Array {
  const colors = new Float32Array(rgb.length);
  for (let at = 0; at < rgb.length; at += 3) {
    const red = rgb[at]!;
    const green = rgb[at + 1]!;
    const blue = rgb[at + 2]!;
    colors[at] = 0.8 * (0.299 * red + 0.587 * green + 0.114 * blue);
    colors[at + 1] = 1.3 * (red - green);
    colors[at + 2] = 1.3 * (blue - green);
  }
  return colors;
}

/** What is known from where the face is: 1 certainly in front, 0 certainly behind, between: more or less likely. */
function priorOf(measures: FaceMeasures, landmarks: Float32Array, width: number, height: number): Float32Array {
  const { faceWidth, faceHeight, chinY, foreheadY } = measures;
  const outline = SILHOUETTE.map((point) => [landmarks[3 * point]!, landmarks[3 * point + 1]!] as const);
  const middleY = (chinY + foreheadY) / 2 - 0.1 * faceHeight;
  const prior = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [x, y] = toLocal(measures, column + 0.5, row + 0.5);
      const aside = Math.abs(x);
      const head = Math.hypot(x / (0.72 * faceWidth), (y - middleY) / (0.86 * faceHeight));
      const below = (y - chinY) / faceHeight;
      const neck = aside / ((0.2 + 0.12 * Math.max(0, below)) * faceWidth);
      const shoulders = aside / ((0.42 + 1.5 * smoothStep(0.12, 0.75, below)) * faceWidth);
      let value = 0.75 - 0.6 * smoothStep(0.85, 1.5, head);
      if (below > 0) value = Math.max(value, 0.9 - 0.72 * smoothStep(0.75, 1.3, shoulders));
      if (below > -0.05 && below < 1.6 && neck < 1) value = 1;
      if (below > 0.55 && aside < (0.3 + 0.75 * Math.min(0.9, below - 0.55)) * faceWidth) value = 1;
      // Nobody's shoulders are wider.
      if (aside > 2.1 * faceWidth) value = 0;
      if (below < 0.1 && aside > 1.5 * faceWidth) value = 0;
      if (y < foreheadY - 1.05 * faceHeight) value = 0;
      const toBorder = Math.min(row, column, width - 1 - column);
      if (below < 0.05 && toBorder < 2 && head > 1.15) value = 0;
      if (isInside(outline, column + 0.5, row + 0.5)) value = 1;
      prior[row * width + column] = value;
    }
  }
  return prior;
}

/** The network's edges are some pixels off: between what is sure on both sides, colours and edges of the photo decide. */
function priorOfPerson(
  person: PersonMap,
  measures: FaceMeasures,
  landmarks: Float32Array,
  width: number,
  height: number,
): Float32Array {
  const usual = priorOf(measures, landmarks, width, height);
  const prior = new Float32Array(width * height);
  for (let at = 0; at < prior.length; at++) prior[at] = person((at % width) + 0.5, Math.floor(at / width) + 0.5);
  blur(prior, width, height, PERSON_EDGE);
  const outline = SILHOUETTE.map((point) => [landmarks[3 * point]!, landmarks[3 * point + 1]!] as const);
  return prior.map((value, at) => {
    if (isInside(outline, (at % width) + 0.5, Math.floor(at / width) + 0.5)) return 1;
    // Far from where anybody's shoulders end, it must be sure.
    return value < (usual[at] === 0 ? 0.5 : PERSON_SURE) ? 0 : value > 1 - PERSON_SURE ? 1 : value;
  });
}

function describeWishes(
  colors: Float32Array,
  prior: Float32Array,
  front: ColorModel,
  back: ColorModel,
  wanted: Float32Array,
  strength: Float32Array,
): void {
  for (let at = 0; at < prior.length; at++) {
    const before = prior[at]!;
    if (before === 0 || before === 1) {
      wanted[at] = before;
      strength[at] = 10;
      continue;
    }
    const inFront = likelihood(front, colors, at) * before;
    const behind = likelihood(back, colors, at) * (1 - before);
    const share = inFront / (inFront + behind);
    wanted[at] = share;
    // What could be either leaves it to its neighbours.
    strength[at] = 0.004 + 0.09 * Math.abs(2 * share - 1) ** 2;
  }
}

/** Neighbours of the same colour stay together; compared to how much neighbours differ in this photo. */
function bondsOf(colors: Float32Array, width: number, height: number): Float32Array {
  const differences = new Float32Array(4 * width * height);
  let sum = 0;
  let count = 0;
  BOND_STEPS.forEach(([dx, dy], kind) => {
    for (let row = 0; row < height - dy; row++) {
      for (let column = Math.max(0, -dx); column < width - Math.max(0, dx); column++) {
        const at = row * width + column;
        const other = at + dy * width + dx;
        let difference = 0;
        for (let channel = 0; channel < 3; channel++)
          difference += (colors[3 * at + channel]! - colors[3 * other + channel]!) ** 2;
        differences[4 * at + kind] = difference;
        sum += difference;
        count++;
      }
    }
  });
  const usual = Math.max(30, sum / Math.max(1, count));
  return differences.map((difference, index) => 0.002 + BOND_STEPS[index % 4]![2] * Math.exp(-difference / (0.7 * usual)));
}

/** Leaves in front only what hangs together with the face, and fills holes in it. */
function keepTheHead(labels: Float32Array, measures: FaceMeasures, width: number, height: number): void {
  const start =
    Math.min(height - 1, Math.max(0, Math.round(measures.originY))) * width +
    Math.min(width - 1, Math.max(0, Math.round(measures.originX)));
  const head = flood([start], width, height, (at) => labels[at]! > 0.4);
  for (let at = 0; at < labels.length; at++) if (head[at] === 0 && labels[at]! > 0.4) labels[at] = 0;
  const border: number[] = [];
  for (let column = 0; column < width; column++) border.push(column);
  for (let row = 0; row < height; row++) border.push(row * width, row * width + width - 1);
  const outside = flood(
    border.filter((at) => labels[at]! <= 0.6),
    width,
    height,
    (at) => labels[at]! <= 0.6,
  );
  for (let at = 0; at < labels.length; at++) if (outside[at] === 0) labels[at] = Math.max(labels[at]!, 1);
}

function flood(starts: readonly number[], width: number, height: number, allowed: (at: number) => boolean): Uint8Array {
  const reached = new Uint8Array(width * height);
  const waiting = starts.filter(allowed);
  for (const at of waiting) reached[at] = 1;
  while (waiting.length > 0) {
    const at = waiting.pop()!;
    const column = at % width;
    for (const next of [column > 0 ? at - 1 : -1, column < width - 1 ? at + 1 : -1, at - width, at + width]) {
      if (next < 0 || next >= reached.length || reached[next] === 1 || !allowed(next)) continue;
      reached[next] = 1;
      waiting.push(next);
    }
  }
  return reached;
}

/** Undecided pixels beyond a soft edge two pixels wide, compared to the length of the outline of a head and shoulders. */
function doubtOf(labels: Float32Array, measures: FaceMeasures, width: number, height: number): number {
  let undecided = 0;
  let outline = 1;
  for (let row = 0; row < height - 1; row++) {
    for (let column = 0; column < width - 1; column++) {
      const at = row * width + column;
      const value = labels[at]!;
      if (value > 0.2 && value < 0.8) undecided++;
      if (value > 0.5 !== labels[at + 1]! > 0.5 || value > 0.5 !== labels[at + width]! > 0.5) outline++;
    }
  }
  const expected = 3.4 * measures.faceHeight;
  // An outline that wanders is as bad as one that is not sharp.
  return Math.max(0, undecided / outline - 1) * 0.2 + Math.max(0, outline / expected - 1.3) * 0.3;
}

/** Brings labels to half the size of the photo, edges where the photo has them (a guided filter by brightness). */
function refine(photo: ScaledPhoto, labels: Float32Array, smallWidth: number, smallHeight: number): Uint8Array {
  const width = photo.width / 2;
  const height = photo.height / 2;
  const bytes = Uint8Array.from(labels, (value) => Math.round(255 * smoothStep(0.15, 0.85, value)));
  const scale = width / smallWidth;
  const enlarged = Float32Array.from(
    resample({ plane: bytes, width: smallWidth, height: smallHeight, left: 0, top: 0, scale }, width, height),
    (value) => value / 255,
  );
  const guide = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (let corner = 0; corner < 4; corner++) {
        const at = 3 * ((2 * row + (corner >> 1)) * photo.width + 2 * column + (corner & 1));
        sum += 0.4 * photo.rgb[at]! + 0.4 * photo.rgb[at + 1]! + 0.2 * photo.rgb[at + 2]!;
      }
      guide[row * width + column] = sum / (4 * 255);
    }
  }
  const refined = guidedFilter(guide, enlarged, width, height, Math.max(2, Math.round(1.2 * scale)), 4e-4);
  return Uint8Array.from(refined, (value) => Math.round(255 * smoothStep(0.12, 0.9, value)));
}

/** He, Sun, Tang: Guided Image Filtering (2010), with a smooth window instead of a box. */
function guidedFilter(
  guide: Float32Array,
  input: Float32Array,
  width: number,
  height: number,
  radius: number,
  epsilon: number,
): Float32Array {
  const blurred = (values: Float32Array) => {
    blur(values, width, height, radius);
    return values;
  };
  const meanGuide = blurred(guide.slice());
  const meanInput = blurred(input.slice());
  const meanProduct = blurred(guide.map((value, at) => value * input[at]!));
  const meanSquare = blurred(guide.map((value) => value * value));
  const slope = meanProduct.map(
    (value, at) => (value - meanGuide[at]! * meanInput[at]!) / (meanSquare[at]! - meanGuide[at]! ** 2 + epsilon),
  );
  const base = meanInput.map((value, at) => value - slope[at]! * meanGuide[at]!);
  blurred(slope);
  blurred(base);
  return guide.map((value, at) => Math.min(1, Math.max(0, slope[at]! * value + base[at]!)));
}

function isInside(outline: readonly (readonly [number, number])[], x: number, y: number): boolean {
  let inside = false;
  for (let index = 0, before = outline.length - 1; index < outline.length; before = index++) {
    const [ax, ay] = outline[index]!;
    const [bx, by] = outline[before]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
