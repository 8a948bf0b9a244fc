/** misaki's symbols that are others in espeak-ng's IPA. */
const SYMBOLS: Readonly<Record<string, string>> = {
  ...{
    A: 'eɪ',
    I: 'aɪ',
    O: 'oʊ',
    Q: 'əʊ',
    Y: 'ɔɪ',
    W: 'aʊ',
    ʤ: 'dʒ',
    ʧ: 'tʃ',
    ᵊ: 'ə',
    T: 'ɾ',
    ɑ: 'ɑː',
    u: 'uː',
    ɔ: 'ɔː',
    i: 'iː',
  },
};

/**
 * Turns misaki phonemes of a whole phrase into the IPA that espeak-ng gives for `en-us`, which Piper's American voices were trained on.
 */
export function toEspeakPhonemes(phonemes: string): string {
  return phonemes
    .replace(/əɹ(?![AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻˈˌ])/g, 'ɚ')
    .replace(/ɜɹ/g, 'ɜː')
    .replace(/(?<![ˈˌ])i(?=\s|$|[^\p{L}ˈˌ])/gu, 'ı')
    .replace(/[AIOQYWʤʧᵊT]|[ɑuɔi](?!ː)/g, (symbol) => SYMBOLS[symbol] ?? symbol)
    .replaceAll('ı', 'i');
}
