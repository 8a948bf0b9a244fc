import { isWordAt, matchAt, type Reader, said } from '../reading.ts';

/** Marks between words that only set them apart: said nowhere. */
const silent = /[~|*_`\\•·●○▪■◆‣⁃※†‡"'()[\]{}]/;

/** #5, & + = < > @ § ©: by name where they stand for a word. */
export const readSymbol: Reader = (place) => {
  const { text, at, language } = place;
  const symbol = matchAt(/[²³]|[^\p{L}\p{M}\p{N}\s]/uy, text, at)?.[0];
  if (
    symbol === '*' &&
    language.words.times !== '' &&
    /\d ?$/.test(text.slice(Math.max(0, at - 2), at)) &&
    /^ ?\d/.test(text.slice(at + 1, at + 3))
  ) {
    return said(place, at + 1, language.words.times);
  }
  const betweenNumbers = /\d $/.test(text.slice(Math.max(0, at - 2), at)) && /^ \d/.test(text.slice(at + 1, at + 3));
  if (symbol === '/' && betweenNumbers && Object.hasOwn(language.symbols, '÷'))
    return said(place, at + 1, language.symbols['÷'] ?? '');
  if (symbol === '-' && betweenNumbers && language.words.to !== '') {
    const isSum = /[=+×÷]/.test(text.slice(Math.max(0, at - 12), at + 12));
    return said(place, at + 1, isSum ? language.words.minus : language.words.to);
  }
  if (symbol === undefined || silent.test(symbol)) return undefined;
  const run = matchAt(/([=<>#+~*%&@/-])\1{2,}/y, text, at); // "=====": a line drawn, nothing to say
  if (run) return said(place, at + run[0].length, '');
  if (symbol === '#' && !/\d/.test(text[at + 1] ?? '')) return undefined;
  if (symbol === '^' && !(isWordAt(text, at - 1) && isWordAt(text, at + 1))) return undefined;
  if (symbol === '/' && !(isWordAt(text, at - 1) && isWordAt(text, at + 1)) && text[at + 1] !== ' ') return undefined;
  const double = matchAt(/->|=>|<=|>=|==|!=/y, text, at)?.[0];
  if (double) {
    const name = { '->': '→', '=>': '⇒', '<=': '≤', '>=': '≥', '==': '=', '!=': '≠' }[double] ?? '';
    return said(place, at + 2, language.symbols[name] ?? '');
  }
  if (!Object.hasOwn(language.symbols, symbol)) return undefined;
  return said(place, at + symbol.length, language.symbols[symbol] ?? '');
};

/** "$5/month", "60 km/day": a slash after an amount. */
export const readPer: Reader = (place) => {
  const { text, at, language } = place;
  const unit = /[\d€$£]/.test(text[at - 1] ?? '') ? (matchAt(/\/(\p{L}{1,4})(?!\p{L})/uy, text, at)?.[1] ?? '') : '';
  if (language.words.per !== '' && Object.hasOwn(language.units, unit)) {
    return said(place, at + 1 + unit.length, `${language.words.per} ${language.units[unit]?.[0]}`);
  }
  const match = matchAt(/\/(?=(?:second|minute|hour|day|week|month|year|person|user|unit|night|mo|yr|hr)(?!\p{L}))/uy, text, at);
  if (!match || language.words.per === '') return undefined;
  const short = matchAt(/\/(mo|yr|hr)(?!\p{L})/uy, text, at);
  const long = { mo: 'month', yr: 'year', hr: 'hour' }[short?.[1] ?? ''];
  if (long && language.tag.startsWith('en')) return said(place, at + 3, `${language.words.per} ${long}`);
  return said(place, at + 1, language.words.per);
};
