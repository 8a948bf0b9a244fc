// What the mouth and the motion cost: `npx tsx --conditions=source bench/mouth/cost.ts`
import { createMotion } from '../../packages/face/src/motion/motion.ts';
import { createAudioMouth } from '../../packages/face/src/mouth/audio-mouth.ts';
import { createLoudness, USUAL_LEVEL } from '../../packages/face/src/mouth/loudness.ts';
import { createMelBands, HOP, WINDOW } from '../../packages/face/src/mouth/mel-bands.ts';
import { createMouthTrack } from '../../packages/face/src/mouth/mouth-track.ts';
import { ownVoicesModel } from '../../packages/face/src/mouth/own-voices-model.ts';
import { percentile, round } from '../harness/machine.ts';

const SECONDS = 20;
const samples = Int16Array.from(
  { length: SECONDS * 24_000 },
  (_, i) => 6_000 * Math.sin(i * 0.03) * Math.sin(i / 2_000) + ((i * 7_919) % 400),
);
const symbols = ['p', 'ɑ', 's', 'u', 'f', 'aɪ', 'n', 'ə'];

/** The median over rounds, in µs for each of `times`. */
function measure(name: string, times: number, round_: () => void): void {
  const taken: number[] = [];
  for (let i = 0; i < 15; i++) {
    const began = performance.now();
    round_();
    taken.push(((performance.now() - began) * 1_000) / times);
  }
  console.log(`${name}: p50 ${round(percentile(taken, 0.5), 2)} µs, slowest ${round(Math.max(...taken), 2)}`);
}

const hops = SECONDS * 100;
const level = () => createLoudness({ ...USUAL_LEVEL });
measure('loudness, per 10 ms', hops, () => level().push(samples));
const bands = createMelBands();
const window = Float32Array.from({ length: WINDOW }, (_, i) => samples[i + 5 * HOP]! / 32_768);
const powers = new Float32Array(24);
measure('spectrum and bands, per 10 ms', 2_000, () => {
  for (let i = 0; i < 2_000; i++) bands.measure(window, powers);
});
measure('bands and model, per 10 ms', hops, () => {
  const loudness = level();
  loudness.push(samples);
  const audio = createAudioMouth(ownVoicesModel(), loudness);
  audio.push(samples);
  audio.end();
  audio.advance(hops, Number.POSITIVE_INFINITY);
});

const phonemes = Array.from({ length: SECONDS * 12 }, (_, i) => ({
  symbol: symbols[i % 8]!,
  startMs: (i * 1_000) / 12,
  endMs: ((i + 1) * 1_000) / 12,
}));
const words = Array.from({ length: phonemes.length / 4 }, (_, i) => {
  const own = phonemes.slice(i * 4, i * 4 + 4);
  return { text: 'passing', startMs: own[0]!.startMs, endMs: own[3]!.endMs, phonemes: own };
});
for (const tell of ['phonemes', 'words', 'sound'] as const) {
  measure(`a frame at 25 fps by ${tell}`, SECONDS * 25, () => {
    const track = createMouthTrack();
    if (tell !== 'sound') track.words('a', tell === 'phonemes' ? words : words.map(({ phonemes: _, ...word }) => word));
    for (let at = 0; at < samples.length; at += 960) track.speech('a', samples.subarray(at, at + 960));
    track.end('a');
    for (let ms = 0; ms < SECONDS * 1_000; ms += 40) track.at('a', ms);
  });
}
measure('a pose at 25 fps', 5_000, () => {
  const motion = createMotion({ seed: 1 });
  for (let i = 0; i < 5_000; i++) motion.pose(i * 40, { state: 'speaking', mouth: undefined, energy: (i % 7) / 7 });
});
