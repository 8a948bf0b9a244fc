import { describe, expect, it } from 'vitest';
import { phonesOfWord } from './letters.ts';
import { seenIn } from './phones.ts';

const visemes = (word: string) =>
  phonesOfWord(word)
    .flatMap(seenIn)
    .map(({ viseme }) => viseme)
    .join(' ');

describe('the phones of a written word', () => {
  it('close the lips where they are heard to', () => {
    expect(visemes('stopped')).toBe('SS DD aa PP DD');
    expect(visemes('bomb')).toBe('PP aa PP');
    expect(visemes('phone')).toBe('FF O U nn');
  });

  it('round them', () => {
    expect(visemes('would')).toContain('U');
    expect(visemes('food,')).toBe('FF U DD');
    expect(visemes('one')).toBe('U aa nn');
    expect(visemes('quick')).toBe('kk U I kk');
  });

  it('leave out letters that are not said', () => {
    expect(visemes('knight')).toBe('nn aa I DD');
    expect(visemes('make')).toBe('PP E I kk');
    expect(visemes('hello')).toBe('E nn O U');
  });

  it('are made of other alphabets, accents and digits too', () => {
    expect(visemes('Привет')).toBe('PP RR I FF E DD');
    expect(visemes('für')).toBe('FF RR');
    expect(visemes('5')).toBe('FF aa I FF');
    expect(visemes('日本')).not.toBe('');
  });

  it('are the same whatever white space stands around the word, as voices tell it', () => {
    for (const word of [' my', 'my ', '\tmy\n', '\u00a0my']) expect(phonesOfWord(word)).toEqual(phonesOfWord('my'));
  });

  it('are none for what has no letters', () => {
    expect(phonesOfWord(' ')).toEqual([]);
    expect(phonesOfWord('—')).toEqual([]);
    expect(phonesOfWord('')).toEqual([]);
  });
});
