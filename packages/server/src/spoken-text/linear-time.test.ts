import { describe, expect, it } from 'vitest';
import { createClauseSplitter } from './clause-splitter.ts';
import { toSpoken } from './to-spoken.ts';

const SHORT = 10_000;
const LONG = 40_000;

function milliseconds(work: (text: string) => void, text: string): number {
  const start = performance.now();
  work(text);
  return performance.now() - start;
}

/**
 * How many times longer four times the text takes; 16 would be quadratic. The least of a few attempts, because other
 * processes disturb, and 0 where it is all too fast for the clock to say.
 */
function growth(work: (text: string) => void, unit: string): number {
  const text = unit.repeat(Math.ceil(LONG / unit.length)).slice(0, LONG);
  const fastest = (length: number) => Math.min(...[0, 1].map(() => milliseconds(work, text.slice(0, length))));
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 4 && least > 6; attempt += 1) {
    const short = fastest(SHORT);
    const long = fastest(LONG);
    least = Math.min(least, long < 25 ? 0 : long / short);
  }
  return least;
}

const units =
  "a|a.|1|1 |1,|1-|-|[a](|*]|**a |`|`` |>|> |<a |&|@|a@|a/|http://|+1 |👍|\uD83D|(|U.|a'|A |$1|1/|1:|_a_|- |\n|a\n|. |, |word, |```\n|你|A. ".split(
    '|',
  );

describe('the time grows with the length of a text, not faster', () => {
  it.each([...units, '|a'])('to say %j', (unit) => {
    expect(growth((text) => toSpoken(text, { language: 'en' }), unit)).toBeLessThan(8);
  });

  it.each([...units, '|a'])('to cut %j', (unit) => {
    const cut = (text: string) => {
      const splitter = createClauseSplitter();
      splitter.push(text);
      splitter.flush();
    };
    expect(growth(cut, unit)).toBeLessThan(8);
  });
});
