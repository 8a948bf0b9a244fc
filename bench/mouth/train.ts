// Trains the model that sees a mouth in sound, or compares ways to do it:
// `npx tsx --conditions=source bench/mouth/train.ts FOLDER --compare=NAME,NAME` or `--write`; FOLDER is filled by `speak.ts`
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createRandom } from '../../packages/face/src/motion/random.ts';
import { FIRST_VISEME_OUTPUT, MODEL_OUTPUTS, type MouthModel } from '../../packages/face/src/mouth/audio-mouth.ts';
import type { KeptNetwork, Layer } from '../../packages/face/src/mouth/network.ts';
import { byEnergy, byLetters, byNetwork, byRidge, byTrack, cepstraAround } from './drivers.ts';
import { AS_IT_IS, exampleOf, varied } from './examples.ts';
import { fitRidge, learn } from './learn.ts';
import { type Driver, type Score, score } from './score.ts';
import { isHeldOut, readSentences } from './spoken-sentences.ts';

/**
 *   --compare=NAMES  ways to be compared; all, if it is empty
 *   --unheard=NAMES  voices that are left out of the training and scored alone
 *   --rounds=6       how often the sentences are learned
 *   --write          trains with all voices, and writes the weights of the product
 */
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    compare: { type: 'string' },
    unheard: { type: 'string', default: 'mei,george' },
    rounds: { type: 'string', default: '6' },
    share: { type: 'string', default: '0.5' },
    write: { type: 'boolean', default: false },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('Say where the spoken sentences are');

const SEED = 5;

const LOOKING_AHEAD = [-8, -5, -3, -1, 0, 1, 3, 5];
const CAUSAL = [-10, -7, -5, -3, -2, -1, 0];
/** The one that is shipped. */
const SHIPPED = { offsets: LOOKING_AHEAD, hidden: [64] };

const spoken = readSentences(folder).filter(({ words }) => words.some(({ phonemes }) => phonemes));
const unheard = options.write ? [] : options.unheard.split(',').map((name) => `local/${name}`);
const random = createRandom(SEED);
const plain = (held: boolean, isUnheard: boolean) =>
  spoken
    .filter(({ voice, index }) => isHeldOut(index) === held && unheard.includes(voice) === isUnheard)
    .map((sentence) => exampleOf(sentence, AS_IT_IS, random));
const training = [
  ...plain(false, false),
  ...spoken
    .filter(({ voice, index }) => !isHeldOut(index) && !unheard.includes(voice))
    .map((sentence) => exampleOf(sentence, varied(random), random)),
];
const newSentences = plain(true, false);
const newVoices = plain(true, true);

type Way = () => Driver;

const learned = (offsets: readonly number[], hidden: readonly number[]): MouthModel => ({
  layers: learn(training, { offsets, hidden, rounds: Number(options.rounds), share: Number(options.share), seed: SEED }),
  offsets,
});
const network =
  (offsets: number[], hidden: number[]): Way =>
  () =>
    byNetwork(learned(offsets, hidden));

const ridge =
  (offsets: number[]): Way =>
  () => {
    const rows = training.flatMap((example) =>
      Array.from({ length: Math.floor(example.hops / 3) }, (_, i) => ({ example, hop: i * 3 })),
    );
    const layer = fitRidge(
      rows.map(({ example, hop }) => cepstraAround(example, hop, offsets)),
      rows.map(({ example, hop }) => example.targets.subarray(hop * MODEL_OUTPUTS, hop * MODEL_OUTPUTS + FIRST_VISEME_OUTPUT)),
      1,
    );
    return byRidge(layer, offsets);
  };

const WAYS: Record<string, Way> = {
  energy: () => byEnergy,
  'ridge-causal': ridge(CAUSAL),
  ridge: ridge(LOOKING_AHEAD),
  'network-no-context': network([0], [64]),
  'network-causal': network(CAUSAL, [64]),
  network: network(LOOKING_AHEAD, [64]),
  'network-two-layers': network(LOOKING_AHEAD, [64, 32]),
  'network-wide': network(LOOKING_AHEAD, [96, 48]),
  letters: () => byLetters,
  'letters-and-sound': () => byTrack(learned(SHIPPED.offsets, SHIPPED.hidden), 'words'),
  'sound-as-played': () => byTrack(learned(SHIPPED.offsets, SHIPPED.hidden), 'nothing'),
};

if (options.compare !== undefined) {
  const names = options.compare === '' ? Object.keys(WAYS) : options.compare.split(',');
  for (const name of names) {
    const began = performance.now();
    const driver = WAYS[name]!();
    const seconds = ((performance.now() - began) / 1_000).toFixed(0);
    console.log(`${name} (${seconds} s to learn ${training.length} sentences, unheard ${unheard})`);
    report('new sentences', score(driver, newSentences));
    report('new sentences, new voices', score(driver, newVoices));
  }
}

if (options.write) {
  const { layers } = learned(SHIPPED.offsets, SHIPPED.hidden);
  const kept = keep(layers);
  writeFileSync(
    new URL('../../packages/face/src/mouth/own-voices-weights.ts', import.meta.url),
    `// Made by bench/mouth/train.ts --write. Not to be edited.\nimport type { KeptNetwork } from './network.ts';\n\nexport const OFFSETS: readonly number[] = [${SHIPPED.offsets.join(', ')}];\n\nexport const WEIGHTS: KeptNetwork = {\n  sizes: [${kept.sizes.join(', ')}],\n  scales: [${kept.scales.join(', ')}],\n  base64:\n    '${kept.base64}',\n};\n`,
  );
  report('new sentences', score(byNetwork({ layers, offsets: SHIPPED.offsets }), newSentences));
}

function report(what: string, { r, closuresMade, falseClosures }: Score): void {
  const list = Object.entries(r).map(([key, value]) => `${key} ${value.toFixed(2)}`);
  console.log(
    `  ${what}: r ${list.join(' ')}; closures ${(closuresMade * 100).toFixed(0)} %, false ${falseClosures.toFixed(1)}/min`,
  );
}

function keep(layers: readonly Layer[]): KeptNetwork {
  const scales = layers.map(({ weights, biases }) => Math.max(...weights.map(Math.abs), ...biases.map(Math.abs)));
  const values = layers.flatMap(({ weights, biases }, l) =>
    [...weights, ...biases].map((value) => Math.round((value / scales[l]!) * 32_767)),
  );
  return {
    sizes: [layers[0]!.inputs, ...layers.map(({ outputs }) => outputs)],
    scales,
    base64: Buffer.from(Int16Array.from(values).buffer).toString('base64'),
  };
}
