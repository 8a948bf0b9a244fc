import type { Pronouncer } from './english-pronouncer.ts';
import { PRIMARY_STRESS, SECONDARY_STRESS } from './phonemes.ts';

/**
 * How Spanish words are said, in the notation that Kokoro's Spanish voices know: IPA, one symbol a sound, a stress mark before its vowel. Spelling tells
 * all of it (Real Academia Española, Ortografía de la lengua española, 2010); what is said is the Spanish of Spain, as the voices were taught.
 */
export function createSpanishPronouncer(): Pronouncer {
  return {
    pronounce(words) {
      let before = '';
      const following = words.map(({ pause }, index) => (pause === '' ? (words[index + 1]?.text ?? '') : ''));
      return words.map(({ text, pause }, index) => {
        const said = softened(sounds(text.normalize('NFC').toLowerCase()), before, firstSound(following[index] ?? ''));
        before = pause === '' ? (said.at(-1) ?? before) : '';
        return said.join('');
      });
    },
  };
}

/** Letters that stand for other sounds than their own, at a place of a word; the first that fits. */
const CONSONANTS: ReadonlyArray<readonly [letters: RegExp, sounds: string]> = [
  [/ch/y, 'ʧ'],
  [/sh/y, 'ʃ'],
  [/ll/y, 'ʎ'],
  [/rr/y, 'r'],
  [/(?:^|(?<=[lns]))r/y, 'r'],
  [/r/y, 'ɾ'],
  [/qu(?=[eiéí])|q/y, 'k'],
  [/gu(?=[eiéí])/y, 'ɡ'],
  [/g(?=[eiéí])|j/y, 'x'],
  [/g/y, 'ɡ'],
  [/c(?=[eiéí])|z/y, 'θ'],
  [/c/y, 'k'],
  [/ñ/y, 'ɲ'],
  [/^x/y, 's'],
  [/x/y, 'ks'],
  [/v/y, 'b'],
  [/ü/y, 'u'],
  [/(?<![^aeiouáéíóú])y$|^y$|(?<=[aeiouáéíóú])y(?![aeiouáéíóú])/y, 'i'],
  [/y/y, 'ʝ'],
  [/[abdefiklmnopstuwáéíóú]/y, '$'],
];
/** Without a stress of their own. */
const WEAK_WORDS = new Set(
  'a al con de del e el en la las le les lo los me mi mis ni nos o os para pero por que se si sin su sus te tu tus u y'.split(
    ' ',
  ),
);
const PLAIN: Record<string, string> = { á: 'a', é: 'e', í: 'i', ó: 'o', ú: 'u' };
const VOWEL = /[aeiouáéíóú]/;
/** Closes a syllable with a stronger vowel, or opens it. */
const CLOSING: Record<string, string> = { i: 'ɪ', u: 'ʊ' };
const OPENING: Record<string, string> = { i: 'j', u: 'w' };

function letterSounds(word: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < word.length; ) {
    const rule = CONSONANTS.find(([letters]) => {
      letters.lastIndex = at;
      return letters.test(word);
    });
    if (rule) {
      const [letters, said] = rule;
      found.push(...(said === '$' ? (word[at] ?? '') : said));
      at = letters.lastIndex;
    } else at += 1; // Silent, as h, or no letter of the language.
  }
  return found;
}

/** The sounds of a word by itself; stress marks before their vowels. */
function sounds(word: string): string[] {
  const letters = letterSounds(word);
  const said: string[] = [];
  /** Places in `said` of what carries a syllable. */
  const syllables: number[] = [];
  let accented: number | undefined;
  for (const [index, letter] of letters.entries()) {
    if (!VOWEL.test(letter)) {
      said.push(letter);
      continue;
    }
    const next = letters[index + 1] ?? '';
    const beforeIsSyllable = syllables.at(-1) === said.length - 1 && said.length > 0;
    if (letter in OPENING && VOWEL.test(next) && !(word.endsWith('uy') && index === letters.length - 2)) {
      said.push(OPENING[letter] ?? letter);
    } else if (letter in CLOSING && beforeIsSyllable) {
      said.push(said.at(-1) === 'u' ? 'j' : (CLOSING[letter] ?? letter));
    } else {
      if (letter in PLAIN) accented = syllables.length;
      syllables.push(said.length);
      said.push(PLAIN[letter] ?? letter);
    }
  }
  return stressed(said, syllables, { word, accented });
}

/** The last syllable but one where a word ends in a vowel, n or s, else the last, if no accent says otherwise. */
function stressed(
  said: string[],
  syllables: readonly number[],
  { word, accented }: { word: string; accented: number | undefined },
): string[] {
  if (syllables.length === 0 || WEAK_WORDS.has(word)) return said;
  const penultimate = syllables.length > 1 && /[aeiouáéíóúns]$/.test(word);
  const usual = syllables.length - (penultimate ? 2 : 1);
  const isAdverb = /.{3}mente$/.test(word);
  const main = isAdverb ? usual : (accented ?? usual);
  const marks = new Map([[syllables[main] ?? 0, PRIMARY_STRESS]]);
  if (isAdverb && accented !== undefined) marks.set(syllables[accented] ?? 0, SECONDARY_STRESS);
  return said.flatMap((sound, place) => [marks.get(place) ?? '', sound].filter(Boolean));
}

const SOFT: Record<string, { sound: string; hardAfter: string }> = {
  b: { sound: 'β', hardAfter: 'mn' },
  d: { sound: 'ð', hardAfter: 'nl' },
  ɡ: { sound: 'ɣ', hardAfter: 'nŋ' },
};

/** What becomes of b, d, g and n beside other sounds; words that follow each other without a pause are one. */
function softened(said: readonly string[], before: string, after: string): string[] {
  const result: string[] = [];
  let previous = before;
  for (const [index, sound] of said.entries()) {
    if (sound === PRIMARY_STRESS || sound === SECONDARY_STRESS) {
      result.push(sound);
      continue;
    }
    const next = said.slice(index + 1).find((one) => one !== PRIMARY_STRESS && one !== SECONDARY_STRESS) ?? after;
    const soft = SOFT[sound];
    const isFinal = index === said.length - 1;
    let now = sound;
    if (soft && previous !== '' && !soft.hardAfter.includes(previous) && !(sound === 'd' && isFinal)) now = soft.sound;
    else if (sound === 'n' && 'bpm'.includes(next) && next !== '') now = 'm';
    else if (sound === 'n' && next === 'ɡ') now = 'ŋ';
    result.push(now);
    previous = now;
  }
  return result;
}

function firstSound(word: string): string {
  return letterSounds(word.normalize('NFC').toLowerCase())[0] ?? '';
}
