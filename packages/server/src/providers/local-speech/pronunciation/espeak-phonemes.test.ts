import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toEspeakPhonemes } from './espeak-phonemes.ts';

/** The letters and marks of a Piper voice for en-us, that English has. */
const PIPER = new Set(' abdefhijklmnoprstuvwzæðŋɐɑɔəɚɛɜɡɪɹɾʃʊʌʒʔˈˌːθᵻ\u0329.,?!;:—…');

// Recorded from espeak-ng 1.51 (phonemizer), en-us.
it.each([
  ['wˌi kˈip ɐ ɹˈɛkəɹd', 'wiː kˈiːp ɐ ɹˈɛkɚd'],
  ['əpˈYntmənt', 'ɐpˈɔɪntmənt'],
  ['kənfˈɜɹmd', 'kənfˈɜːmd'],
  ['plˈiz klˈOz ðə dˈɔɹ', 'plˈiːz klˈoʊz ðə dˈoːɹ'],
  ['ðˌɪs ɪz ˌɔn', 'ðɪs ɪz ˌɔn'],
  ['ðˌA si ˌɪt', 'ðeɪ si ɪt'],
  ['ðə ˌi jˈu', 'ðə ˌiː jˈuː'],
  ['ði ˈæpᵊl', 'ðɪ ˈæpəl'],
  ['hˈæpi', 'hˈæpi'],
  ['wˈɔTəɹ', 'wˈɔːɾɚ'],
  ['kˈɔlbˌæk', 'kˈɔːlbæk'],
  ['əɹˈA', 'ɚɹˈeɪ'],
  ['kˈɜɹənt', 'kˈɜːɹənt'],
  ['ɹəkwˈɛst', 'ɹᵻkwˈɛst'],
  ['kwˈɑləTi', 'kwˈɑːlᵻɾi'],
  ['ˈæpᵊlz, ænd ʧˈɛɹiz!', 'ˈæpəlz, ænd tʃˈɛɹiz!'],
  ['ˈɛvəɹi mˈɔɹnɪŋ', 'ˈɛvɹi mˈɔːɹnɪŋ'],
  ['θˈɪŋk ˈɪnkˌʌm', 'θˈɪŋk ˈɪŋkʌm'],
])('writes %s as %s', (misaki, espeak) => {
  expect(toEspeakPhonemes(misaki)).toBe(espeak);
});

it('keeps to the symbols of the voice, whatever the phonemes', () => {
  const symbols = fc.constantFrom(...'AIOWYbdfhijklmnpstuvwzæðŋɐɑɔəɛɜɡɪɹTʃʊʌʒʤʧˈˌθᵊᵻ .,?!;:—…');
  fc.assert(
    fc.property(fc.array(symbols), (phonemes) => {
      expect([...toEspeakPhonemes(phonemes.join(''))].filter((symbol) => !PIPER.has(symbol))).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});
