import { describe, expect, it } from 'vitest';
import { seenIn } from './phones.ts';

const visemes = (symbol: string) => seenIn(symbol).map(({ viseme }) => viseme);

describe('what is seen of a phoneme', () => {
  it('is one viseme for a vowel, whatever its stress and length', () => {
    expect(visemes('ˈiː')).toEqual(['I']);
    expect(visemes('ɑː')).toEqual(['aa']);
  });

  it('is two for a diphthong, in IPA and in the shorthand of our voices', () => {
    expect(visemes('aɪ')).toEqual(['aa', 'I']);
    expect(visemes('I')).toEqual(['aa', 'I']);
    expect(visemes('O')).toEqual(['O', 'U']);
    expect(visemes('W')).toEqual(['aa', 'U']);
  });

  it('is one for an affricate, written as one letter, as two, or tied', () => {
    for (const symbol of ['ʧ', 'tʃ', 't͡ʃ', 'dʒ', 'tɕ']) expect(visemes(symbol)).toEqual(['CH']);
    expect(visemes('ts')).toEqual(['SS']);
    expect(visemes('pf')).toEqual(['PP', 'FF']);
  });

  it('knows the sounds of other languages', () => {
    expect(visemes('y')).toEqual(['U']);
    expect(visemes('øː')).toEqual(['O']);
    expect(visemes('ɛ̃')).toEqual(['E']);
    expect(visemes('ç')).toEqual(['kk']);
    expect(visemes('β')).toEqual(['PP']);
    expect(visemes('ɥ')).toEqual(['U']);
  });

  it('is nothing for sounds that take the mouth of their neighbours, and for what is no sound', () => {
    for (const symbol of ['h', 'ʔ', 'ˈ', '', ' ', '!', '中']) expect(visemes(symbol)).toEqual([]);
  });
});
