import { CLOSED_OUTPUT, MODEL_OUTPUTS, type MouthModel, SHAPE_OUTPUTS } from '../../packages/face/src/mouth/audio-mouth.ts';
import { pressLips } from '../../packages/face/src/mouth/gesture-line.ts';
import { createLoudness, USUAL_LEVEL } from '../../packages/face/src/mouth/loudness.ts';
import { BANDS, HOP_MS } from '../../packages/face/src/mouth/mel-bands.ts';
import { createMouthTrack } from '../../packages/face/src/mouth/mouth-track.ts';
import { createNetwork, type Layer } from '../../packages/face/src/mouth/network.ts';
import { MOUTH_PARAMETERS } from '../../packages/face/src/pose.ts';
import { type Example, gather, timedWords, truthOf } from './examples.ts';
import type { Driver } from './score.ts';
import type { SpokenSentence } from './spoken-sentences.ts';

/** The louder, the wider open; nothing else. */
export const byEnergy: Driver = ({ hops, energy }) => {
  const shapes = new Float32Array(hops * SHAPE_OUTPUTS);
  for (let hop = 0; hop < hops; hop++) shapes[hop * SHAPE_OUTPUTS] = energy[hop]!;
  return shapes;
};

/** The first of what a model says, by hop, lips closed where it is sure. */
function byOutputs(outputsAt: (example: Example, hop: number) => ArrayLike<number>): Driver {
  return (example) => {
    const shapes = new Float32Array(example.hops * SHAPE_OUTPUTS);
    for (let hop = 0; hop < example.hops; hop++) {
      const outputs = outputsAt(example, hop);
      const shape = shapes.subarray(hop * SHAPE_OUTPUTS, (hop + 1) * SHAPE_OUTPUTS);
      for (let k = 0; k < SHAPE_OUTPUTS; k++) shape[k] = Math.min(Math.max(outputs[k]!, 0), 1);
      const closed = (outputs[CLOSED_OUTPUT]! - 0.35) / 0.3;
      if (closed > 0) pressLips(shape, Math.min(closed, 1));
    }
    return shapes;
  };
}

export function byNetwork({ layers, offsets }: MouthModel): Driver {
  const network = createNetwork(layers);
  const inputs = new Float32Array(offsets.length * BANDS);
  return byOutputs((example, hop) => {
    gather(example, hop, offsets, inputs);
    return network.run(inputs);
  });
}

/** By the letters of the words alone, which share the time of each. */
export const byLetters: Driver = ({ hops, sentence }) => {
  const loudness = createLoudness({ ...USUAL_LEVEL });
  loudness.push(sentence.samples);
  loudness.end();
  const targets = truthOf(withoutPhonemes(sentence), loudness);
  const shapes = new Float32Array(hops * SHAPE_OUTPUTS);
  for (let hop = 0; hop < hops; hop++) {
    shapes.set(targets.subarray(hop * MODEL_OUTPUTS, hop * MODEL_OUTPUTS + SHAPE_OUTPUTS), hop * SHAPE_OUTPUTS);
  }
  return shapes;
};

/** As the product does it, with words or without. */
export function byTrack(model: MouthModel, tell: 'words' | 'nothing'): Driver {
  return ({ hops, sentence }) => {
    const track = createMouthTrack({ model });
    if (tell === 'words') track.words('a', withoutPhonemes(sentence));
    track.speech('a', sentence.samples);
    track.end('a');
    const shapes = new Float32Array(hops * SHAPE_OUTPUTS);
    for (let hop = 0; hop < hops; hop++) {
      const shape = track.at('a', (hop + 0.5) * HOP_MS);
      for (const [k, key] of MOUTH_PARAMETERS.entries()) shapes[hop * SHAPE_OUTPUTS + k] = shape[key];
    }
    return shapes;
  };
}

const withoutPhonemes = (sentence: SpokenSentence) => timedWords(sentence).map(({ phonemes: _, ...word }) => word);

export const CEPSTRA = 13;
const COSINES = Array.from({ length: CEPSTRA }, (_, c) =>
  Float32Array.from({ length: BANDS }, (_, band) => Math.cos((Math.PI * c * (band + 0.5)) / BANDS) / BANDS),
);

/** Mel-frequency cepstral coefficients of the hops around one, 13 each, the first being the energy. */
export function cepstraAround(example: Example, hop: number, offsets: readonly number[]): Float32Array {
  const bands = new Float32Array(offsets.length * BANDS);
  gather(example, hop, offsets, bands);
  const result = new Float32Array(offsets.length * CEPSTRA);
  for (let o = 0; o < offsets.length; o++) {
    for (let c = 0; c < CEPSTRA; c++) {
      let sum = 0;
      for (let band = 0; band < BANDS; band++) sum += COSINES[c]![band]! * bands[o * BANDS + band]!;
      result[o * CEPSTRA + c] = sum;
    }
  }
  return result;
}

export function byRidge(layer: Layer, offsets: readonly number[]): Driver {
  const network = createNetwork([layer]);
  return byOutputs((example, hop) => network.run(cepstraAround(example, hop, offsets)));
}
