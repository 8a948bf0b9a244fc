import { expect, it } from 'vitest';
import { english } from './moonshine.ts';

it('writes nothing of what is in no English words', () => {
  expect(['整整整', '♪ ♪', '...', ''].map(english)).toEqual(['', '', '', '']);
  expect(['Café at 9?', '42', 'I said 整 once.'].map(english)).toEqual(['Café at 9?', '42', 'I said 整 once.']);
});
