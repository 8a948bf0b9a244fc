import { describe, expect, it } from 'vitest';
import { KOKORO_TOKENS } from '../engines/kokoro-tokens.ts';
import { createSpanishPronouncer } from './spanish-pronouncer.ts';
import type { SpokenWord } from './spoken-word.ts';

const { pronounce } = createSpanishPronouncer();
/** Words as they follow each other; a comma at the end of one is a pause. */
const said = (text: string) =>
  pronounce(
    text.split(' ').map((word): SpokenWord => ({ text: word.replace(',', ''), pause: word.endsWith(',') ? ',' : '' })),
  ).join(' ');

// What espeak-ng 1.51 says of the same words, by which the voices were taught; secondary stress and the open e before nasals left out.
describe('a Spanish word', () => {
  it.each([
    ['hola', 'ˈola'],
    ['museo', 'musˈeo'],
    ['abrimos', 'aβɾˈimos'],
    ['nueve', 'nwˈeβe'],
    ['mañana', 'maɲˈana'],
    ['ciudad', 'θjuðˈad'],
    ['quiero', 'kjˈeɾo'],
    ['examen', 'eksˈamen'],
    ['muy', 'mˈuj'],
    ['ley', 'lˈeɪ'],
    ['yo', 'ʝˈo'],
    ['lluvia', 'ʎˈuβja'],
    ['hierba', 'jˈeɾβa'],
    ['hueso', 'wˈeso'],
    ['guitarra', 'ɡitˈara'],
    ['alrededor', 'alreðeðˈoɾ'],
    ['enrique', 'enrˈike'],
    ['país', 'paˈis'],
    ['aún', 'aˈun'],
    ['causa', 'kˈaʊsa'],
    ['euros', 'ˈeʊɾos'],
    ['boina', 'bˈoɪna'],
    ['convencer', 'kombenθˈeɾ'],
    ['invierno', 'imbjˈeɾno'],
    ['también', 'tambjˈen'],
    ['ojalá', 'oxalˈa'],
    ['reloj', 'relˈox'],
    ['gente', 'xˈente'],
    ['rápidamente', 'rˌapiðamˈente'],
    ['noche', 'nˈoʧe'],
    ['agua', 'ˈaɣwa'],
    ['uno', 'ˈuno'],
    ['y', 'i'],
  ])('%s is said %s', (word, phonemes) => {
    expect(said(word)).toBe(phonemes);
  });

  it('is said by what stands beside it', () => {
    expect(said('la vaca')).toBe('la βˈaka');
    expect(said('vaca, gato')).toBe('bˈaka ɡˈato');
    expect(said('un gato')).toBe('ˈuŋ ɡˈato');
    expect(said('los guerrilleros de la tarde')).toBe('los ɣeriʎˈeɾos ðe la tˈaɾðe');
  });

  it('has only symbols that the voices know, whatever is written', () => {
    for (const text of ['¿Qué? ¡Ñandú! pingüino wáter kiwi OVNI x', 'straße 日本 ’ - naïve', 'h', '']) {
      for (const symbol of said(text).replaceAll(' ', '')) expect(KOKORO_TOKENS.has(symbol), symbol).toBe(true);
    }
  });
});
