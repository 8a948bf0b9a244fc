import { expect, it } from 'vitest';
import { partsOf, plainSpelling } from './spelling.ts';

it('folds accents, quotes and dashes; drops what has no letters', () => {
  expect(plainSpelling('Café')).toBe('Cafe');
  expect(plainSpelling('Straße')).toBe('Strasse');
  expect(plainSpelling('Łódź')).toBe('Lodz');
  expect(plainSpelling('don’t')).toBe("don't");
  expect(plainSpelling('co‑op')).toBe('co-op');
  expect(plainSpelling('🙂東京')).toBe('');
});

it.each([
  ['follow-up', ['follow', '-', 'up']],
  ['JavaScript', ['Java', 'Script']],
  ['PDFReader', ['PDF', 'Reader']],
  ['APIs', ['APIs']],
  ["Karen'll", ['Karen', "'ll"]],
  ["Karen's", ["Karen's"]],
  ['B2B', ['B', 'two', 'B']],
  ['', []],
])('takes %s apart', (word, parts) => {
  expect(partsOf(word)).toEqual(parts);
});
