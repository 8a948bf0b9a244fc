import type { LexiconEntry, WordList } from './lexicon-file.ts';
import { type EnglishVariant, PRIMARY_STRESS, SECONDARY_STRESS } from './phonemes.ts';
import { applyStress, type Emphasis } from './stress.ts';
import type { WordClass } from './word-class.ts';
import { addEd, addIng, addS, stemOfEd, stemOfIng, stemOfS } from './word-endings.ts';

/** What is known of a word's place when it is looked up. */
export interface WordPlace {
  wordClass: WordClass;
  /** Whether a vowel follows; undefined before a pause, where words are said in full. */
  beforeVowel: boolean | undefined;
  /** Whether the next word is "to". */
  beforeTo: boolean;
}

/** The words of one English, and how they are said. */
export interface Lexicon {
  readonly variant: EnglishVariant;
  /** How a word is said, also if only its stem is known ("emailed"); undefined if the word is not known. */
  pronounce(word: string, place: WordPlace): string | undefined;
  /** Whether the word itself, in this or in its usual capitals, is in the lexicon. */
  has(word: string): boolean;
  /** The names of letters, one word: "API". Undefined if there is anything but letters. */
  spellOut(letters: string): string | undefined;
}

/** Where to look, from the most particular reading to the most general. */
const READINGS: Record<WordClass, readonly string[]> = {
  noun: ['NOUN'],
  'proper-noun': ['NOUN'],
  letter: ['NOUN'],
  verb: ['VERB'],
  'past-verb': ['VBD', 'VERB'],
  'past-participle': ['VBN', 'VERB'],
  adjective: ['ADJ'],
  adverb: ['ADV'],
  determiner: ['DT'],
  preposition: [],
  other: [],
};

/** A word at the end of a phrase, where it is not reduced. */
const FINAL_READING = 'None';
/** Said as names of letters, if the lexicon has no such word in capitals. */
const LETTERS_ONLY = /^[A-Za-z'-]+$/;
const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['%', 'percent'],
  ['&', 'and'],
  ['+', 'plus'],
  ['@', 'at'],
]);

/**
 * Looks words up as misaki does (https://github.com/hexgrad/misaki, Apache-2.0): first in the lexicon that people checked (gold), then
 * in the other one (silver), by part of speech where it matters, then by stem.
 */
export function createLexicon(variant: EnglishVariant, gold: WordList, silver: WordList): Lexicon {
  const inLists = (word: string) => entryOf(gold, word) !== undefined || entryOf(silver, word) !== undefined;

  function isKnown(word: string): boolean {
    if (inLists(word) || SYMBOLS.has(word)) return true;
    if (!/^[A-Za-z]+$/.test(word)) return false;
    if (word.length === 1) return true;
    return word.slice(1) === word.slice(1).toUpperCase();
  }

  function spellOut(letters: string): string | undefined {
    const names = [...letters].filter((letter) => /[A-Za-z]/.test(letter)).map((letter) => entryOf(gold, letter.toUpperCase()));
    if (names.length === 0 || names.some((name) => typeof name !== 'string')) return undefined;
    const weak = applyStress(names.join(''), 0);
    const last = weak.lastIndexOf(SECONDARY_STRESS);
    return last < 0 ? weak : weak.slice(0, last) + PRIMARY_STRESS + weak.slice(last + 1);
  }

  function lookUp(written: string, place: WordPlace, emphasis: Emphasis | undefined): string | undefined {
    const capitals = written === written.toUpperCase() && entryOf(gold, written) === undefined;
    const word = capitals ? written.toLowerCase() : written;
    const isName = capitals && place.wordClass === 'proper-noun';
    const entry = entryOf(gold, word) ?? (isName ? undefined : entryOf(silver, word));
    const phonemes = readingOf(entry, place);
    if (phonemes === undefined || (isName && !phonemes.includes(PRIMARY_STRESS))) return spellOut(word) ?? phonemes;
    return applyStress(phonemes, emphasis);
  }

  /** The word with an ending that is not in the lexicon, from its stem. A verb form is looked up as a verb. */
  function fromStem(word: string, place: WordPlace, emphasis: Emphasis | undefined): string | undefined {
    const plural = stemOfS(word, isKnown);
    if (plural) return addS(lookUp(plural, place, emphasis), variant);
    const verb: WordPlace = { ...place, wordClass: 'verb' };
    const past = stemOfEd(word, isKnown);
    if (past) return addEd(lookUp(past, verb, emphasis), variant);
    const continuous = stemOfIng(word, isKnown);
    if (continuous) return addIng(lookUp(continuous, verb, emphasis ?? 0.5), variant);
    return undefined;
  }

  /** In small letters, if that is how the lexicon has it. */
  function inKnownCase(word: string, place: WordPlace): string {
    const small = word.toLowerCase();
    const usual = word === word.toUpperCase() || word.slice(1) === word.slice(1).toLowerCase();
    if (word.length < 2 || word === small || !usual || !/^[A-Za-z']+$/.test(word) || inLists(word)) return word;
    if (place.wordClass === 'proper-noun' && word.length <= 7) return word;
    return inLists(small) || fromStem(small, place, undefined) !== undefined ? small : word;
  }

  return {
    variant,
    spellOut,
    has: inLists,
    pronounce(written, place) {
      const symbol = SYMBOLS.get(written);
      if (symbol) return lookUp(symbol, place, undefined);
      if (!LETTERS_ONLY.test(written) && !inLists(written)) return undefined;
      const emphasis = written === written.toLowerCase() ? undefined : written === written.toUpperCase() ? 2 : 0.5;
      const word = inKnownCase(written, place);
      if (isKnown(word)) return lookUp(word, place, emphasis);
      if (word.endsWith("s'") && isKnown(`${word.slice(0, -2)}'s`)) return lookUp(`${word.slice(0, -2)}'s`, place, emphasis);
      if (word.endsWith("'") && isKnown(word.slice(0, -1))) return lookUp(word.slice(0, -1), place, emphasis);
      return fromStem(word, place, emphasis);
    },
  };
}

/** A word is known with a capital if it is known without, and the other way round ("april"); "APRIL" is not. */
function entryOf(list: WordList, word: string): LexiconEntry | undefined {
  const entry = list.get(word);
  if (entry !== undefined || word.length < 2) return entry;
  const small = word.toLowerCase();
  const capitalised = small.charAt(0).toUpperCase() + small.slice(1);
  if (word === small) return capitalised === small ? undefined : list.get(capitalised);
  return word === capitalised ? list.get(small) : undefined;
}

function readingOf(entry: LexiconEntry | undefined, place: WordPlace): string | undefined {
  if (entry === undefined || typeof entry === 'string') return entry;
  const readings = place.beforeVowel === undefined ? [FINAL_READING, ...READINGS[place.wordClass]] : READINGS[place.wordClass];
  const reading = readings.find((each) => each in entry) ?? 'DEFAULT';
  return entry[reading] ?? undefined;
}
