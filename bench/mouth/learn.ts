import { createRandom } from '../../packages/face/src/motion/random.ts';
import { FIRST_VISEME_OUTPUT, MODEL_OUTPUTS } from '../../packages/face/src/mouth/audio-mouth.ts';
import { BANDS } from '../../packages/face/src/mouth/mel-bands.ts';
import type { Layer } from '../../packages/face/src/mouth/network.ts';
import { type Example, gather } from './examples.ts';

export interface LearnOptions {
  offsets: readonly number[];
  /** Sizes of the layers between. */
  hidden: readonly number[];
  rounds: number;
  seed: number;
  /** How many hops of all a round takes. */
  share: number;
}

const BATCH = 48;
/** What the likeliness of the visemes counts against the shape, and the closed lips. */
const VISEME_WEIGHT = 0.04;
const CLOSED_WEIGHT = 1;
/** Errors of these are larger than they look: they are rare or small. In the order of `MOUTH_PARAMETERS`. */
const SHAPE_WEIGHTS = [1.5, 2, 1.5, 1, 2, 1, 1, 0.7];

/** A network that learns with Adam (Kingma and Ba 2014): squared errors for the shape, cross entropy for the visemes. */
export function learn(examples: readonly Example[], { offsets, hidden, rounds, seed, share }: LearnOptions): Layer[] {
  const random = createRandom(seed);
  const sizes = [offsets.length * BANDS, ...hidden, MODEL_OUTPUTS];
  const layers = sizes.slice(1).map((outputs, l): Layer => {
    const inputs = sizes[l]!;
    const spread = Math.sqrt(6 / inputs) * (l === sizes.length - 2 ? 0.3 : 1);
    return {
      inputs,
      outputs,
      weights: Float32Array.from({ length: inputs * outputs }, () => (random() * 2 - 1) * spread),
      biases: new Float32Array(outputs),
    };
  });
  const places = examples.flatMap((example) => Array.from({ length: example.hops }, (_, hop) => ({ example, hop })));
  const states = layers.map(({ weights, biases }) => ({
    weights: adam(weights),
    biases: adam(biases),
  }));
  const activations = sizes.map((size) => new Float32Array(size));
  const errors = sizes.map((size) => new Float32Array(size));
  let step = 0;
  const steps = Math.ceil((places.length * share) / BATCH) * rounds;
  for (let round = 0; round < rounds; round++) {
    shuffle(places, random);
    const taken = places.slice(0, Math.floor(places.length * share));
    for (let from = 0; from < taken.length; from += BATCH) {
      for (const state of states) {
        state.weights.gradient.fill(0);
        state.biases.gradient.fill(0);
      }
      const batch = taken.slice(from, from + BATCH);
      for (const { example, hop } of batch) {
        gather(example, hop, offsets, activations[0]!);
        forward(layers, activations);
        lastErrors(activations.at(-1)!, example.targets, hop * MODEL_OUTPUTS, errors.at(-1)!);
        backward(layers, activations, errors, states);
      }
      step += 1;
      const rate = 0.002 * (0.5 + 0.5 * Math.cos((Math.PI * step) / steps)) + 2e-5;
      for (const state of states) {
        state.weights.update(rate, batch.length, step, 1e-4);
        state.biases.update(rate, batch.length, step, 0);
      }
    }
  }
  return layers;
}

function forward(layers: readonly Layer[], activations: readonly Float32Array[]): void {
  for (const [l, { inputs, outputs, weights, biases }] of layers.entries()) {
    const from = activations[l]!;
    const to = activations[l + 1]!;
    const last = l === layers.length - 1;
    for (let o = 0, row = 0; o < outputs; o++, row += inputs) {
      let sum = biases[o]!;
      for (let i = 0; i < inputs; i++) sum += weights[row + i]! * from[i]!;
      to[o] = last || sum > 0 ? sum : 0;
    }
  }
}

function lastErrors(outputs: Float32Array, targets: Float32Array, at: number, into: Float32Array): void {
  for (let k = 0; k < FIRST_VISEME_OUTPUT; k++) {
    into[k] = (outputs[k]! - targets[at + k]!) * (SHAPE_WEIGHTS[k] ?? CLOSED_WEIGHT);
  }
  let most = Number.NEGATIVE_INFINITY;
  for (let k = FIRST_VISEME_OUTPUT; k < MODEL_OUTPUTS; k++) most = Math.max(most, outputs[k]!);
  let sum = 0;
  for (let k = FIRST_VISEME_OUTPUT; k < MODEL_OUTPUTS; k++) sum += Math.exp(outputs[k]! - most);
  for (let k = FIRST_VISEME_OUTPUT; k < MODEL_OUTPUTS; k++) {
    into[k] = (Math.exp(outputs[k]! - most) / sum - targets[at + k]!) * VISEME_WEIGHT;
  }
}

