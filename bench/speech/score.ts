import { round } from '../harness/machine.ts';
import type { Utterance } from './recordings.ts';
import { addWordErrors, countWordErrors, wordErrorRate } from './word-errors.ts';

export interface Recognised {
  utterance: Utterance;
  text: string;
}

const rate = (recognised: readonly Recognised[]): number =>
  // Not a number, and so null in JSON, of nothing.
  recognised.length === 0
    ? Number.NaN
    : round(wordErrorRate(addWordErrors(recognised.map(({ utterance, text }) => countWordErrors(utterance.text, text)))), 4);

/** The word error rates that a row of the benchmark states. */
export const score = (recognised: readonly Recognised[]) => ({
  wer: rate(recognised),
  wer_dev: rate(recognised.filter(({ utterance }) => utterance.split === 'dev')),
  wer_held_out: rate(recognised.filter(({ utterance }) => utterance.split === 'held-out')),
});

/** Word error rates of each speaker, package or whatever `group` names. */
export function byGroup(recognised: readonly Recognised[], group: (utterance: Utterance) => string) {
  const names = [...new Set(recognised.map(({ utterance }) => group(utterance)))];
  return names.map((name) => {
    const those = recognised.filter(({ utterance }) => group(utterance) === name);
    const { words, errors } = addWordErrors(those.map(({ utterance, text }) => countWordErrors(utterance.text, text)));
    return { name, utterances: those.length, words, errors, wer: round(errors / words, 4) };
  });
}
