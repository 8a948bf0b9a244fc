/** The power spectrum of real samples; made once for a size, holds its own scratch memory. */
export interface PowerSpectrum {
  /** Reads `size` samples, writes `size / 2 + 1` powers. */
  measure(samples: Float32Array, into: Float32Array): void;
}

/**
 * A radix-2 transform (Cooley and Tukey 1965) of two halves as one complex signal of half the size, after "Numerical Recipes", 12.3.
 * `size` is a power of two, at least 8.
 */
export function createPowerSpectrum(size: number): PowerSpectrum {
  const half = size / 2;
  const bits = Math.log2(half);
  if (!Number.isInteger(bits) || bits < 2)
    throw new Error(`A spectrum of ${size} samples is not to be had: a power of two, at least 8, is`);
  const real = new Float64Array(half);
  const imaginary = new Float64Array(half);
  const cosine = Float64Array.from({ length: half }, (_, i) => Math.cos((2 * Math.PI * i) / size));
  const sine = Float64Array.from({ length: half }, (_, i) => Math.sin((2 * Math.PI * i) / size));
  const order = Uint16Array.from({ length: half }, (_, i) => {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit++) if (i & (1 << bit)) reversed |= 1 << (bits - 1 - bit);
    return reversed;
  });

  function transform(): void {
    for (let span = 1, step = half; span < half; span *= 2, step /= 2) {
      for (let from = 0; from < half; from += 2 * span) {
        for (let k = 0, turn = 0; k < span; k++, turn += step) {
          const [a, b] = [from + k, from + k + span];
          const re = real[b]! * cosine[turn]! + imaginary[b]! * sine[turn]!;
          const im = imaginary[b]! * cosine[turn]! - real[b]! * sine[turn]!;
          real[b] = real[a]! - re;
          imaginary[b] = imaginary[a]! - im;
          real[a]! += re;
          imaginary[a]! += im;
        }
      }
    }
  }

  return {
    measure(samples, into) {
      for (let i = 0; i < half; i++) {
        const at = order[i]!;
        real[at] = samples[2 * i]!;
        imaginary[at] = samples[2 * i + 1]!;
      }
      transform();
      into[0] = (real[0]! + imaginary[0]!) ** 2;
      into[half] = (real[0]! - imaginary[0]!) ** 2;
      for (let k = 1; k < half; k++) {
        const evenRe = (real[k]! + real[half - k]!) / 2;
        const evenIm = (imaginary[k]! - imaginary[half - k]!) / 2;
        const oddRe = (imaginary[k]! + imaginary[half - k]!) / 2;
        const oddIm = (real[half - k]! - real[k]!) / 2;
        const re = evenRe + cosine[k]! * oddRe + sine[k]! * oddIm;
        const im = evenIm + cosine[k]! * oddIm - sine[k]! * oddRe;
        into[k] = re * re + im * im;
      }
    },
  };
}
