import { type EnglishVariant, PRIMARY_STRESS, SECONDARY_STRESS, VOWELS } from './phonemes.ts';

const AMERICAN: Readonly<Record<string, string>> = {
  ...{ AA: 'ɑ', AE: 'æ', AO: 'ɔ', AW: 'W', AY: 'I', EH: 'ɛ', EY: 'A', IH: 'ɪ', IY: 'i', OW: 'O', OY: 'Y', UH: 'ʊ', UW: 'u' },
  ...{
    B: 'b',
    CH: 'ʧ',
    D: 'd',
    DH: 'ð',
    F: 'f',
    G: 'ɡ',
    HH: 'h',
    JH: 'ʤ',
    K: 'k',
    L: 'l',
    M: 'm',
    N: 'n',
    NG: 'ŋ',
    P: 'p',
    R: 'ɹ',
  },
  ...{ S: 's', SH: 'ʃ', T: 't', TH: 'θ', V: 'v', W: 'w', Y: 'j', Z: 'z', ZH: 'ʒ' },
};
const BRITISH: Readonly<Record<string, string>> = { ...AMERICAN, AA: 'ɒ', AE: 'a', AO: 'ɔː', IY: 'iː', OW: 'Q', UW: 'uː' };
const STRESS_MARKS: Readonly<Record<string, string>> = { '1': PRIMARY_STRESS, '2': SECONDARY_STRESS };

/** Sounds in ARPABET (`['HH', 'AH0', 'L', 'OW1']`) as the lexicons write them (`həlˈO`): stress before the vowel, flaps, weak vowels. */
export function fromArpabet(sounds: readonly string[], variant: EnglishVariant): string {
  const phonemes = sounds.map((sound) => fromSound(sound, variant)).join('');
  const stressed = withOneStress(phonemes);
  return variant === 'en-US' ? americanDetails(stressed) : britishDetails(stressed);
}

function fromSound(sound: string, variant: EnglishVariant): string {
  const name = sound.replace(/\d$/, '');
  const stress = sound.slice(name.length);
  const mark = STRESS_MARKS[stress] ?? '';
  if (name === 'AH') return mark ? `${mark}ʌ` : 'ə';
  if (name === 'ER') return mark ? `${mark}ɜɹ` : 'əɹ';
  if (name === 'IY' && !mark) return 'i';
  return mark + ((variant === 'en-GB' ? BRITISH : AMERICAN)[name] ?? '');
}

/** A word that the model left without stress, or gave two, has its first. */
function withOneStress(phonemes: string): string {
  const first = phonemes.indexOf(PRIMARY_STRESS);
  if (first >= 0) return phonemes.slice(0, first + 1) + phonemes.slice(first + 1).replaceAll(PRIMARY_STRESS, SECONDARY_STRESS);
  const secondary = phonemes.indexOf(SECONDARY_STRESS);
  if (secondary >= 0) return phonemes.slice(0, secondary) + PRIMARY_STRESS + phonemes.slice(secondary + 1);
  const symbols = [...phonemes];
  const vowel = symbols.findIndex((symbol) => VOWELS.has(symbol));
  return vowel < 0 ? phonemes : symbols.toSpliced(vowel, 0, PRIMARY_STRESS).join('');
}

function americanDetails(phonemes: string): string {
  return phonemes
    .replace(/(?<=[AIOWYiuæɑɔəɛɪɹʊʌ])t(?=[əiɪᵻO])/g, 'ɾ')
    .replace(/(?<=[bdfɡkmpstvzθʃʧʤɾ])əl(?![AIOWYiuæɑəɛɜɪʊʌˈˌ])/g, 'ᵊl')
    .replace(/(?<=[dsz])ən(?![AIOWYiuæɑəɛɜɪʊʌˈˌ])/g, 'ᵊn')
    .replace(/(?<=[szʃʒʧʤ])[əɪ]z$/, 'ᵻz')
    .replace(/(?<=[tdɾ])[əɪ]d$/, 'ᵻd');
}

/** An r is said only before a vowel; before it or at the end, its vowel is longer, or ends in a schwa. */
function britishDetails(phonemes: string): string {
  return phonemes
    .replace(/ɜɹ/g, 'ɜːɹ')
    .replace(/ɒɹ(?![AIQWYaiuɑɒəɛɜɪʊʌˈˌ])/g, 'ɑːɹ')
    .replace(/ɛɹ(?![AIQWYaiuɑɒəɛɜɪʊʌˈˌ])/g, 'ɛːɹ')
    .replace(/(?:iː|ɪ|i)ɹ(?![AIQWYaiuɑɒəɛɜɪʊʌˈˌ])/g, 'ɪəɹ')
    .replace(/ɹ(?![AIQWYaiuɑɒəɛɜɪʊʌˈˌ])/g, '');
}
