import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toSpoken } from './to-spoken.ts';

/** Every piece as the written text that it covers, and what is said for it. */
function pairs(text: string, language = 'en'): [string, string][] {
  return toSpoken(text, { language }).map(({ start, end, spoken }) => [text.slice(start, end), spoken]);
}

describe('the pieces point to the written text', () => {
  it('has one piece for each word, with its punctuation', () => {
    expect(pairs('Well, hello there!')).toEqual([
      ['Well,', 'Well'],
      ['hello', 'hello'],
      ['there!', 'there'],
    ]);
  });

  it('has one piece for several words that are said as one', () => {
    expect(pairs('ran 5 km on June 5, 2024 for $3 million.')).toEqual([
      ['ran', 'ran'],
      ['5 km', 'five kilometers'],
      ['on', 'on'],
      ['June 5, 2024', 'June fifth twenty twenty four'],
      ['for', 'for'],
      ['$3 million.', 'three million dollars'],
    ]);
  });

  it('keeps Markdown marks with the word they touch', () => {
    expect(pairs('**bold words** here')).toEqual([
      ['**bold', 'bold'],
      ['words**', 'words'],
      ['here', 'here'],
    ]);
  });

  it('covers what is not said with pieces that say nothing', () => {
    expect(pairs('# Hi 👋🏽 you')).toEqual([
      ['#', ''],
      ['Hi', 'Hi'],
      ['👋🏽', ''],
      ['you', 'you'],
    ]);
  });

  it('covers a code fence with one piece', () => {
    const fence = '```js\nlet x = 1;\n```';
    expect(pairs(`See:\n${fence}\nDone`)).toEqual([
      ['See:', 'See'],
      [fence, 'code example'],
      ['Done', 'Done'],
    ]);
  });

  it('covers even a very long code fence with one piece', () => {
    const fence = `\`\`\`\n${'let a = "some code";\n\n'.repeat(500)}\`\`\``;
    expect(pairs(`See:\n${fence}\nDone`)).toEqual([
      ['See:', 'See'],
      [fence, 'code example'],
      ['Done', 'Done'],
    ]);
  });

  it('points to the right words beyond the first thousands of characters', () => {
    const written = 'word **bold** 5 km! '.repeat(1000);
    const far = pairs(written).at(-1);
    expect(far).toEqual(['5 km!', 'five kilometers']);
    expect(pairs(written)).toHaveLength(3000);
  });

  it('keeps the place after characters that have no width', () => {
    expect(pairs('a\u200Bb &amp; c')).toEqual([
      ['a\u200Bb', 'ab'],
      ['&amp;', 'and'],
      ['c', 'c'],
    ]);
  });

  it('gives every group of a telephone number its own piece', () => {
    expect(pairs('+1 (555) 123-4567')).toEqual([
      ['+1', 'plus one'],
      ['(555)', 'five five five'],
      ['123-', 'one two three'],
      ['4567', 'four five six seven'],
    ]);
  });
});

const languages = fc.constantFrom('en', 'en-US', 'en-GB', 'de', 'es', 'fr', 'it', 'ja', 'xx', '', '../..', 'constructor');
const fragment = fc.constantFrom(
  ...'# ** * _ ` ``` ~~~ [ ] ( ) ![ ]( | |-|\n > - 1. \n \n\n $ € % °C km 5 10:30 3/4 1,000 .5 -3 2024-03-15 Dr. U.S. e.g. @ a@b.co http://x.y www. & &amp; &#x1F600; <b> </b> <!-- 👍 👨‍👩‍👧 🇺🇸 1️⃣ \uD83D \uDE00 \u200B \u00A0 é 你好 … — -- ... ?! " \' API HELLO VIII Mon Jan 5 v1.2 constructor __proto__ toString \u0000 \uFDD0 \uFDD1 \u2028 \u2029'.split(
    ' ',
  ),
  ' ',
  '\n',
);
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.array(fragment, { maxLength: 60 }).map((parts) => parts.join('')),
  fc.array(fragment, { maxLength: 60 }).map((parts) => parts.join(' ')),
  // Halves of surrogate pairs too.
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 100 }).map((units) => String.fromCharCode(...units)),
);

describe('any text', () => {
  it('never throws, and covers every visible character exactly once and in order', () => {
    fc.assert(
      fc.property(hostile, languages, (text, language) => {
        const pieces = toSpoken(text, { language });
        let done = 0;
        for (const { start, end, spoken, pause } of pieces) {
          expect(start).toBeGreaterThanOrEqual(done);
          expect(end).toBeGreaterThan(start);
          expect(text.slice(done, start).trim()).toBe('');
          expect(spoken).toBe(spoken.trim());
          if (spoken === '') expect(pause).toBe('');
          done = end;
        }
        expect(text.slice(done).trim()).toBe('');
      }),
      { numRuns: 3000 },
    );
  });

  it('says words only: no marks, no digits in English, no half of a surrogate pair', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom('en', 'en-GB'), (text, language) => {
        for (const { spoken } of toSpoken(text, { language })) {
          expect(spoken).toMatch(/^(?:[\p{L}\p{M}']|[^\P{N}0-9]| (?! ))*$/u);
          expect(spoken.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
