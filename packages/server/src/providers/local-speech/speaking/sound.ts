/** Finishing touches on synthesised sound. Samples are mono, -1..1. */

/** A frame in which silence is looked for. */
const FRAME_SECONDS = 0.01;
/** Quieter than the loudest frame by so much is silence: 45 dB. */
export const SILENCE_RATIO = 10 ** (-45 / 20);
/** What is left around the sound: consonants begin softly, and end more so (recognisers miss a last "it" that is cut after 0.04 s). */
export const MARGIN_SECONDS = { before: 0.04, after: 0.1 };
const FADE_SECONDS = 0.008;
/** Nothing is louder: -1 dBFS, which leaves room for what a resampler or codec makes of it. */
const CEILING = 10 ** (-1 / 20);
/** The limiter turns down so long before a peak, and up again so long after it: slower than a wave, so that it is not bent. */
const LIMITER_SECONDS = 0.005;

/** How loud each frame is (RMS), and how long a frame is. */
export function soundLevels(samples: Float32Array, sampleRate: number): { levels: number[]; seconds: number } {
  const size = Math.max(1, Math.round(FRAME_SECONDS * sampleRate));
  const levels: number[] = [];
  for (let at = 0; at < samples.length; at += size) {
    let sum = 0;
    const frame = samples.subarray(at, at + size);
    for (const sample of frame) sum += sample * sample;
    levels.push(Math.sqrt(sum / frame.length));
  }
  return { levels, seconds: size / sampleRate };
}

/** Where the sound begins and ends (sample indices, end exclusive); an empty range if all of it is silence. */
export function audibleRange(samples: Float32Array, sampleRate: number): { start: number; end: number } {
  const { levels, seconds } = soundLevels(samples, sampleRate);
  const size = Math.round(seconds * sampleRate);
  const loudest = levels.reduce((most, level) => Math.max(most, level), 0);
  const audible = (level: number) => level > 0 && level > loudest * SILENCE_RATIO;
  const first = levels.findIndex(audible);
  if (first < 0) return { start: 0, end: 0 };
  const last = levels.findLastIndex(audible);
  const before = Math.round(MARGIN_SECONDS.before * sampleRate);
  const after = Math.round(MARGIN_SECONDS.after * sampleRate);
  return { start: Math.max(0, first * size - before), end: Math.min(samples.length, (last + 1) * size + after) };
}

/** Lets the sound begin and end without a step; changes `samples`. */
export function fadeEnds(samples: Float32Array, sampleRate: number): void {
  const length = Math.min(Math.round(FADE_SECONDS * sampleRate), Math.floor(samples.length / 2));
  for (let at = 0; at < length; at += 1) {
    const gain = 0.5 - 0.5 * Math.cos((Math.PI * at) / length);
    samples[at] = (samples[at] ?? 0) * gain;
    samples[samples.length - 1 - at] = (samples[samples.length - 1 - at] ?? 0) * gain;
  }
}

/** Brings the sound to its loudness and to 16 bit; around peaks that would be too loud it is turned down. */
export function toPcm(samples: Float32Array, gain: number, sampleRate: number): Int16Array {
  const limits = limiterGains(samples, gain, Math.max(1, Math.round(LIMITER_SECONDS * sampleRate)));
  const pcm = new Int16Array(samples.length);
  for (let at = 0; at < pcm.length; at += 1) pcm[at] = Math.round((samples[at] ?? 0) * gain * (limits?.[at] ?? 1) * 32_767);
  return pcm;
}

/** By how much each sample is turned down; undefined if none is. The least that all samples within `reach` allow, made smooth. */
function limiterGains(samples: Float32Array, gain: number, reach: number): Float64Array | undefined {
  let least: Float64Array | undefined;
  for (let at = 0; at < samples.length; at += 1) {
    const size = Math.abs((samples[at] ?? 0) * gain);
    if (size <= CEILING) continue;
    least ??= new Float64Array(samples.length).fill(1);
    const end = Math.min(samples.length, at + reach + 1);
    for (let near = Math.max(0, at - reach); near < end; near += 1) least[near] = Math.min(least[near] ?? 1, CEILING / size);
  }
  return least && movingMean(least, reach);
}

function movingMean(values: Float64Array, reach: number): Float64Array {
  const valueAt = (at: number) => values[Math.min(Math.max(at, 0), values.length - 1)] ?? 1;
  let sum = 0;
  for (let at = -reach; at < reach; at += 1) sum += valueAt(at);
  const means = new Float64Array(values.length);
  for (let at = 0; at < means.length; at += 1) {
    sum += valueAt(at + reach);
    means[at] = sum / (2 * reach + 1);
    sum -= valueAt(at - reach);
  }
  return means;
}
