import { expect, it } from 'vitest';
import { fromArpabet } from './arpabet.ts';

it.each([
  ['HH AH0 L OW1', 'həlˈO'],
  ['W AO1 T ER0', 'wˈɔɾəɹ'],
  ['B AA1 T AH0 L', 'bˈɑɾᵊl'],
  ['G AA1 R D AH0 N', 'ɡˈɑɹdᵊn'],
  ['B AA1 K S IH0 Z', 'bˈɑksᵻz'],
  ['B ER1 D', 'bˈɜɹd'],
  ['CH AE2 T JH IY1', 'ʧˌætʤˈi'],
  ['T OY1 B OW1 T', 'tˈYbˌOt'],
  ['AH0 B AH0', 'ˈəbə'],
  ['', ''],
])('writes %s as %s', (sounds, phonemes) => {
  expect(fromArpabet(sounds.split(' '), 'en-US')).toBe(phonemes);
});

it.each([
  ['HH AA1 R D ER0', 'hˈɑːdə'],
  ['G OW1 T', 'ɡˈQt'],
  ['K AE1 T', 'kˈat'],
  ['B ER1 D', 'bˈɜːd'],
  ['V EH1 R IY0', 'vˈɛɹi'],
])('writes %s as British %s', (sounds, phonemes) => {
  expect(fromArpabet(sounds.split(' '), 'en-GB')).toBe(phonemes);
});
