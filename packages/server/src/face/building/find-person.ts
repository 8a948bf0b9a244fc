import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type FaceMeasures, smoothStep, toPicture } from '@visavis/face';
import { startTensors } from './face-models.ts';
import type { Picture } from './picture.ts';
import { readTflite, type TfliteNetwork } from './tflite-network.ts';

/** How sure it is that a place of a picture, in pixels, shows a person: 0 to 1. */
export type PersonMap = (x: number, y: number) => number;

/** Sees which parts of a picture are a person; looks once at all of it, and once closely at the head. Takes 0.1 to 0.2 s. */
export type PersonFinder = (picture: Picture, measures: FaceMeasures) => PersonMap;

interface View {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const SIDE = 256;
/** Samples along each axis of a pixel that the network sees. */
const TAPS = 3;
/** The closer view: to both sides of the chin, above the forehead and below the chin, in heights of the face. */
const CLOSE = { aside: 1.5, above: 0.9, below: 1 };
/** Towards its borders the closer view counts less and less; part of its sides. */
const CLOSE_FADE = 0.08;

const require = createRequire(import.meta.url);

/** Loads MediaPipe's network for selfies, 250 kB, out of its package folder. Works synchronously: use it in a thread of its own. */
export async function loadPersonFinder(): Promise<PersonFinder> {
  await startTensors();
  const folder = dirname(require.resolve('@mediapipe/selfie_segmentation'));
  const network = readTflite(await readFile(join(folder, 'selfie_segmentation.tflite')));
  return (picture, measures) => {
    const { width, height } = picture;
    const whole = { left: 0, top: 0, right: width, bottom: height };
    const [chinX, chinY] = toPicture(measures, 0, measures.chinY);
    const face = measures.faceHeight;
    const close = {
      left: Math.max(0, chinX - CLOSE.aside * face),
      top: Math.max(0, chinY - (1 + CLOSE.above) * face),
      right: Math.min(width, chinX + CLOSE.aside * face),
      bottom: Math.min(height, chinY + CLOSE.below * face),
    };
    const afar = lookAt(picture, whole, network);
    const near = lookAt(picture, close, network);
    return (x, y) => {
      const share = Math.min(fromBorder(x, close.left, close.right, width), fromBorder(y, close.top, close.bottom, height));
      return share <= 0 ? afar(x, y) : share * near(x, y) + (1 - share) * afar(x, y);
    };
  };
}

/** 0 at the borders of a view to 1 inside; where the picture ends, too, there is nothing to fade into. */
function fromBorder(at: number, from: number, to: number, most: number): number {
  const fade = CLOSE_FADE * (to - from);
  const after = from <= 0 ? 1 : smoothStep(0, fade, at - from);
  const before = to >= most ? 1 : smoothStep(0, fade, to - at);
  return Math.min(after, before);
}

function lookAt(picture: Picture, view: View, network: TfliteNetwork): PersonMap {
  const input = tf.tensor4d(sampleView(picture, view), [1, SIDE, SIDE, 3]);
  const output = network(input);
  const amounts = output.dataSync<'float32'>().slice();
  tf.dispose([input, output]);
  const { left, top, right, bottom } = view;
  return (x, y) => {
    const u = Math.min(SIDE - 1.001, Math.max(0, ((x - left) / (right - left)) * SIDE - 0.5));
    const v = Math.min(SIDE - 1.001, Math.max(0, ((y - top) / (bottom - top)) * SIDE - 0.5));
    const column = Math.floor(u);
    const at = Math.floor(v) * SIDE + column;
    const upper = amounts[at]! + (amounts[at + 1]! - amounts[at]!) * (u - column);
    const lower = amounts[at + SIDE]! + (amounts[at + SIDE + 1]! - amounts[at + SIDE]!) * (u - column);
    return upper + (lower - upper) * (v - Math.floor(v));
  };
}

/** The view stretched to a square, as the network has learned it; 0 to 1. */
function sampleView({ width, rgb }: Picture, { left, top, right, bottom }: View): Float32Array {
  const pixels = new Float32Array(SIDE * SIDE * 3);
  const share = 1 / (255 * TAPS * TAPS);
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const at = 3 * (row * SIDE + column);
      for (let tap = 0; tap < TAPS * TAPS; tap++) {
        const x = Math.floor(left + ((column + ((tap % TAPS) + 0.5) / TAPS) / SIDE) * (right - left));
        const y = Math.floor(top + ((row + (Math.floor(tap / TAPS) + 0.5) / TAPS) / SIDE) * (bottom - top));
        const from = 3 * (y * width + x);
        for (let channel = 0; channel < 3; channel++) pixels[at + channel]! += rgb[from + channel]! * share;
      }
    }
  }
  return pixels;
}
