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
/** Where a word begins and ends; stress and length marks count as letters in Unicode. */
const BEGIN = '(?<!\\p{L})';
const END = '(?!\\p{L})';
const CONSONANTS = '[bdfhjklmnpstvwzðŋɡɹTʃʒʤʧθ]';

/**
 * Where espeak-ng and misaki's lexicon say the same sound differently, found by comparing 9000 words; each rule is right for at least
 * two thirds of what it matches. They apply one after the other.
 */
const DIFFERENCES: readonly (readonly [misaki: RegExp, espeak: string])[] = (
  [
    // Little words, in which espeak-ng has other vowels and less stress.
    [`${BEGIN}(ð(?=ˌ(?:ɪs|A|ɛɹ|iz))|[whʃ](?=ˌi)|w(?=ˌ[ʌɛ][tn])|j(?=ˌu)|k(?=ˌæn)|(?=ˌɪ[ft]|ˌI))ˌ(?=\\p{L}{1,2}${END})`, '$1'],
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
    [`${BEGIN}ˌʌn`, 'ʌn'],
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
    [`(?<=${VOWEL})t(?:ᵊ)?n${END}`, 'ʔn̩'],
    ['nʧ(?=ə)', 'nʃ'],
    // Weak vowels.
    [`${BEGIN}ɪ(?=ks|ɡz)`, 'ɛ'],
    [`${BEGIN}ɹ[əi](?=\\p{L})`, 'ɹᵻ'],
    [`${BEGIN}bə(?=\\p{L})`, 'bᵻ'],
    [`${BEGIN}dəs`, 'dɪs'],
    [`${BEGIN}də(?=\\p{L})`, 'dᵻ'],
    [`${BEGIN}ə(?=sk|sp|nv|nt)`, 'ɛ'],
    [`${BEGIN}ə(?=mˈɪ|fˈ[ɛɪ]|[vl]ˈ[ɛæ])`, 'ɪ'],
    [`${BEGIN}ə(?=${CONSONANTS})`, 'ɐ'],
    ['ə(?=Ti)', 'ᵻ'],
    ['əTɪv', 'ətˌɪv'],
    ['əkəli', 'ɪkli'],
    ['ə(?=kə)', 'ɪ'],
    ['jə(?=l)', 'jʊ'],
    ['jə(?=m)', 'ju'],
    ['ʤəkt', 'ʤɛkt'],
    ['(?<=kɹ)i(?=ˈ)', 'iː'],
    [`(?<![ivnɹ])ət${END}`, 'ɪt'],
    [`ᵻst${END}`, 'ɪst'],
    [`nɪs${END}`, 'nəs'],
    ['(?<![ˈˌ])i(?=[ˈˌ]|θˌ)', 'ɪ'],
    ['(?<![ˈˌ])i(?!ː)', 'ı'],
    ['ɔ(?=ɡ|ŋ|st|lt|ls(?!O)|f)', 'ɞ'],
    [`(?<=[ˈˌ])ɔ(?=ɹ${END})`, 'o'],
  ] as const
).map(([pattern, espeak]) => [new RegExp(pattern, 'gu'), espeak]);

/**
 * Turns misaki phonemes of a whole phrase into the IPA that espeak-ng gives for `en-us`, which Piper's American voices were trained on.
 */
export function toEspeakPhonemes(phonemes: string): string {
  const adapted = DIFFERENCES.reduce((text, [misaki, espeak]) => text.replace(misaki, espeak), phonemes);
  return adapted.replace(/[AIOQYWʤʧᵊTɞıo]|[ɑuɔi](?!ː)/g, (symbol) => SYMBOLS.get(symbol) ?? symbol);
}
