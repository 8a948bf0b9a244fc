/** Taps of both filters: at 48 kHz a transition of 2.9 kHz with 60 dB beside it; 0.6 ms of delay. */
const TAPS = 60;
/** Kaiser's shape for 60 dB. */
const BETA = 5.65;

/**
 * Takes 48 kHz down to 16 kHz, piece by piece; a piece's length must be a multiple of three.
 * What a 16 kHz signal cannot hold is filtered out before, so that nothing folds back into the speech.
 */
export function createDecimator(): (samples: Int16Array) => Int16Array {
  const filter = lowPass(7_600 / 48_000, 1);
  let held = new Float64Array(TAPS - 1);
  return (samples) => {
    const all = joined(held, samples);
    const taken = new Int16Array(samples.length / 3);
    for (let at = 0; at < taken.length; at++) {
      // Both halves of the filter are the same. Two sums: the processor does not wait for one addition to begin the next.
      let [even, odd] = [0, 0];
      for (let tap = 0, from = at * 3, to = at * 3 + TAPS - 1; tap < TAPS / 2; tap += 2, from += 2, to -= 2) {
        even += filter[tap]! * (all[from]! + all[to]!);
        odd += filter[tap + 1]! * (all[from + 1]! + all[to - 1]!);
      }
      taken[at] = toInt16(even + odd);
    }
    held = all.slice(all.length - TAPS + 1);
    return taken;
  };
}

/** Brings 24 kHz up to 48 kHz, piece by piece; without a piece it lets the last one fade within 1.3 ms. */
export function createInterpolator(): (samples: Int16Array, into: Int16Array) => void {
  const filter = lowPass(11_300 / 48_000, 2);
  const half = TAPS / 2;
  // Between two samples of the lower rate there is a zero: each output meets every second tap only.
  const even = filter.filter((_, at) => at % 2 === 0);
  const odd = filter.filter((_, at) => at % 2 === 1);
  let held = new Float64Array(half - 1);
  return (samples, into) => {
    const all = joined(held, samples);
    for (let at = 0; at < samples.length; at++) {
      let first = 0;
      let second = 0;
      for (let tap = 0; tap < half; tap++) {
        const sample = all[at + half - 1 - tap]!;
        first += even[tap]! * sample;
        second += odd[tap]! * sample;
      }
      into[at * 2] = toInt16(first);
      into[at * 2 + 1] = toInt16(second);
    }
    held = all.slice(all.length - half + 1);
  };
}

/**
 * A windowed sinc (Kaiser's window): `cutoff` is in parts of the sampling rate.
 * @see Oppenheim, Schafer: Discrete-Time Signal Processing, 7.6
 */
function lowPass(cutoff: number, gain: number): Float64Array {
  const middle = (TAPS - 1) / 2;
  const taps = Float64Array.from({ length: TAPS }, (_, at) => {
    const x = at - middle;
    const window = bessel(BETA * Math.sqrt(1 - (x / middle) ** 2)) / bessel(BETA);
    return (Math.sin(2 * Math.PI * cutoff * x) / (Math.PI * x)) * window;
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => (tap * gain) / sum);
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

function joined(held: Float64Array, samples: Int16Array): Float64Array {
  const all = new Float64Array(held.length + samples.length);
  all.set(held);
  all.set(samples, held.length);
  return all;
}

function toInt16(value: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(value)));
}
