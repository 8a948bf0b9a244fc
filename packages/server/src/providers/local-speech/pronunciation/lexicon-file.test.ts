import { expect, it } from 'vitest';
import { indexLexicon } from './lexicon-file.ts';

const text = `{
  "'em": "əm",
  "close": {
    "DEFAULT": "klˈOs",
    "VERB": "klˈOz",
    "NOUN": null
  },
  "closet": "klˈɑzət",
  "zoo": "zˈu"
}
`;

it('finds words in the bytes of a lexicon, the last one too', () => {
  const words = indexLexicon(Buffer.from(text));
  expect(words?.get("'em")).toBe('əm');
  expect(words?.get('closet')).toBe('klˈɑzət');
  expect(words?.get('zoo')).toBe('zˈu');
  expect(words?.get('close')).toEqual({ DEFAULT: 'klˈOs', VERB: 'klˈOz', NOUN: null });
  expect(words?.has('clos')).toBe(false);
  expect(words?.has('DEFAULT')).toBe(false);
  expect(words?.has('')).toBe(false);
  expect(words?.get('zoë')).toBeUndefined();
});

it('finds every word of a large lexicon', () => {
  const names = Array.from({ length: 5000 }, (_, index) => `word${index}`);
  const words = indexLexicon(
    Buffer.from(JSON.stringify(Object.fromEntries(names.map((name) => [name, `${name}ə`])), undefined, 2)),
  );
  expect(names.filter((name) => words?.get(name) !== `${name}ə`)).toEqual([]);
  expect(words?.has('word5000')).toBe(false);
});

it('knows a file that is no lexicon', () => {
  expect(indexLexicon(Buffer.from('<html></html>'))).toBeUndefined();
  expect(indexLexicon(Buffer.alloc(0))).toBeUndefined();
});
