import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLetterModel, type LetterModel } from './letter-model.ts';
import { createLexicon, type Lexicon, type WordPlace } from './lexicon.ts';
import { readLexiconFile } from './lexicon-file.ts';
import { pronounceName } from './names.ts';
import { readNpz } from './npz.ts';
import { CONSONANTS, type EnglishVariant, toVoiceNotation, VOWELS } from './phonemes.ts';
import { pronounceSpecialWord } from './special-words.ts';
import { partsOf, plainSpelling } from './spelling.ts';
import type { SpokenWord } from './spoken-word.ts';
import { applyStress, balanceStress } from './stress.ts';
import { createUnknownWords, type UnknownWords } from './unknown-word.ts';
import { classifyWords, type WordClass } from './word-class.ts';

export type { SpokenWord } from './spoken-word.ts';

/**
 * How words are said: phonemes in misaki's notation (the alphabet that Kokoro was trained on), stress marks included; '' if a word has
 * no sound. A space inside stands between what was written as one word and is said as two ("B2B").
 */
export interface Pronouncer {
  /** One text of phonemes per word, in the same order. Context decides "the", "a", "read", "used to" and heteronyms. */
  pronounce(words: readonly SpokenWord[]): string[];
}

/**
 * Loads the lexicons (`us_gold.json`, `us_silver.json` or the British `gb_` ones, of misaki) and the letters-to-sounds model
 * (`checkpoint20.npz`, of g2p_en) from a folder.
 */
export async function loadEnglishPronouncer(
  folder: string,
  options: { variant: EnglishVariant } = { variant: 'en-US' },
): Promise<Pronouncer> {
  const prefix = options.variant === 'en-GB' ? 'gb' : 'us';
  const [gold, silver, weights] = await Promise.all([
    readLexiconFile(join(folder, `${prefix}_gold.json`)),
    readLexiconFile(join(folder, `${prefix}_silver.json`)),
    readFile(join(folder, 'checkpoint20.npz')),
  ]);
  return createEnglishPronouncer(createLexicon(options.variant, gold, silver), createLetterModel(readNpz(weights)));
}

/** A pronouncer of a lexicon, which guesses the words that are not in it. */
export function createEnglishPronouncer(lexicon: Lexicon, guess: LetterModel): Pronouncer {
  const unknown = createUnknownWords(lexicon, guess);
  return {
    pronounce(words) {
      const classes = classifyWords(words);
      const result: string[] = Array(words.length).fill('');
      let beforeVowel: boolean | undefined;
      // From the last word to the first, because a word is said by what follows.
      for (let index = words.length - 1; index >= 0; index -= 1) {
        const word = words[index] as SpokenWord;
        if (word.pause !== '') beforeVowel = undefined;
        const next = word.pause === '' ? words[index + 1]?.text : undefined;
        const place = { wordClass: classes[index] ?? 'other', beforeVowel, beforeTo: next?.toLowerCase() === 'to' };
        const phonemes = pronounceWord(plainSpelling(word.text), place, lexicon, unknown);
        result[index] = toVoiceNotation(phonemes, lexicon.variant).trim();
        beforeVowel = beginsWithVowel(phonemes) ?? beforeVowel;
      }
      return stressInitialisms(result, classes, words);
    },
  };
}

function pronounceWord(word: string, place: WordPlace, lexicon: Lexicon, unknown: UnknownWords): string {
  const whole = pronounceKnown(word, place, lexicon);
  if (whole !== undefined) return whole;
  const parts = pronounceParts(partsOf(word), place, lexicon, unknown);
  // As misaki: letters and digits mixed are said apart, parts of one word together.
  const apart = /[\s/]/.test(word) || (/[A-Za-z]/.test(word) && /[^A-Za-z',._-]/.test(word)) || /\d.*\d/.test(word);
  return apart ? parts.flatMap((part) => part.phonemes || []).join(' ') : balanceStress(parts).join('');
}

/** Says the longest known parts, from the end; what is known of none of them is worked out. */
function pronounceParts(parts: readonly string[], place: WordPlace, lexicon: Lexicon, unknown: UnknownWords) {
  const said: { text: string; phonemes: string }[] = [];
  for (let right = parts.length; right > 0; ) {
    const inner: WordPlace = right === parts.length ? place : { wordClass: 'noun', beforeVowel: false, beforeTo: false };
    let left = 0;
    let phonemes: string | undefined;
    for (; left < right && phonemes === undefined; left += 1) {
      phonemes = pronounceKnown(parts.slice(left, right).join(''), inner, lexicon);
    }
    const start = phonemes === undefined ? right - 1 : left - 1;
    const text = parts.slice(start, right).join('');
    said.unshift({ text, phonemes: phonemes ?? (/[A-Za-z]/.test(text) ? unknown(text) : '') });
    right = start;
  }
  return said;
}

function pronounceKnown(word: string, place: WordPlace, lexicon: Lexicon): string | undefined {
  return pronounceSpecialWord(word, place, lexicon) ?? pronounceName(word, lexicon.variant) ?? lexicon.pronounce(word, place);
}

/** Undefined if there is no sound to tell by. */
function beginsWithVowel(phonemes: string): boolean | undefined {
  for (const symbol of phonemes) {
    if (VOWELS.has(symbol)) return true;
    if (CONSONANTS.has(symbol)) return false;
  }
  return undefined;
}

/** "A P I" is one word of three letters, with the stress on the last. */
function stressInitialisms(phonemes: string[], classes: readonly WordClass[], words: readonly SpokenWord[]): string[] {
  return phonemes.map((each, index) => {
    const continues = words[index]?.pause === '' && classes[index + 1] === 'letter';
    return classes[index] === 'letter' && continues ? applyStress(each, 0) : each;
  });
}
