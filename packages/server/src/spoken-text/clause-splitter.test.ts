import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Clause, type ClauseSplitterOptions, createClauseSplitter } from './clause-splitter.ts';

/** All clauses of a text that arrives in these deltas. */
function clausesOf(deltas: readonly string[], options?: ClauseSplitterOptions): Clause[] {
  const splitter = createClauseSplitter(options);
  return [...deltas.flatMap((delta) => splitter.push(delta)), ...splitter.flush()];
}

const texts = (text: string, options?: ClauseSplitterOptions) => clausesOf([text], options).map((clause) => clause.text);

describe('a sentence', () => {
  it('ends as soon as the next one begins', () => {
    const splitter = createClauseSplitter();
    expect(splitter.push('I see. ')).toEqual([]);
    expect(splitter.push('N')).toEqual([{ text: 'I see. ', start: 0, ending: 'sentence' }]);
  });

  it('ends at once at a line break', () => {
    const splitter = createClauseSplitter();
    expect(splitter.push('I see.\n')).toEqual([{ text: 'I see.\n', start: 0, ending: 'paragraph' }]);
  });

  it('is given out by a flush, after which the next clause may be short again', () => {
    const splitter = createClauseSplitter();
    splitter.push('This is the first of them, it is');
    expect(splitter.flush()).toEqual([{ text: 'it is', start: 27, ending: 'sentence' }]);
    expect(splitter.push('As far as I, well')).toEqual([{ text: 'As far as I, ', start: 32, ending: 'clause' }]);
    expect(splitter.flush().map(({ text }) => text)).toEqual(['well']);
    expect(splitter.flush()).toEqual([]);
  });

  it.each([
    ['Dr. Smith saw Mrs. Jones at St. Mary on Oct. 5.'],
    ['We like e.g. apples.'],
    ['The U.S. army went there.'],
    ['Pi is 3.14 or so.'],
    ['It costs $5.20 or 1,000 yen.'],
    ['See No. 5 and Fig. 2 here.'],
    ['J. R. R. Tolkien wrote it.'],
    ['Mail jane.doe@example.com now.'],
    ['See https://a.example.com/b.c?d=e,f now.'],
    ['Come at 5 p.m. tomorrow.'],
    ['"Really?" he asked.'],
    ['Wait... what happened'],
    ['Run `a. B? C! d` now.'],
    ['See [this. That](http://x.y/z. A) now.'],
    ['On 3.4.2024 at 10:30:15 we met.'],
    ['Version v1.2.3 is out.'],
    ['Cats vs. dogs.'],
    ['1. Preheat the oven.'],
  ])('%j is one', (text) => {
    expect(texts(`${text} `)).toEqual([`${text} `]);
  });

  it.each([
    ['No. I will not.', ['No. ', 'I will not.']],
    ['It is 3. Then it is 4.', ['It is 3. ', 'Then it is 4.']],
    ['At 5 p.m. He left.', ['At 5 p.m. ', 'He left.']],
    ['"Yes." She left.', ['"Yes." ', 'She left.']],
    ['**Note.** It works.', ['**Note.** ', 'It works.']],
    ['Wait... What?', ['Wait... ', 'What?']],
    ['Why? Because! So.', ['Why? ', 'Because! ', 'So.']],
    ['Use `x`. Then `y`.', ['Use `x`. ', 'Then `y`.']],
    ['Great 👍. Next 🎉! Done', ['Great 👍. ', 'Next 🎉! ', 'Done']],
    ['你好世界。今天很好！', ['你好世界。', '今天很好！']],
    ['So do I. She too.', ['So do I. ', 'She too.']],
    ['apples, etc. We ate', ['apples, etc. ', 'We ate']],
  ])('%j is several', (text, expected) => {
    expect(texts(text)).toEqual(expected);
  });

  it('waits for the rest of a number at the end of a delta', () => {
    const splitter = createClauseSplitter();
    expect(splitter.push('It is 3.')).toEqual([]);
    expect(splitter.push('14 exactly. ')).toEqual([]);
    expect(splitter.push('O').map(({ text }) => text)).toEqual(['It is 3.14 exactly. ']);
  });
});

