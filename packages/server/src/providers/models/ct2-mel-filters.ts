/** Whisper's audio: 16 kHz, windows of 400 samples. */
const SAMPLE_RATE_HZ = 16_000;
export const WINDOW_SAMPLES = 400;
/** Frequencies per window, 0 and 8 kHz included. */
export const FREQUENCIES = WINDOW_SAMPLES / 2 + 1;

/** Slaney's mel scale is linear up to here and logarithmic above. */
const LINEAR_UP_TO_HZ = 1000;
const HZ_PER_MEL = 200 / 3;
const LOG_STEP = Math.log(6.4) / 27;

/**
 * The triangular filters with which Whisper sums up the spectrum, row after row of 201 weights, each filter of equal area: the values that
 * `librosa.filters.mel(sr=16000, n_fft=400)` gives, to the last bit of their 32.
 */
export function melFilters(bands: number): Float32Array {
  const highest = LINEAR_UP_TO_HZ / HZ_PER_MEL + Math.log(SAMPLE_RATE_HZ / 2 / LINEAR_UP_TO_HZ) / LOG_STEP;
  const step = highest / (bands + 1);
  const edges = Array.from({ length: bands + 2 }, (_, at) => hzOfMel(at > bands ? highest : step * at));
  const weights = new Float32Array(bands * FREQUENCIES);
  for (let band = 0; band < bands; band += 1) {
    const [low = 0, middle = 0, high = 0] = edges.slice(band, band + 3);
    const area = 2 / (high - low);
    for (let at = 0; at < FREQUENCIES; at += 1) {
      const hz = (at * SAMPLE_RATE_HZ) / WINDOW_SAMPLES;
      const height = Math.max(0, Math.min((hz - low) / (middle - low), (high - hz) / (high - middle)));
      weights[band * FREQUENCIES + at] = Math.fround(height) * area; // Rounded twice, as librosa does.
    }
  }
  return weights;
}

function hzOfMel(mel: number): number {
  const linear = HZ_PER_MEL * mel;
  if (linear < LINEAR_UP_TO_HZ) return linear;
  return LINEAR_UP_TO_HZ * Math.exp(LOG_STEP * (mel - LINEAR_UP_TO_HZ / HZ_PER_MEL));
}

/** How many waves there are with which a window is compared to find its spectrum: 201 cosines, then 201 sines. */
export const WAVES = FREQUENCIES * 2;

/** One of these waves, under a Hann window. */
export function fourierWave(wave: number): Float32Array<ArrayBuffer> {
  const turn = (at: number) => (2 * Math.PI * (at % WINDOW_SAMPLES)) / WINDOW_SAMPLES;
  return Float32Array.from({ length: WINDOW_SAMPLES }, (_, at) => {
    const hann = 0.5 - 0.5 * Math.cos(turn(at));
    return hann * (wave < FREQUENCIES ? Math.cos(turn(wave * at)) : Math.sin(turn((wave - FREQUENCIES) * at)));
  });
}