interface Learning {
  gradient: Float32Array;
  update(rate: number, count: number, step: number, decay: number): void;
}

function backward(
  layers: readonly Layer[],
  activations: readonly Float32Array[],
  errors: readonly Float32Array[],
  states: ReadonlyArray<{ weights: Learning; biases: Learning }>,
): void {
  for (let l = layers.length - 1; l >= 0; l--) {
    const { inputs, outputs, weights } = layers[l]!;
    const from = activations[l]!;
    const error = errors[l + 1]!;
    const before = errors[l]!;
    const { weights: onWeights, biases: onBiases } = states[l]!;
    before.fill(0);
    for (let o = 0, row = 0; o < outputs; o++, row += inputs) {
      const e = error[o]!;
      if (e === 0) continue;
      onBiases.gradient[o]! += e;
      const { gradient } = onWeights;
      if (l === 0) for (let i = 0; i < inputs; i++) gradient[row + i]! += e * from[i]!;
      else
        for (let i = 0; i < inputs; i++) {
          gradient[row + i]! += e * from[i]!;
          before[i]! += e * weights[row + i]!;
        }
    }
    if (l > 0) for (let i = 0; i < inputs; i++) if (from[i] === 0) before[i] = 0;
  }
}

function adam(values: Float32Array): Learning {
  const gradient = new Float32Array(values.length);
  const mean = new Float32Array(values.length);
  const square = new Float32Array(values.length);
  return {
    gradient,
    update(rate, count, step, decay) {
      const meanBy = 1 / (1 - 0.9 ** step);
      const squareBy = 1 / (1 - 0.999 ** step);
      for (let i = 0; i < values.length; i++) {
        const g = gradient[i]! / count;
        mean[i] = 0.9 * mean[i]! + 0.1 * g;
        square[i] = 0.999 * square[i]! + 0.001 * g * g;
        values[i]! -= rate * ((mean[i]! * meanBy) / (Math.sqrt(square[i]! * squareBy) + 1e-8) + decay * values[i]!);
      }
    },
  };
}

function shuffle<Item>(items: Item[], random: () => number): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
}

/** A layer that is right in the least squares, with little weights (ridge regression). `inputs` by hop, of one length. */
export function fitRidge(inputs: readonly Float32Array[], targets: readonly Float32Array[], ridge: number): Layer {
  const [width, outputs] = [inputs[0]!.length + 1, targets[0]!.length];
  const a = Array.from({ length: width }, (_, i) => Float64Array.from({ length: width }, (_, j) => (i === j ? ridge : 0)));
  const b = Array.from({ length: width }, () => new Float64Array(outputs));
  for (const [n, row] of inputs.entries()) {
    for (let i = 0; i < width; i++) {
      const x = row[i] ?? 1;
      for (let j = 0; j <= i; j++) a[i]![j]! += x * (row[j] ?? 1);
      for (let k = 0; k < outputs; k++) b[i]![k]! += x * targets[n]![k]!;
    }
  }
  for (let i = 0; i < width; i++) for (let j = i + 1; j < width; j++) a[i]![j] = a[j]![i]!;
  eliminate(a, b);
  return {
    inputs: width - 1,
    outputs,
    weights: Float32Array.from({ length: outputs * (width - 1) }, (_, at) => b[at % (width - 1)]![Math.floor(at / (width - 1))]!),
    biases: Float32Array.from({ length: outputs }, (_, k) => b[width - 1]![k]!),
  };
}

/** Gauss, Jordan; `a` is positive definite, so that no pivots are needed. `b` becomes the solution. */
function eliminate(a: Float64Array[], b: Float64Array[]): void {
  for (let i = 0; i < a.length; i++) {
    const pivot = a[i]![i]!;
    for (let r = 0; r < a.length; r++) {
      const factor = a[r]![i]! / pivot;
      if (r === i || factor === 0) continue;
      for (let c = i; c < a.length; c++) a[r]![c]! -= factor * a[i]![c]!;
      for (let k = 0; k < b[r]!.length; k++) b[r]![k]! -= factor * b[i]![k]!;
    }
  }
  for (let i = 0; i < a.length; i++) for (let k = 0; k < b[i]!.length; k++) b[i]![k]! /= a[i]![i]!;
}
