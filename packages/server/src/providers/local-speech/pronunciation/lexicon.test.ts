import { expect, it } from 'vitest';
import { createLexicon, type WordPlace } from './lexicon.ts';
import type { LexiconEntry, WordList } from './lexicon-file.ts';

function listOf(entries: Record<string, LexiconEntry>): WordList {
  const words = new Map(Object.entries(entries));
  return { has: (word) => words.has(word), get: (word) => words.get(word) };
}

const gold = listOf({
  ...{ A: 'ˈA', I: 'ˈI', P: 'pˈi', S: 'ˈɛs', U: 'jˈu', T: 'tˈi' },
  ...{ cat: 'kˈæt', box: 'bˈɑks', city: 'sˈɪɾi', wait: 'wˈAt', plan: 'plˈæn', email: 'ˈimˌAl', April: 'ˈApɹəl', kitten: 'kˈɪʔn' },
  record: { DEFAULT: 'ɹˈɛkəɹd', VERB: 'ɹəkˈɔɹd' },
  read: { DEFAULT: 'ɹˈid', VBD: 'ɹˈɛd' },
  have: { DEFAULT: 'hæv', None: 'hˈæv' },
  US: { DEFAULT: 'ˌʌs', NOUN: null },
  he: 'hi',
});
const lexicon = createLexicon('en-US', gold, listOf({ zelda: 'zˈɛldə' }));
const place: WordPlace = { wordClass: 'other', beforeVowel: false, beforeTo: false };
const say = (word: string, given: Partial<WordPlace> = {}) => lexicon.pronounce(word, { ...place, ...given });

it('finds a word with and without its capital', () => {
  expect(say('cat')).toBe('kˈæt');
  expect(say('april')).toBe('ˈApɹəl');
  expect(say('Zelda')).toBe('zˈɛldə');
  expect(say('CAT')).toBe('kˈæt');
  expect(say('He')).toBe('hˌi');
  expect(say('HE')).toBe('hˈi');
});

it('reads a word by what it is, and in full before a pause', () => {
  expect(say('record', { wordClass: 'noun' })).toBe('ɹˈɛkəɹd');
  expect(say('record', { wordClass: 'verb' })).toBe('ɹəkˈɔɹd');
  expect(say('read', { wordClass: 'past-verb' })).toBe('ɹˈɛd');
  expect(say('have')).toBe('hæv');
  expect(say('have', { beforeVowel: undefined })).toBe('hˈæv');
});

it('adds -s, -ed and -ing to known stems', () => {
  expect(say('cats')).toBe('kˈæts');
  expect(say("cat's")).toBe('kˈæts');
  expect(say("cats'")).toBe(undefined);
  expect(say('boxes')).toBe('bˈɑksᵻz');
  expect(say('cities')).toBe('sˈɪɾiz');
  expect(say('waited')).toBe('wˈAɾᵻd');
  expect(say('emailed')).toBe('ˈimˌAld');
  expect(say('recorded')).toBe('ɹəkˈɔɹdᵻd');
  expect(say('planning')).toBe('plˈænɪŋ');
  expect(say('waiting')).toBe('wˈAɾɪŋ');
});

it('spells what is in capitals and no word', () => {
  expect(say('API')).toBe('ˌApˌiˈI');
  expect(say('APIs')).toBe('ˌApˌiˈIz');
  expect(say('US', { wordClass: 'proper-noun' })).toBe('jˌuˈɛs');
  expect(lexicon.spellOut('t.a.p.')).toBe('tˌiˌApˈi');
  expect(lexicon.spellOut('xyz')).toBeUndefined();
});

it('does not know what is not there, not even what every object has', () => {
  for (const word of ['', 'blorp', 'constructor', '__proto__', 'été', '42', "'"]) expect(say(word)).toBeUndefined();
});
