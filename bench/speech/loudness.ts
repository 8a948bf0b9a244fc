import { loudnessOf, STANDARD_BLOCKS } from '../../packages/server/src/providers/local-speech/speaking/loudness.ts';
import type { Sound } from './recordings.ts';

/** Integrated loudness in LUFS of one channel (ITU-R BS.1770-4); -Infinity for silence. */
export const loudnessLufs = ({ samples, sampleRate }: Sound): number =>
  loudnessOf(samples, sampleRate, STANDARD_BLOCKS) ?? Number.NEGATIVE_INFINITY;

/** The largest sample in dB below full scale. */
export const peakDbfs = (samples: Float32Array): number =>
  decibels(samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0));

const decibels = (value: number): number => 20 * Math.log10(value);

/** How far a click stands out: of 122 clips of recorded speech, plosives and mouth noises included, 116 stay below 20 and the middle is 8. */
export const CLICK_RATIO = 20;
const CLICK_WINDOW_SECONDS = 0.005;
/** Steps below this are not heard, whatever is around them. */
const LEAST_STEP = 0.02;

/** The largest second difference of the samples by its RMS in the 5 ms around it, and where. A join that does not fit makes one. */
export function worstClick({ samples, sampleRate }: Sound): { ratio: number; atSeconds: number } {
  const window = Math.round(CLICK_WINDOW_SECONDS * sampleRate);
  const bend = Float64Array.from(samples, (value, i) => value - 2 * (samples[i - 1] ?? 0) + (samples[i - 2] ?? 0));
  const energy = new Float64Array(bend.length + 1);
  for (let i = 0; i < bend.length; i++) energy[i + 1] = (energy[i] ?? 0) + (bend[i] ?? 0) ** 2;
  const between = (from: number, to: number) =>
    (energy[Math.min(bend.length, Math.max(0, to))] ?? 0) - (energy[Math.min(bend.length, Math.max(0, from))] ?? 0);
  let worst = { ratio: 0, atSeconds: 0 };
  for (let i = 0; i < bend.length; i++) {
    const step = Math.abs(bend[i] ?? 0);
    if (step < LEAST_STEP) continue;
    // Without the click itself, which bends three samples in a row.
    const around = between(i - window, i - 3) + between(i + 4, i + window + 1);
    const ratio = step / Math.max(1e-4, Math.sqrt(around / (2 * window - 6)));
    if (ratio > worst.ratio) worst = { ratio, atSeconds: i / sampleRate };
  }
  return worst;
}

/** RMS of the last 50 ms in dB below full scale: what is left when everything was said. */
export function trailingDbfs({ samples, sampleRate }: Sound): number {
  const last = samples.subarray(Math.max(0, samples.length - Math.round(0.05 * sampleRate)));
  return decibels(Math.sqrt(last.reduce((sum, value) => sum + value * value, 0) / Math.max(1, last.length)));
}
