import { createPowerSpectrum } from './fourier.ts';

/** Of all sound here, in Hz. */
export const SOUND_RATE = 24_000;
/** Between one measurement and the next: 10 ms. */
export const HOP = SOUND_RATE / 100;
export const HOP_MS = 10;
/** Measured at a time, in samples: 21 ms. */
export const WINDOW = 512;
export const BANDS = 24;

const LOWEST_HZ = 80;
const HIGHEST_HZ = 8_000;
/** Powers below are as good as silence: about -90 dBFS. */
const FLOOR = 1e-8;

const mel = (hz: number) => 1127 * Math.log(1 + hz / 700);
const hertz = (mels: number) => 700 * (Math.exp(mels / 1127) - 1);

/** Measures how loud a window of sound is in bands as the ear hears them; holds its own scratch memory. */
export interface MelBands {
  /** Writes the natural logarithms of `BANDS` powers, for `WINDOW` samples of -1 to 1. */
  measure(samples: Float32Array, into: Float32Array): void;
}

export function createMelBands(): MelBands {
  const spectrum = createPowerSpectrum(WINDOW);
  const hann = Float32Array.from({ length: WINDOW }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / WINDOW));
  const edges = Array.from({ length: BANDS + 2 }, (_, i) =>
    hertz(mel(LOWEST_HZ) + ((mel(HIGHEST_HZ) - mel(LOWEST_HZ)) * i) / (BANDS + 1)),
  );
  const bands = Array.from({ length: BANDS }, (_, band) => triangle(edges[band]!, edges[band + 1]!, edges[band + 2]!));
  const windowed = new Float32Array(WINDOW);
  const powers = new Float32Array(WINDOW / 2 + 1);
  return {
    measure(samples, into) {
      for (let i = 0; i < WINDOW; i++) windowed[i] = samples[i]! * hann[i]!;
      spectrum.measure(windowed, powers);
      for (let band = 0; band < BANDS; band++) {
        const { from, weights } = bands[band]!;
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += weights[i]! * powers[from + i]!;
        into[band] = Math.log(sum / WINDOW + FLOOR);
      }
    },
  };
}

/** A triangular filter over the bins of the spectrum; at least the bin nearest to its middle. */
function triangle(low: number, middle: number, high: number): { from: number; weights: Float32Array } {
  const bin = SOUND_RATE / WINDOW;
  const from = Math.min(Math.ceil(low / bin), Math.round(middle / bin));
  const to = Math.max(Math.floor(high / bin), Math.round(middle / bin));
  const weights = Float32Array.from({ length: to - from + 1 }, (_, i) => {
    const hz = (from + i) * bin;
    return Math.max(0, hz <= middle ? (hz - low) / (middle - low) : (high - hz) / (high - middle));
  });
  if (weights.every((weight) => weight === 0)) weights[Math.round(middle / bin) - from] = 1;
  return { from, weights };
}