describe('a clause', () => {
  it('ends at a comma where it is long enough, the first one sooner', () => {
    expect(texts('Well, I think so, and when we get to the end, we, the others, and all of the rest, will see.')).toEqual([
      'Well, I think so, ',
      'and when we get to the end, ',
      'we, the others, and all of the rest, ',
      'will see.',
    ]);
  });

  it.each([
    ['we left on March 15, 2024 with nothing'],
    ['there were more than 1, 2, 3, 4, 5'],
    ['we will meet on Mon, Jan 5 at noon'],
    ['we will all meet on Sunday, March 3'],
    ['it takes from about 9 - 5 or so'],
    ['we counted all of the 5—10 people'],
  ])('does not end inside of %j', (text) => {
    expect(texts(text)).toEqual([text]);
  });

  it('ends at a dash, with spaces or without', () => {
    expect(texts('He stopped right there — then he went on')).toEqual(['He stopped right there — ', 'then he went on']);
    expect(texts('He stopped right there—then he went on')).toEqual(['He stopped right there—', 'then he went on']);
    expect(texts('He stopped right there - then he went on')).toEqual(['He stopped right there - ', 'then he went on']);
  });

  it('that grows too long is cut before a conjunction, else between words', () => {
    const long = texts('one of the many things that people like to do and others do not like at all', { maximumCharacters: 60 });
    expect(long).toEqual(['one of the many things that people like to do ', 'and others do not like at all']);
    const words = texts('word '.repeat(40), { maximumCharacters: 50 });
    expect(words.every((text) => text.length <= 50 && /^(?:word )+$/.test(text))).toBe(true);
  });

  it('that grows too long is not cut inside of a word, a number with its unit, or a name with its title', () => {
    expect(texts(`go ${'x'.repeat(100)} on`, { maximumCharacters: 20 })).toEqual(['go ', `${'x'.repeat(100)} `, 'on']);
    expect(texts('it has been more than 5 km from Dr. Smith to us', { maximumCharacters: 30 })).toEqual([
      'it has been more than 5 km ',
      'from Dr. Smith to us',
    ]);
  });

  it('that grows too long in a script without spaces is cut between words', () => {
    const text = '我们今天去公园看花然后回家吃饭'.repeat(6);
    const clauses = texts(text, { language: 'zh', maximumCharacters: 40 });
    expect(clauses.join('')).toBe(text);
    expect(clauses.length).toBeGreaterThan(1);
  });
});

describe('a line', () => {
  it('that is a heading, an item or a row ends with its break', () => {
    expect(clausesOf(['# Title\n- item one\n| a | b |\nText']).map(({ text, ending }) => [text, ending])).toEqual([
      ['# Title\n', 'paragraph'],
      ['- item one\n', 'paragraph'],
      ['| a | b |\n', 'paragraph'],
      ['Text', 'sentence'],
    ]);
  });

  it('goes on in lower case', () => {
    expect(texts('some text that is\nwrapped by hand')).toEqual(['some text that is\nwrapped by hand']);
    expect(texts('One line of it\nAnother line')).toEqual(['One line of it\n', 'Another line']);
  });

  it('of code is never cut from its fence', () => {
    const fence = '```js\nconst x = 1. Foo, bar, and more of the same thing\n\nlet y\n```\n';
    expect(texts(`See this:\n${fence}Done. Good`)).toEqual(['See this:\n', fence, 'Done. ', 'Good']);
  });
});

const piece = fc.constantFrom(
  ...'Dr. |U.S. |e.g. |word|and |because |, |; |: | — |-|— |. |? |! |... |… |\n|\n\n|```\n|```js\n|`|[|](|)|(|"|**|- |1. |# || a|3.14|$5.20|1,000|10:30 |a@b.co |https://x.y/z |March 15, 2024 |你好。|，|世界|👍|\uD83D|I|No. |5 p.m. |long words go here |Yes'.split(
    '|',
  ),
  '| ',
  ' ',
);
const written = fc.oneof(
  fc.array(piece, { maxLength: 80 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

describe('any text in any deltas', () => {
  it('comes out whole, in order, and cut the same way however it came', () => {
    fc.assert(
      fc.property(written, fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 30 }), (text, sizes) => {
        const deltas: string[] = [];
        for (let at = 0, turn = 0; at < text.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          deltas.push(text.slice(at, at + size));
          at += size;
        }
        const clauses = clausesOf(deltas, { maximumCharacters: 60 });
        let start = 0;
        for (const clause of clauses) {
          expect(clause.start).toBe(start);
          expect(clause.text).not.toBe('');
          start += clause.text.length;
        }
        expect(clauses.map((clause) => clause.text).join('')).toBe(text);
        expect(clauses).toEqual(clausesOf([text], { maximumCharacters: 60 }));
      }),
      { numRuns: 2000 },
    );
  });

  it('never comes out cut inside of a word', () => {
    fc.assert(
      fc.property(written, (text) => {
        const clauses = clausesOf([text], { maximumCharacters: 40 });
        for (const [index, clause] of clauses.entries()) {
          const joint = clause.text.slice(-1) + (clauses[index + 1]?.text.slice(0, 1) ?? '');
          expect(joint).not.toMatch(/[\p{Script=Latin}\p{Nd}]{2}/u);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
