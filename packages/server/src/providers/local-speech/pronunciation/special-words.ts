import type { Lexicon, WordPlace } from './lexicon.ts';

/** "U.S.", "e.g." */
const INITIALS = /^(?:[A-Za-z]{1,2}\.)+[A-Za-z]{1,2}\.?$/;

/**
 * The words that change with what follows, as misaki says them: "the" and "to" before a vowel, "a" and "I" that are words and no
 * letters, "in" and "am" before a pause, "used to". Undefined for any other word.
 */
export function pronounceSpecialWord(word: string, place: WordPlace, lexicon: Lexicon): string | undefined {
  const { beforeVowel, wordClass } = place;
  const full = beforeVowel === undefined;
  switch (word) {
    case 'a':
    case 'A':
      return wordClass === 'determiner' ? 'ɐ' : 'ˈA';
    case 'an':
    case 'An':
      return 'ɐn';
    case 'am':
      return full ? undefined : 'ɐm';
    case 'AM':
      return wordClass === 'proper-noun' ? lexicon.spellOut('AM') : undefined;
    case 'I':
      return wordClass === 'letter' ? 'ˈI' : 'ˌI';
    case 'by':
    case 'By':
      return wordClass === 'adverb' ? 'bˈI' : undefined;
    case 'to':
    case 'To':
      return full ? undefined : beforeVowel ? 'tʊ' : 'tə';
    case 'in':
    case 'In':
      return full || wordClass === 'adverb' ? 'ˈɪn' : 'ɪn';
    case 'lead': // The metal, which misaki's lexicon does not have.
      return wordClass === 'adjective' ? 'lˈɛd' : undefined;
    case 'the':
    case 'The':
      return beforeVowel ? 'ði' : 'ðə';
    case 'used':
    case 'Used':
      return place.beforeTo && wordClass !== 'verb' ? 'jˈust' : 'jˈuzd';
    case 'vs':
    case 'vs.':
      return lexicon.pronounce('versus', place);
    default:
      return INITIALS.test(word) ? lexicon.spellOut(word) : undefined;
  }
}
