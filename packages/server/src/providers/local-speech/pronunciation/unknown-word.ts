import { fromArpabet } from './arpabet.ts';
import type { LetterModel } from './letter-model.ts';
import type { Lexicon, WordPlace } from './lexicon.ts';
import { applyStress } from './stress.ts';
import { addS } from './word-endings.ts';

/** Says words that are in no lexicon; returns '' if there is nothing to say. Remembers what it worked out. */
export type UnknownWords = (word: string) => string;

/** Names and products recur in a conversation; more than these are forgotten, the oldest first. */
const REMEMBERED = 2000;
const SHORTEST_PART = 3;
const SHORTEST_COMPOUND = 7;
/** Nobody says more than this; the rest is left out. */
const LONGEST = 60;
/** "npm" and "xyz", but not "Bryn". */
const UNSPEAKABLE = /^(?:[^aeiouy]+|[^aeiou]{1,3})$/i;
/** Words that are endings far more often than the second half of a compound. */
const NO_SECOND_PART = new Set(
  'ally ably able ant ate ent ern ers ese her ice ide ier ine ing ion ise ish ism ist ite ity ive tic ten tier'.split(' '),
);
const PLAIN: WordPlace = { wordClass: 'other', beforeVowel: false, beforeTo: false };

/** How words begin that are made up freely, in American and British alike once the variant's vowels are put in. */
const BEGINNINGS: readonly (readonly [letters: string, american: string, british: string])[] = [
  ['un', 'ˌʌn', 'ˌʌn'],
  ['re', 'ɹˌi', 'ɹˌiː'],
  ['pre', 'pɹˌi', 'pɹˌiː'],
  ['non', 'nˌɑn', 'nˌɒn'],
  ['mis', 'mˌɪs', 'mˌɪs'],
  ['anti', 'ˌænti', 'ˌanti'],
  ['micro', 'mˌIkɹO', 'mˌIkɹQ'],
  ['multi', 'mˌʌlti', 'mˌʌlti'],
  ['hyper', 'hˌIpəɹ', 'hˌIpə'],
];
/** How they end. */
const ENDINGS: readonly (readonly [letters: string, american: string, british: string])[] = [
  ['ically', 'ɪkᵊli', 'ɪkᵊli'],
  ['ness', 'nəs', 'nəs'],
  ['less', 'ləs', 'ləs'],
  ['ally', 'əli', 'əli'],
  ['ably', 'əbli', 'əbli'],
  ['able', 'əbᵊl', 'əbᵊl'],
  ['like', 'lˌIk', 'lˌIk'],
  ['ised', 'ˌIzd', 'ˌIzd'],
  ['ized', 'ˌIzd', 'ˌIzd'],
  ['ise', 'ˌIz', 'ˌIz'],
  ['ize', 'ˌIz', 'ˌIz'],
  ['ism', 'ˌɪzəm', 'ˌɪzəm'],
  ['ist', 'ɪst', 'ɪst'],
  ['ish', 'ɪʃ', 'ɪʃ'],
  ['ers', 'əɹz', 'əz'],
  ['er', 'əɹ', 'ə'],
  ['ly', 'li', 'li'],
];

/**
 * Takes an unknown word apart: letters without a vowel are spelled, "crowdfunder" is made of known words, "unclickable" of known
 * parts; the rest is guessed from its letters.
 */
export function createUnknownWords(lexicon: Lexicon, guess: LetterModel): UnknownWords {
  const remembered = new Map<string, string>();
  const british = lexicon.variant === 'en-GB';

  const known = (word: string) => (lexicon.has(word) ? lexicon.pronounce(word, PLAIN) : undefined);

  function fromCompound(word: string): string | undefined {
    if (word.length < SHORTEST_COMPOUND) return undefined;
    // The most even split first: "data|base" is likelier than "dat|abase".
    const middle = word.length / 2;
    const cuts = Array.from({ length: word.length - 2 * SHORTEST_PART + 1 }, (_, index) => index + SHORTEST_PART);
    cuts.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
    for (const cut of cuts) {
      // "dissolve" is no "dis|solve": a double letter is one sound, and holds a word together.
      if (word[cut - 1] === word[cut] || NO_SECOND_PART.has(word.slice(cut))) continue;
      const first = known(word.slice(0, cut));
      const second = first === undefined ? undefined : known(word.slice(cut));
      if (first !== undefined && second !== undefined) return first + applyStress(second, -0.5);
    }
    return undefined;
  }

  function fromBeginning(word: string): string | undefined {
    for (const [letters, american, britishSound] of BEGINNINGS) {
      if (!word.startsWith(letters) || word.length < letters.length + SHORTEST_PART) continue;
      const rest = known(word.slice(letters.length));
      if (rest !== undefined) return (british ? britishSound : american) + rest;
    }
    return undefined;
  }

  function fromParts(word: string): string | undefined {
    const whole = fromBeginning(word);
    if (whole !== undefined) return whole;
    for (const [letters, american, britishSound] of ENDINGS) {
      if (!word.endsWith(letters) || word.length < letters.length + SHORTEST_PART) continue;
      const stem = word.slice(0, -letters.length);
      const rest = known(stem) ?? known(`${stem}e`) ?? fromBeginning(stem);
      if (rest !== undefined) return rest + (british ? britishSound : american);
    }
    return undefined;
  }

  function workOut(word: string): string {
    const letters = word.replaceAll("'", '').slice(0, LONGEST);
    if (letters === '') return '';
    if (letters.length === 1 || UNSPEAKABLE.test(letters)) return lexicon.spellOut(letters) ?? '';
    const small = letters.toLowerCase();
    const possessive = /'s$/i.test(word);
    if (possessive) return addS(workOut(word.slice(0, -2)), lexicon.variant) ?? '';
    return fromParts(small) ?? fromCompound(small) ?? fromArpabet(guess(small), lexicon.variant);
  }

  return (word) => {
    const before = remembered.get(word);
    if (before !== undefined) return before;
    const phonemes = workOut(word);
    if (remembered.size >= REMEMBERED) remembered.delete(remembered.keys().next().value ?? '');
    remembered.set(word, phonemes);
    return phonemes;
  };
}
