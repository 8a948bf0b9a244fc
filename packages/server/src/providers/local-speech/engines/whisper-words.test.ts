import { describe, expect, it } from 'vitest';
import { timeWords } from './whisper-words.ts';

const PLACES = 40;

/** The decoder looks at one place for each token, with a little of everything else. */
function looksAt(places: readonly number[], most = PLACES) {
  return places.map((seen) => ({
    heads: 2,
    places: most,
    weights: Float32Array.from({ length: 2 * most }, (_, at) => (Math.abs((at % most) - seen) < 5 ? 0.2 : 0.001)),
  }));
}

const pieces = [' Guten', ' Mor', 'gen', '!', ' Na', '?'].map((text) => Buffer.from(text));
const japanese = ['日', '本', '。'].map((text) => Buffer.from(text));
const cut = [Buffer.from(' '), Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1), Buffer.from('té')];
const tokensOf = (texts: readonly Buffer[]) => ({ bytes: (token: number) => texts[token] ?? Buffer.alloc(0) });
const time = (texts: readonly Buffer[], places: readonly number[], language: string) =>
  timeWords([...texts.keys()], looksAt(places), { language, places: PLACES }, tokensOf(texts));

describe('the times of words', () => {
  it('are where the decoder looked when it wrote them; punctuation belongs to the word before', () => {
    const words = time(pieces, [3, 9, 15, 20, 28, 34, 38], 'de');
    expect(words.map((word) => word.text)).toEqual(['Guten', 'Morgen!', 'Na?']);
    for (const [at, start] of [0, 0.12, 0.48].entries()) expect(Math.abs((words[at]?.start ?? -1) - start)).toBeLessThan(0.08);
    expect(words.map((word) => word.end)).toEqual([words[1]?.start, words[2]?.start, expect.any(Number)]);
  });

  it('never go back and never lie behind the audio', () => {
    const words = timeWords(
      [0, 1, 2, 3, 4, 5],
      looksAt([30, 2, 39, 1, 70, 3, 99], 100),
      { language: 'de', places: PLACES },
      tokensOf(pieces),
    );
    const times = words.flatMap((word) => [word.start, word.end]);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(PLACES * 0.02);
  });

  it('are those of characters in languages without spaces', () => {
    expect(time(japanese, [3, 12, 20, 30], 'ja').map((word) => word.text)).toEqual(['日', '本。']);
  });

  it('wait for the rest of a character that is cut into two tokens', () => {
    expect(time(cut, [3, 9, 15, 20, 30], 'fr').map((word) => word.text)).toEqual(['été']);
  });

  it('are none where nothing was said', () => {
    expect(timeWords([], looksAt([3]), { language: 'en', places: PLACES }, tokensOf([]))).toEqual([]);
  });
});
