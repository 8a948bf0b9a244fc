import { describe, expect, it } from 'vitest';
import { toSpoken } from '../../spoken-text/to-spoken.ts';
import { createWordTimes, type WordTimes } from './word-times.ts';

const add = (times: WordTimes, text: string) => times.add(text, toSpoken(text, { language: 'en' }));
const shown = (words: Array<{ text: string; start: number; end: number }>) =>
  words.map(({ text, start, end }) => [text, Math.round(start * 100) / 100, Math.round(end * 100) / 100]);

describe('the times of written words', () => {
  it('are the vendor’s, also where it says a word in other words', () => {
    const times = createWordTimes({ tellsTimes: true });
    expect(add(times, 'It weighs 5 kg, **really**.')).toBe('It weighs five kilograms, really. ');
    times.mark([
      { text: 'It', start: 0, end: 0.2 },
      { text: 'weighs', start: 0.2, end: 0.5 },
      { text: 'five', start: 0.5, end: 0.8 },
      { text: 'kilograms,', start: 0.8, end: 1.4 },
    ]);
    // Not before their sound is here.
    expect(shown(times.begunBy(0.3))).toEqual([
      ['It', 0, 0.2],
      ['weighs', 0.2, 0.5],
    ]);
    expect(shown(times.begunBy(2))).toEqual([['5 kg,', 0.5, 1.4]]);
    times.mark([...'really.'].map((text, n) => ({ text, start: 1.5 + n / 10, end: 1.6 + n / 10 })));
    expect(shown(times.begunBy(2.5))).toEqual([['**really**.', 1.5, 2.2]]);
    expect(times.ended(2.5)).toEqual([]);
  });

  it('are estimated by their lengths where the vendor tells none', () => {
    const times = createWordTimes({ tellsTimes: false });
    add(times, 'One three eleven. ');
    // (3 + 1.5) / 15 and so on.
    expect(shown(times.begunBy(0.1))).toEqual([['One', 0, 0.3]]);
    expect(shown(times.begunBy(0.5))).toEqual([['three', 0.3, 0.73]]);
    // The last one waits for the real end.
    expect(times.begunBy(5)).toEqual([]);
    expect(shown(times.textEnded(1.5))).toEqual([['eleven.', 0.73, 1.5]]);
  });

  it('are estimated with the voice’s own pace once a text was said to its end, and begin anew there', () => {
    const times = createWordTimes({ tellsTimes: false });
    add(times, 'One three eleven. ');
    times.begunBy(5);
    // 19.5 units in 3 s: 6.5 a second, and not 15.
    times.textEnded(3);
    add(times, 'One more. ');
    expect(shown(times.begunBy(3.1))).toEqual([['One', 3, 3.69]]);
    expect(shown(times.textEnded(4))).toEqual([['more.', 3.69, 4]]);
  });

  it('of a call that broke off are those of the words that were said at least by half', () => {
    const brokenOffAt = (seconds: number) => {
      const times = createWordTimes({ tellsTimes: true });
      add(times, 'One two three four. ');
      times.mark([{ text: 'One', start: 0, end: 0.3 }]);
      expect(shown(times.begunBy(0.3))).toEqual([['One', 0, 0.3]]);
      return times.brokenOffAt(seconds).map(({ text }) => text);
    };
    // Nothing was told of the next ones, but their sound has come: "two" from 0.3 to 0.6, "three" to 1.03.
    expect(brokenOffAt(0.3)).toEqual([]);
    expect(brokenOffAt(0.78)).toEqual(['two']);
    expect(brokenOffAt(0.85)).toEqual(['two', 'three']);
    expect(createWordTimes({ tellsTimes: true }).brokenOffAt(0)).toEqual([]);
  });

  it('come out even where the vendor writes in its own way', () => {
    const times = createWordTimes({ tellsTimes: true });
    add(times, 'Call me now please. ');
    times.mark(['CALL', 'ME', 'NOW', 'PLEASE'].map((text, n) => ({ text, start: n, end: n + 1 })));
    expect([...times.begunBy(10), ...times.ended(10)].map(({ text }) => text)).toEqual(['Call', 'me', 'now', 'please.']);
  });

  it('of what is not said are none', () => {
    const times = createWordTimes({ tellsTimes: true });
    expect(add(times, '---\n')).toBe('');
    expect(add(times, '🎉 ')).toBe('');
    expect(times.ended(1)).toEqual([]);
  });
});
