import { describe, expect, it } from 'vitest';
import { phraseSymbols, wordTimes } from './phrase-symbols.ts';

/** Every symbol lasts a tenth of a second. */
function timesOf(said: readonly string[], startSecond = 0) {
  const symbols = phraseSymbols(said);
  return wordTimes(
    said.length,
    symbols,
    symbols.map(() => 0.1),
    startSecond,
  );
}
const closeTo = (start: number, end: number) => ({ start: expect.closeTo(start), end: expect.closeTo(end) });

describe('the symbols of a phrase', () => {
  it('belong to their words, but for spaces and punctuation', () => {
    expect(phraseSymbols(['aɪ,', 'siː.'])).toEqual(
      [
        ['a', 0],
        ['ɪ', 0],
        [',', undefined],
        [' ', undefined],
        ['s', 1],
        ['i', 1],
        ['ː', 1],
        ['.', undefined],
      ].map(([symbol, word]) => ({ symbol, word })),
    );
  });
});

describe('the times of words', () => {
  it('go from the first symbol of a word to its last, punctuation and spaces left out', () => {
    expect(timesOf(['aɪ,', 'si'], 0.5)).toEqual([
      {
        ...closeTo(0.5, 0.7),
        phonemes: [
          { phoneme: 'a', ...closeTo(0.5, 0.6) },
          { phoneme: 'ɪ', ...closeTo(0.6, 0.7) },
        ],
      },
      {
        ...closeTo(0.9, 1.1),
        phonemes: [
          { phoneme: 's', ...closeTo(0.9, 1) },
          { phoneme: 'i', ...closeTo(1, 1.1) },
        ],
      },
    ]);
  });

  it('give the time of a space without punctuation to the word that follows', () => {
    const [first, second] = timesOf(['a', 'ˈb']);
    expect(first).toMatchObject(closeTo(0, 0.1));
    expect(second).toEqual({ ...closeTo(0.1, 0.4), phonemes: [{ phoneme: 'b', ...closeTo(0.1, 0.4) }] });
  });

  it('give the time of stress marks to the sound that follows', () => {
    expect(timesOf(['ˈa'])[0]).toEqual({ ...closeTo(0, 0.2), phonemes: [{ phoneme: 'a', ...closeTo(0, 0.2) }] });
    expect(timesOf(['bˌa'])[0]?.phonemes).toEqual([
      { phoneme: 'b', ...closeTo(0, 0.1) },
      { phoneme: 'a', ...closeTo(0.1, 0.3) },
    ]);
  });

  it('give the time of length marks to the sound before', () => {
    expect(timesOf(['siː'])[0]?.phonemes).toEqual([
      { phoneme: 's', ...closeTo(0, 0.1) },
      { phoneme: 'iː', ...closeTo(0.1, 0.3) },
    ]);
  });

  it('keep spaces inside a word in its time', () => {
    const [word] = timesOf(['a b']);
    expect(word).toMatchObject(closeTo(0, 0.3));
    expect(word?.phonemes.map(({ phoneme }) => phoneme)).toEqual(['a', 'b']);
  });

  it('put a word without sound at the end of the one before it', () => {
    expect(timesOf(['', 'a', '', 'b'], 0.5)).toMatchObject([
      closeTo(0.5, 0.5),
      closeTo(0.5, 0.7),
      closeTo(0.7, 0.7),
      closeTo(0.7, 1),
    ]);
  });

  it('do not carry a stress mark without a sound over to the next word', () => {
    const [, second] = timesOf(['aˈ', 'b']);
    expect(second?.phonemes).toEqual([{ phoneme: 'b', ...closeTo(0.2, 0.4) }]);
  });
});
