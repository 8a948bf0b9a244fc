/** What the clauses of a voice at -20 LUFS come to on average, measured as here: short blocks let more pauses go by uncounted. */
export const USUAL_LUFS = -19.25;

/** How the sound is cut into blocks, whose loudness is looked at: their length and the way from one to the next. */
export interface Blocks {
  seconds: number;
  hopSeconds: number;
}

/** As in the standard. */
export const STANDARD_BLOCKS: Blocks = { seconds: 0.4, hopSeconds: 0.1 };
/** A clause may be a short word. */
const SHORT_BLOCKS: Blocks = { seconds: 0.1, hopSeconds: 0.1 };

const ABSOLUTE_GATE_LUFS = -70;
const RELATIVE_GATE_LU = -10;

/** A filter: what is taken of the last three samples, and of the last two results. */
interface Biquad {
  b: readonly [number, number, number];
  a: readonly [number, number];
}

/**
 * How loud one channel is, in LUFS: K-weighting, an absolute gate at -70 LUFS and a relative one 10 LU below the mean (ITU-R BS.1770-4).
 * Undefined for silence.
 */
export function loudnessOf(samples: Float32Array, sampleRate: number, blocks = SHORT_BLOCKS): number | undefined {
  const weighted = filter(filter(samples, headShelf(sampleRate)), highPass(sampleRate));
  const size = Math.min(samples.length, Math.round(blocks.seconds * sampleRate));
  const hop = Math.round(blocks.hopSeconds * sampleRate);
  const powers: number[] = [];
  for (let from = 0; size > 0 && from + size <= weighted.length; from += hop) {
    let sum = 0;
    for (let at = from; at < from + size; at += 1) sum += (weighted[at] ?? 0) ** 2;
    powers.push(sum / size);
  }
  const sounding = powers.filter((power) => toLufs(power) > ABSOLUTE_GATE_LUFS);
  if (sounding.length === 0) return undefined;
  const gate = toLufs(mean(sounding)) + RELATIVE_GATE_LU;
  return toLufs(mean(sounding.filter((power) => toLufs(power) > gate)));
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const toLufs = (power: number) => -0.691 + 10 * Math.log10(power);

/** The standard gives coefficients for 48 kHz; these are the filters behind them at any rate. */
function headShelf(sampleRate: number): Biquad {
  const k = Math.tan((Math.PI * 1681.974450955533) / sampleRate);
  const q = 0.7071752369554196;
  const high = 10 ** (3.999843853973347 / 20);
  const band = high ** 0.4996667741545416;
  const a0 = 1 + k / q + k * k;
  return {
    b: [(high + (band * k) / q + k * k) / a0, (2 * (k * k - high)) / a0, (high - (band * k) / q + k * k) / a0],
    a: [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0],
  };
}

function highPass(sampleRate: number): Biquad {
  const k = Math.tan((Math.PI * 38.13547087602444) / sampleRate);
  const q = 0.5003270373238773;
  const a0 = 1 + k / q + k * k;
  return { b: [1, -2, 1], a: [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0] };
}

function filter(samples: Float32Array | Float64Array, { b, a }: Biquad): Float64Array {
  const output = new Float64Array(samples.length);
  let x1 = 0;
  let x2 = 0;
  let y1 = 0;
  let y2 = 0;
  for (let at = 0; at < samples.length; at += 1) {
    const x = samples[at] ?? 0;
    const y = b[0] * x + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2;
    output[at] = y;
    x2 = x1;
    x1 = x;
    y2 = y1;
    y1 = y;
  }
  return output;
}
