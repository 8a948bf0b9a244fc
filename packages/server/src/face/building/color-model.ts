/** A few clusters of colours, each with its own spread: what a part of a photo is made of. */
export interface ColorModel {
  readonly clusters: readonly {
    readonly mean: readonly [number, number, number];
    readonly variance: readonly [number, number, number];
    /** Share of all. */
    readonly share: number;
  }[];
}

/** Least spread in each channel: colours of photos are never exact. */
const LEAST_VARIANCE = 40;
const ROUNDS = 8;

/**
 * Finds clusters among colours by k-means, begun at evenly spaced ranks of brightness, so that it is repeatable.
 * @param colors three numbers each. @param weights how much each counts, from 0.
 */
export function modelColors(colors: Float32Array, weights: Float32Array, clusterCount: number): ColorModel {
  const samples = Array.from(weights.keys()).filter((at) => weights[at]! > 0.01);
  if (samples.length === 0) return { clusters: [] };
  const byBrightness = samples.toSorted((a, b) => colors[3 * a]! - colors[3 * b]!);
  let means = Array.from({ length: clusterCount }, (_, cluster) => {
    const at = byBrightness[Math.floor(((cluster + 0.5) / clusterCount) * byBrightness.length)]!;
    return [colors[3 * at]!, colors[3 * at + 1]!, colors[3 * at + 2]!] as [number, number, number];
  });
  const member = new Uint8Array(weights.length);
  for (let round = 0; round < ROUNDS; round++) {
    const sums = means.map(() => [0, 0, 0, 0]);
    for (const at of samples) {
      member[at] = nearest(means, colors, at);
      const sum = sums[member[at]!]!;
      const weight = weights[at]!;
      for (let channel = 0; channel < 3; channel++) sum[channel]! += weight * colors[3 * at + channel]!;
      sum[3]! += weight;
    }
    means = means.map((mean, cluster) => {
      const sum = sums[cluster]!;
      return sum[3]! > 0 ? [sum[0]! / sum[3]!, sum[1]! / sum[3]!, sum[2]! / sum[3]!] : mean;
    });
  }
  const spread = means.map(() => [0, 0, 0, 0]);
  let total = 0;
  for (const at of samples) {
    const sum = spread[member[at]!]!;
    const mean = means[member[at]!]!;
    for (let channel = 0; channel < 3; channel++)
      sum[channel]! += weights[at]! * (colors[3 * at + channel]! - mean[channel]!) ** 2;
    sum[3]! += weights[at]!;
    total += weights[at]!;
  }
  return {
    clusters: means.flatMap((mean, cluster) => {
      const sum = spread[cluster]!;
      if (sum[3]! <= 0) return [];
      const variance = [0, 1, 2].map((channel) => LEAST_VARIANCE + sum[channel]! / sum[3]!) as [number, number, number];
      return [{ mean, variance, share: sum[3]! / total }];
    }),
  };
}

/** How likely a model makes this colour; a density that only compares with others of the same kind. */
export function likelihood(model: ColorModel, colors: Float32Array, at: number): number {
  let sum = 0;
  for (const { mean, variance, share } of model.clusters) {
    const distance =
      (colors[3 * at]! - mean[0]) ** 2 / variance[0] +
      (colors[3 * at + 1]! - mean[1]) ** 2 / variance[1] +
      (colors[3 * at + 2]! - mean[2]) ** 2 / variance[2];
    sum += (share * Math.exp(-0.5 * distance)) / Math.sqrt(variance[0] * variance[1] * variance[2]);
  }
  // Anything may occur anywhere, seldom.
  return sum + 1e-7;
}

function nearest(means: readonly (readonly [number, number, number])[], colors: Float32Array, at: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  means.forEach((mean, cluster) => {
    const distance =
      (colors[3 * at]! - mean[0]) ** 2 + (colors[3 * at + 1]! - mean[1]) ** 2 + (colors[3 * at + 2]! - mean[2]) ** 2;
    if (distance < least) {
      least = distance;
      best = cluster;
    }
  });
  return best;
}
