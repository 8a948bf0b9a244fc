import { digitByDigit } from '../language.ts';
import { matchAt, type Reader, type Reading } from '../reading.ts';

/** Shapes of numbers to call: with a country, an area in brackets, or groups as people write them. */
const shapes: readonly RegExp[] = [
  /\+\d{1,15}(?:[ .-]?\(\d{1,5}\)|[ .-]\d{2,5}){0,6}(?![\d\p{L}])/uy,
  /(?:1[ .-])?\(\d{3,5}\)[ .-]?\d{3,4}[ .-]\d{3,4}(?![\d\p{L}])/uy,
  /(?:1[ .-])?\d{3}([ .-])\d{3}\1\d{4}(?![\d\p{L}-])/uy,
  /\d{3}-\d{4}(?![\d\p{L}-])/uy,
  /0\d{2,4}(?: \d{2,4}){2,4}(?![\d\p{L}])/uy,
  /0\d{3,4}[ -]\d{5,7}(?![\d\p{L}])/uy,
  /1[ -]800[ -]\d{3}[ -]\d{4}(?![\d\p{L}])/uy,
  /\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?![\d\p{L}])/uy,
  /\d{3}-\d{2}-\d{4}(?![\d\p{L}-])/uy,
];

/** Telephone and card numbers: digit by digit, with a short pause after every group. */
export const readPhone: Reader = ({ text, at, language }) => {
  if (language.words.dot === '') return undefined;
  for (const shape of shapes) {
    const match = matchAt(shape, text, at);
    if (!match || match[0].replace(/\D/g, '').length < 7) continue;
    const readings: Reading[] = [];
    for (const group of match[0].matchAll(
      /\+\d{1,4}(?!\d)|\+\d(?=(?:\d{3})+\d)|\+\d{2}|\d{4}(?!\d)|\d{3}(?!\d)|\d{3}(?=\d{3})|\d{1,2}/g,
    )) {
      const start = at + group.index;
      const plus = group[0].startsWith('+') ? `${language.symbols['+'] ?? ''} ` : '';
      const spoken = `${plus}${digitByDigit(group[0].replace('+', ''), language)}`.trim();
      readings.push({ start, end: start + group[0].length, spoken, pause: ',' });
    }
    readings[readings.length - 1]!.pause = '';
    return readings;
  }
  return undefined;
};
