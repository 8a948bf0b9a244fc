/** What is wanted of a labelling of each pixel of a small picture between 0 and 1. */
export interface LabelWishes {
  readonly width: number;
  readonly height: number;
  /** What each pixel should be, and how much that counts. */
  readonly wanted: Float32Array;
  readonly strength: Float32Array;
  /** How much each pixel should be like its right, lower, lower right and lower left neighbour: four each. */
  readonly bonds: Float32Array;
}

/** Neighbours in the order of `bonds`. */
export const BOND_STEPS = [
  [1, 0, 1],
  [0, 1, 1],
  [1, 1, Math.SQRT1_2],
  [-1, 1, Math.SQRT1_2],
] as const;

/**
 * The labelling that breaks the wishes least (least squares: a random walk between pixels that agree), by conjugate gradients from
 * `labels`, which it changes.
 */
export function smoothLabels(wishes: LabelWishes, labels: Float32Array, rounds: number): void {
  const count = labels.length;
  const residual = new Float32Array(count);
  const product = new Float32Array(count);
  multiply(wishes, labels, product);
  for (let at = 0; at < count; at++) residual[at] = wishes.strength[at]! * wishes.wanted[at]! - product[at]!;
  const direction = residual.slice();
  let energy = dot(residual, residual);
  for (let round = 0; round < rounds && energy > 1e-6; round++) {
    multiply(wishes, direction, product);
    const step = energy / Math.max(1e-12, dot(direction, product));
    for (let at = 0; at < count; at++) {
      labels[at]! += step * direction[at]!;
      residual[at]! -= step * product[at]!;
    }
    const next = dot(residual, residual);
    const keep = next / energy;
    energy = next;
    for (let at = 0; at < count; at++) direction[at] = residual[at]! + keep * direction[at]!;
  }
  for (let at = 0; at < count; at++) labels[at] = Math.min(1, Math.max(0, labels[at]!));
}

function multiply({ width, height, strength, bonds }: LabelWishes, values: Float32Array, result: Float32Array): void {
  for (let at = 0; at < values.length; at++) result[at] = strength[at]! * values[at]!;
  BOND_STEPS.forEach(([dx, dy], kind) => {
    for (let row = 0; row < height - dy; row++) {
      for (let column = Math.max(0, -dx); column < width - Math.max(0, dx); column++) {
        const at = row * width + column;
        const other = at + dy * width + dx;
        const pull = bonds[4 * at + kind]! * (values[at]! - values[other]!);
        result[at]! += pull;
        result[other]! -= pull;
      }
    }
  });
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}
