/** misaki's symbols that are others in espeak-ng's IPA. */
const SYMBOLS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ A: 'eɪ', I: 'aɪ', O: 'oʊ', Q: 'əʊ', Y: 'ɔɪ', W: 'aʊ' },
    ...{ ʤ: 'dʒ', ʧ: 'tʃ', T: 'ɾ', ᵊ: 'ə', ɑ: 'ɑː', u: 'uː', ɔ: 'ɔː', i: 'iː' },
    // Results of the rules below: a short ɔ, a short i, and the vowel of "store".
    ...{ ɞ: 'ɔ', ı: 'i', o: 'oː' },
  }),
);

const VOWEL = '[AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻɐᵊ]';
/** A vowel, with its stress mark if it has one. */
const ANY_VOWEL = `[ˈˌ]?${VOWEL}`;
const BEGIN = '(?<![\\p{L}ˈˌ])';
const END = '(?![\\p{L}ˈˌ])';
const CONSONANTS = '[bdfhjklmnpstvwzðŋɡɹTʃʒʤʧθ]';

/**
 * Where espeak-ng and misaki's lexicon say the same sound differently, found by comparing 9000 words; each rule is right for at least
 * two thirds of what it matches. They apply one after the other.
 */
const DIFFERENCES: readonly (readonly [misaki: RegExp, espeak: string])[] = (
  [
    // Little words, in which espeak-ng has other vowels and less stress.
    [`${BEGIN}([ðwjhʃk]?)ˌ(?=(?:ɪs|ɪf|ɪt|I|i|u|A|ɛɹ|æn|iz|ʌt|ɛn)${END})`, '$1'],
    [`${BEGIN}ði${END}`, 'ðɪ'],
    [`${BEGIN}(ð|b|w|h|ʃ|m)i(?=z?${END})`, '$1iː'],
    [`${BEGIN}ˌɔn${END}`, 'ˌɞn'],
    [`${BEGIN}ˈɛni${END}`, 'ˌɛni'],
    [`${BEGIN}ˈɪntu${END}`, 'ˌɪntʊ'],
    [`${BEGIN}hæz${END}`, 'hɐz'],
    [`${BEGIN}wˈɑnt`, 'wˈɞnt'],
    [`${BEGIN}ɪt(?= ${ANY_VOWEL})`, 'ɪɾ'],
    // Secondary stress: none beside the primary one ("kˈɔlbˌæk"), none on un-.
    [`(ˈ${VOWEL}${CONSONANTS}+)ˌ(?=${VOWEL})`, '$1'],
    ['(?<!\\p{L})ˌʌn', 'ʌn'],
    // Sounds that grow together.
    ['(?<=ˈɛv)əɹ(?=[iə])', 'ɹ'],
    ['(?<=f)əɹ(?=ən)', 'ɹ'],
    [`əɹ(?=${ANY_VOWEL})`, 'ɚɹ'],
    [`əɹ(?= ${ANY_VOWEL})`, 'ɚɹ'],
    ['əɹ', 'ɚ'],
    [`ɜɹ(?=${ANY_VOWEL})`, 'ɜːɹ'],
    ['ɜɹ', 'ɜː'],
    [`ʊɹ(?=${VOWEL})`, 'ʊɹɹ'],
    [`əw(?=${VOWEL})`, 'u'],
    ['n(?=k)', 'ŋ'],
    [`(?<=${VOWEL})t(?:ᵊ)?n(?!${ANY_VOWEL}|\\p{L})`, 'ʔn̩'],
    ['nʧ(?=ə)', 'nʃ'],
    // Weak vowels.
    ['(?<!\\p{L})ɪ(?=ks|ɡz)', 'ɛ'],
    ['(?<![\\p{L}ˈˌ])ɹ[əi](?=\\p{L})', 'ɹᵻ'],
    ['(?<![\\p{L}ˈˌ])bə(?=\\p{L})', 'bᵻ'],
    ['(?<![\\p{L}ˈˌ])dəs', 'dɪs'],
    ['(?<![\\p{L}ˈˌ])də(?=\\p{L})', 'dᵻ'],
    ['(?<!\\p{L})ə(?=sk|sp|nv|nt)', 'ɛ'],
    ['(?<!\\p{L})ə(?=mˈɪ|fˈ[ɛɪ]|[vl]ˈ[ɛæ])', 'ɪ'],
    [`(?<!\\p{L})ə(?=${CONSONANTS})`, 'ɐ'],
    ['ə(?=Ti)', 'ᵻ'],
    ['əTɪv', 'ətˌɪv'],
    ['əkəli', 'ɪkli'],
    ['ə(?=kə)', 'ɪ'],
    ['jə(?=l)', 'jʊ'],
    ['jə(?=m)', 'ju'],
    ['ʤəkt', 'ʤɛkt'],
    ['(?<=kɹ)i(?=ˈ)', 'iː'],
    ['(?<![ivnɹ])ət(?!\\p{L}|[ˈˌ])', 'ɪt'],
    ['ᵻst(?!\\p{L})', 'ɪst'],
    ['nɪs(?!\\p{L})', 'nəs'],
    ['(?<![ˈˌ])i(?=[ˈˌ]|θˌ)', 'ɪ'],
    ['(?<![ˈˌ])i(?!ː)', 'ı'],
    ['ɔ(?=ɡ|ŋ|st|lt|ls(?!O)|f)', 'ɞ'],
    ['(?<=[ˈˌ])ɔ(?=ɹ(?!\\p{L}))', 'o'],
  ] as const
).map(([pattern, espeak]) => [new RegExp(pattern, 'gu'), espeak]);

/**
 * Turns misaki phonemes of a whole phrase into the IPA that espeak-ng gives for `en-us`, which Piper's American voices were trained on.
 */
export function toEspeakPhonemes(phonemes: string): string {
  const adapted = DIFFERENCES.reduce((text, [misaki, espeak]) => text.replace(misaki, espeak), phonemes);
  return adapted.replace(/[AIOQYWʤʧᵊTɞıo]|[ɑuɔi](?!ː)/g, (symbol) => SYMBOLS.get(symbol) ?? symbol);
}
