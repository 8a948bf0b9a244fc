import { describe, expect, it } from 'vitest';
import type { WordTime } from '../engines/voice-engine.ts';
import { findSilences, fitToSilences } from './silences.ts';

const RATE = 1000;
/** Sound and silence in turn, in seconds. */
const sound = (...seconds: number[]) =>
  Float32Array.from(seconds.flatMap((length, index) => Array(length * RATE).fill(index % 2 === 0 ? 0.5 : 0)));
const word = (...times: number[]): WordTime => ({
  start: times[0] ?? 0,
  end: times.at(-1) ?? 0,
  phonemes: times.slice(1).map((end, index) => ({ phoneme: 'a', start: times[index] ?? 0, end })),
});

describe('silences', () => {
  it('are found between sounds and at the end, but not where a consonant holds its breath', () => {
    expect(findSilences(sound(0.2, 0.3, 0.2, 0.04, 0.2, 0.1), RATE)).toEqual([
      { start: expect.closeTo(0.2), end: expect.closeTo(0.5) },
      { start: expect.closeTo(0.94), end: expect.closeTo(1.04) },
    ]);
  });

  it('end the word before a pause and begin the one after it, with their phonemes', () => {
    const words = [word(0, 0.1, 0.4), word(0.4, 0.8, 1)];
    fitToSilences(
      words,
      [true, true],
      [
        { start: 0.2, end: 0.5 },
        { start: 0.9, end: 1.2 },
      ],
    );
    expect(words).toEqual([word(0, 0.1, 0.2), { ...word(0.5, 0.8, 0.9) }]);
  });

  it('leave words alone that run into each other', () => {
    const words = [word(0, 0.3), word(0.3, 0.6)];
    fitToSilences(words, [false, true], [{ start: 0.2, end: 0.4 }]);
    expect(words).toEqual([word(0, 0.3), word(0.3, 0.6)]);
  });

  it('leave something of a sound that lies in silence altogether', () => {
    const words = [word(0.2, 0.4), word(0.4, 0.6)];
    fitToSilences(words, [true, true], [{ start: 0.1, end: 0.5 }]);
    expect(words[0]).toEqual(word(0.2, 0.22));
  });
});
