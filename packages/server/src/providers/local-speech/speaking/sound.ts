/** Finishing touches on synthesised sound. Samples are mono, -1..1. */

/** A frame in which silence is looked for. */
const FRAME_SECONDS = 0.01;
/** Quieter than the loudest frame by so much is silence: 45 dB. */
export const SILENCE_RATIO = 10 ** (-45 / 20);
/** What is left around the sound: consonants begin and end softly. */
export const MARGIN_SECONDS = 0.04;
const FADE_SECONDS = 0.008;
/** Above this the limiter bends, so that nothing clips: -3 dBFS. */
const KNEE = 10 ** (-3 / 20);

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
  const margin = Math.round(MARGIN_SECONDS * sampleRate);
  return { start: Math.max(0, first * size - margin), end: Math.min(samples.length, (last + 1) * size + margin) };
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

/** Brings the sound to its loudness and to 16 bit; peaks are bent softly below full scale. */
export function toPcm(samples: Float32Array, gain: number): Int16Array {
  return Int16Array.from(samples, (sample) => Math.round(limit(sample * gain) * 32_767));
}

function limit(sample: number): number {
  const size = Math.abs(sample);
  if (size <= KNEE) return sample;
  const over = (size - KNEE) / (1 - KNEE);
  return Math.sign(sample) * (KNEE + (1 - KNEE) * Math.tanh(over));
}
