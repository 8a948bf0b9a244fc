import { expect, it } from 'vitest';
import { applyStress, balanceStress } from './stress.ts';

it('gives a word without stress a secondary one before its first vowel', () => {
  expect(applyStress('hi', 0.5)).toBe('hˌi');
  expect(applyStress('ðɛɹ', 0)).toBe('ðˌɛɹ');
  expect(applyStress('hm', 2)).toBe('hm');
});

it('strengthens and weakens what is stressed', () => {
  expect(applyStress('nˌɑt', 2)).toBe('nˈɑt');
  expect(applyStress('ɪt', 2)).toBe('ˈɪt');
  expect(applyStress('bˈʌtəɹflˌI', -0.5)).toBe('bˌʌtəɹflI');
  expect(applyStress('bˈʌtəɹflˌI', -2)).toBe('bʌtəɹflI');
  expect(applyStress('wɪð', -0.5)).toBe('wɪð');
  expect(applyStress('kˈæt', undefined)).toBe('kˈæt');
});

it('leaves one part of a compound with its full stress', () => {
  expect(
    balanceStress([
      { text: 'Git', phonemes: 'ɡˈɪt' },
      { text: 'Hub', phonemes: 'hˈʌb' },
    ]),
  ).toEqual(['ɡˌɪt', 'hˈʌb']);
  expect(
    balanceStress([
      { text: 'T', phonemes: 'tˈi' },
      { text: '-', phonemes: '' },
      { text: 'shirt', phonemes: 'ʃˈɜɹt' },
    ]),
  ).toEqual(['tˈi', '', 'ʃˌɜɹt']);
});
