import type { Viseme } from './visemes.ts';

/** What is seen of a phone: a viseme, and how much of it (a schwa opens less than the e of "bed"). */
export interface SeenPhone {
  viseme: Viseme;
  /** 0 to 1. */
  strength: number;
  /** Lips that close and burst open: the end of the phone is heard through open lips. */
  bursts?: boolean;
}

const seen = (viseme: Viseme, strength = 1): SeenPhone => ({ viseme, strength });
const all = (phones: string, what: SeenPhone): Array<[string, SeenPhone]> => [...phones].map((phone) => [phone, what]);

/**
 * The phones of the International Phonetic Alphabet. Not in it: h and the glottal stop, which are said with the mouth of their
 * neighbours, and the pharyngeals, which cannot be seen.
 */
const IPA: ReadonlyMap<string, SeenPhone> = new Map([
  ...all('pbʘɓ', { viseme: 'PP', strength: 1, bursts: true }),
  ...all('mɸβʙ', seen('PP')),
  ...all('fvʋɱⱱ', seen('FF')),
  ...all('θð', seen('TH')),
  ...all('tdɾʈɖɽɗǀǃǂ', seen('DD')),
  ...all('nlɫɭɳɬɮɺǁ', seen('nn')),
  ...all('kɡgŋxɣqɢχʁʀɴcɟʎɲʝçɠʛʄ', seen('kk')),
  ...all('ʃʒɕʑʂʐɧ', seen('CH')),
  ...all('sz', seen('SS')),
  ...all('ɹrɻ', seen('RR')),
  ...all('ɚɝ', seen('RR', 0.9)),
  ...all('wɥʍ', seen('U')),
  ...all('jɰ', seen('I', 0.8)),
  ...all('aɑ', seen('aa')),
  ...all('æ', seen('aa', 0.9)),
  ...all('ʌɐ', seen('aa', 0.7)),
  ...all('ɛɜe', seen('E')),
  ...all('əɘɤ', seen('E', 0.65)),
  ...all('ɪɨᵻɯ', seen('I', 0.9)),
  ...all('i', seen('I')),
  ...all('oøɵ', seen('O')),
  ...all('ɔœɒɶɞ', seen('O', 0.85)),
  ...all('uyʉ', seen('U')),
  ...all('ʊʏ', seen('U', 0.8)),
]);

/**
 * Misaki's symbols for two sounds, which is what our voices speak of, those of espeak-ng, and affricates, whose parts look like one.
 * https://github.com/hexgrad/misaki/blob/main/EN_PHONES.md
 */
const SHORTHAND: ReadonlyMap<string, string> = new Map(
  Object.entries({ A: 'eɪ', I: 'aɪ', O: 'oʊ', Q: 'əʊ', Y: 'ɔɪ', W: 'aʊ', T: 'ɾ', ᵊ: 'ə', ʧ: 'ʃ', ʤ: 'ʒ', ʦ: 's', ʣ: 'z' }),
);
const AFFRICATES: readonly (readonly [RegExp, string])[] = [
  [/t(?=[ʃɕʂ])|d(?=[ʒʑʐ])/gu, ''],
  [/t(?=s)|d(?=z)/gu, ''],
];
/** Stress, length, ties, tones and what stands above or below a letter. */
const MARKS = /[ˈˌːˑ‿.|ʰʲʷˠˤⁿˡ'˞˥-˩0-9]|\p{M}/gu;

const known = new Map<string, readonly SeenPhone[]>();

/**
 * What is seen of a phoneme as a voice names it, one after the other: two for a diphthong, nothing for a sound that takes the mouth of
 * its neighbours, or that is not known.
 */
export function seenIn(symbol: string): readonly SeenPhone[] {
  const before = known.get(symbol);
  if (before) return before;
  const plain = symbol.normalize('NFD').replace(MARKS, '');
  let written = [...plain].map((letter) => SHORTHAND.get(letter) ?? letter).join('');
  for (const [pattern, becomes] of AFFRICATES) written = written.replace(pattern, becomes);
  const phones = [...written].flatMap((letter) => IPA.get(letter) ?? []);
  // The symbols come from outside: what is remembered of them must not grow for ever.
  if (known.size < 2_000) known.set(symbol, phones);
  return phones;
}
