/** Zero crossings of the sinc on either side: with this window a transition of 6 % of the lower rate. */
const CROSSINGS = 32;
/** Kaiser's shape for 70 dB. */
const BETA = 6.8;
/** Of half the lower rate: where the filter is at -6 dB. Beside it, nothing folds back. */
const CUTOFF = 0.936;
/** Places between two samples the filter is known for; between them it is interpolated (error below -80 dB). */
const PHASES = 128;

/** Brings mono sound from one rate to another, piece by piece, without a seam. */
export interface RateConverter {
  /** What can be said of the sound so far; the rest (about 1.5 ms) follows with the next piece. */
  push(samples: Int16Array): Int16Array;
  /** The rest; the next piece is the beginning of another sound. All pieces together have `ceil(samples * to / from)` samples. */
  flush(): Int16Array;
}

/** A windowed sinc for any two rates. @see Smith: Digital Audio Resampling (the filter's table, interpolated linearly) */
export function createRateConverter(from: number, to: number): RateConverter {
  if (from === to) return { push: (samples) => samples, flush: () => new Int16Array(0) };
  const scale = Math.min(1, to / from) * CUTOFF;
  const half = Math.ceil(CROSSINGS / scale);
  const taps = 2 * half;
  const filter = filterOf(scale, half);
  /** Input around the next output: its first sample is number `begin` of the sound. */
  let held = new Float32Array(half - 1);
  let begin = 1 - half;
  let taken = 0;
  let given = 0;

  /** All outputs before `last` whose input is there. */
  const convert = (all: Float32Array, last: number): Int16Array => {
    const output = new Int16Array(Math.max(0, last - given));
    for (let n = 0; n < output.length; n++) {
      const place = given * from;
      const at = Math.floor(place / to);
      const phase = ((place - at * to) / to) * PHASES;
      const low = Math.floor(phase);
      const share = phase - low;
      const first = at - half + 1 - begin;
      const a = low * taps;
      let sum = 0;
      let next = 0;
      for (let tap = 0; tap < taps; tap++) {
        const sample = all[first + tap]!;
        sum += filter[a + tap]! * sample;
        next += filter[a + taps + tap]! * sample;
      }
      output[n] = Math.max(-32_768, Math.min(32_767, Math.round(sum + (next - sum) * share)));
      given++;
    }
    return output;
  };

  const keep = (all: Float32Array) => {
    const needed = Math.floor((given * from) / to) - half + 1;
    held = all.slice(needed - begin);
    begin = needed;
  };

  return {
    push(samples) {
      const all = new Float32Array(held.length + samples.length);
      all.set(held);
      all.set(samples, held.length);
      taken += samples.length;
      // The output n needs the input up to floor(n * from / to) + half.
      const output = convert(all, Math.max(given, Math.ceil(((taken - half) * to) / from)));
      keep(all);
      return output;
    },
    flush() {
      const all = new Float32Array(held.length + half + 1);
      all.set(held);
      const output = convert(all, Math.ceil((taken * to) / from));
      held = new Float32Array(half - 1);
      begin = 1 - half;
      taken = 0;
      given = 0;
      return output;
    },
  };
}

const filters = new Map<number, Float32Array>();
/** Speech of all rates up to the speaking one shares a filter; of higher ones there are a few. */
const KEPT_FILTERS = 8;

/** For each phase the taps for an output that lies so far after the sample in the middle. */
function filterOf(scale: number, half: number): Float32Array {
  const known = filters.get(scale);
  if (known) return known;
  // The filter is symmetric, and all its taps lie on one grid: every value is made once.
  const atEnd = bessel(BETA);
  const values = Float32Array.from({ length: half * PHASES + 1 }, (_, n) => {
    const x = n / PHASES;
    const window = bessel(BETA * Math.sqrt(1 - (x / half) ** 2)) / atEnd;
    return (n === 0 ? 1 : Math.sin(Math.PI * scale * x) / (Math.PI * scale * x)) * window;
  });
  const taps = 2 * half;
  const filter = new Float32Array((PHASES + 1) * taps);
  for (let phase = 0; phase <= PHASES; phase++) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const value = values[Math.abs((tap - half + 1) * PHASES - phase)]!;
      filter[phase * taps + tap] = value;
      sum += value;
    }
    for (let tap = 0; tap < taps; tap++) filter[phase * taps + tap]! /= sum;
  }
  if (filters.size >= KEPT_FILTERS) filters.clear();
  filters.set(scale, filter);
  return filter;
}

/** The modified Bessel function of the first kind and order 0, by its power series. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-9; k++) {
    term *= (x / 2 / k) ** 2;
    sum += term;
  }
  return sum;
}
