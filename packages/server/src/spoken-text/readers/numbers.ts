import { digitByDigit, type Language, wholeNumber } from '../language.ts';
import { LONGEST_NUMBER } from '../number-words.ts';
import { isWordAt, matchAt, type Place, type Reader, type Reading, said } from '../reading.ts';
import { type Amount, amountAt, amountWords, isOne, minusAt, rangeDashAt, signed } from './amounts.ts';

/** 3.4.5.6 and 1.2.3: every number by itself. */
export const readDottedNumbers: Reader = (place) => {
  const { text, at, language } = place;
  const match = matchAt(/(v(?:ersion )?)?(\d{1,6}(?:\.\d{1,6}){1,5})(?![\p{L}\p{N}])/uy, text, at);
  if (!match) return undefined;
  const numbers = (match[2] ?? '').split('.');
  const versioned =
    match[1] !== undefined || (place.before !== '' && language.words.version.toLowerCase() === place.before.toLowerCase());
  if (numbers.length < 3 && !versioned) return undefined;
  const address = numbers.length === 4 && numbers.every((number) => Number(number) < 256);
  const words = numbers.map((number) =>
    address && number.length === 3 ? digitByDigit(number, language) : wholeNumber(number, language),
  );
  const version = match[1] === undefined ? '' : `${language.words.version} `;
  const joint = language.words.dot === '' ? ' ' : ` ${address ? language.words.dot : pointOf(language)} `;
  return said(place, at + match[0].length, version + words.join(joint));
};

function pointOf(language: Language): string {
  return language.tag.startsWith('en') ? 'point' : language.words.dot;
}

/** v2 */
export const readVersion: Reader = (place) => {
  const match = matchAt(/v(\d{1,4})(?![\p{L}\p{N}])/uy, place.text, place.at);
  if (!match || place.language.words.version === '') return undefined;
  return said(
    place,
    place.at + match[0].length,
    `${place.language.words.version} ${wholeNumber(match[1] ?? '', place.language)}`,
  );
};

/** 1990s, '90s */
export const readDecade: Reader = (place) => {
  const match = matchAt(/'?(\d{4}|\d{2})'?s(?![\p{L}\p{N}])/uy, place.text, place.at);
  if (match && match[1]?.length === 2 && !match[0].includes("'") && !place.language.decadeWords.has(place.before.toLowerCase()))
    return undefined;
  const words = match && place.language.decade?.(match[1] ?? '');
  return words ? said(place, place.at + match[0].length, words) : undefined;
};

/** 1st, 22nd */
export const readOrdinal: Reader = (place) => {
  const { text, at, language } = place;
  const digits = matchAt(/\d{1,3}(?:,\d{3}){1,3}|\d{1,12}/y, text, at)?.[0];
  if (digits === undefined || !language.ordinalSuffix) return undefined;
  const suffix = matchAt(language.ordinalSuffix, text, at + digits.length);
  const plain = digits.replaceAll(',', '');
  if (!suffix || Number(plain) === 0) return undefined;
  return said(place, at + digits.length + suffix[0].length, language.ordinal(plain));
};

const vulgar: Readonly<Record<string, readonly [number, number]>> = {
  '½': [1, 2],
  '⅓': [1, 3],
  '⅔': [2, 3],
  '¼': [1, 4],
  '¾': [3, 4],
  '⅕': [1, 5],
  '⅖': [2, 5],
  '⅗': [3, 5],
  '⅘': [4, 5],
  '⅙': [1, 6],
  '⅛': [1, 8],
  '⅜': [3, 8],
  '⅝': [5, 8],
  '⅞': [7, 8],
};

/** 1/2, 3 1/2, ½, 3½ */
export const readFraction: Reader = (place) => {
  const { text, at, language } = place;
  if (!language.fraction) return undefined;
  const match = matchAt(/(?:(\d{1,6})[ -]?)??(?:(\d{1,4})[/⁄](\d{1,4})|([½⅓⅔¼¾⅕⅖⅗⅘⅙⅛⅜⅝⅞]))(?![\p{L}\p{N}/])/uy, text, at);
  if (!match) return undefined;
  const [numerator, denominator] = match[4] ? (vulgar[match[4]] ?? [1, 2]) : [Number(match[2]), Number(match[3])];
  if (match[1] !== undefined && numerator >= denominator) return undefined;
  const part = language.fraction(numerator, denominator);
  if (part === undefined) return undefined;
  const end = at + match[0].length;
  const unit = unitAfter(text, end, language);
  if (match[1] === undefined) return said(place, unit?.end ?? end, unit ? `${part} ${unit.names[0]}` : part);
  const small = numerator === 1 ? part.replace(/^one /, 'a ') : part;
  const words = `${wholeNumber(match[1], language)} ${language.mixedAnd ?? ''} ${small}${unit ? ` ${unit.names[1]}` : ''}`;
  return said(place, unit?.end ?? end, words.replaceAll('  ', ' '));
};

/** Height: 5'11", 6' */
export const readFeetAndInches: Reader = (place) => {
  const { text, at, language } = place;
  const foot = language.units.ft;
  const match = matchAt(/(\d{1,2})' ?(\d{1,2})(?:"|'')/y, text, at);
  if (!match || !foot || Number(match[2]) > 11) return undefined;
  return said(
    place,
    at + match[0].length,
    `${language.cardinal(match[1] ?? '')} ${foot[0]} ${language.cardinal(match[2] ?? '')}`,
  );
};

/** Whether four digits without separators are a year there. */
function isYear(amount: Amount, place: Place): boolean {
  if (amount.whole.length !== 4 || amount.grouped || amount.decimals !== '') return false;
  const value = Number(amount.whole);
  if (value < 1000 || value > 2199) return false;
  if (place.language.yearWords.has(place.before.toLowerCase())) return true;
  // "2024 people" and "1950 points" are counted; "2024 was" and "1999 film" are years.
  const next = matchAt(/ (\p{Ll}+)/uy, place.text, amount.end)?.[1] ?? '';
  const counted = /^(?:people|children|men|women|of)$|(?<!(?:s|wa|i|ha|thi|alway))s$/.test(next);
  return value >= 1900 && value <= 2099 && !counted;
}

const identifierLength = 7;

/** Lengths of the groups that a long number is said in: 3 and 4 for seven digits, never one digit alone at the end. */
function groupSizes(length: number): number[] {
  if (length <= 5) return [length];
  const size = length % 4 === 0 || length % 3 !== 0 ? 4 : 3;
  const sizes = Array.from({ length: Math.floor(length / size) }, () => size);
  const rest = length % size;
  if (rest === 0) return sizes;
  if (rest > 1) return [...sizes, rest];
  return [...sizes.slice(0, -1), size - 1, 2];
}

/** Groups of digits with a short pause after each: card numbers, order numbers. */
function digitGroups(start: number, written: string, language: Language): Reading[] {
  const readings: Reading[] = [];
  let from = 0;
  for (const size of groupSizes(written.length)) {
    const [first, end] = [start + from, start + from + size];
    readings.push({ start: first, end, spoken: digitByDigit(written.slice(from, from + size), language), pause: ',' });
    from += size;
  }
  readings[readings.length - 1]!.pause = '';
  return readings;
}

function plainNumber(amount: Amount, place: Place): string {
  const { language } = place;
  if (isYear(amount, place)) return language.year(Number(amount.whole));
  return amountWords(amount, language);
}

function isIdentifier(amount: Amount, place: Place): boolean {
  if (amount.decimals !== '' || amount.grouped || amount.whole.length < 3) return false;
  if (amount.whole.length > LONGEST_NUMBER) return true;
  const before = place.before.toLowerCase();
  if (place.language.identifierWords.has(before)) return true;
  if (amount.whole.length >= 5 && before !== '' && (before === '#' || before === place.language.words.number)) return true;
  return amount.whole.length >= identifierLength && !amount.whole.endsWith('000') && place.language.words.dot !== '';
}

/** "million", "%", "km": what belongs to a number, after it or after one space. */
function unitAfter(
  text: string,
  at: number,
  language: Language,
): { end: number; names: readonly [string, string]; joined: boolean } | undefined {
  const match = matchAt(/([ -]?)(°? ?[CF]\b|[\p{L}°℃℉%‰²³]{1,6}[²³23]?(?:\/\p{L}{1,4}²?)?)/uy, text, at);
  if (!match) return undefined;
  for (let unit = match[2] ?? ''; unit !== ''; unit = unit.slice(0, -1)) {
    const end = at + (match[1] ?? '').length + unit.length;
    const names = Object.hasOwn(language.units, unit.replace(' ', '')) ? language.units[unit.replace(' ', '')] : undefined;
    if (names && match[1] !== '' && language.attachedUnits.has(unit)) continue;
    if (!names || (/[\p{L}23]$/u.test(unit) && (isWordAt(text, end) || text[end] === "'"))) continue;
    if (match[1] === '-' && !/^\p{L}/u.test(unit)) return undefined;
    // "5 ft. tall"
    const stop = /^\p{L}+$/u.test(unit) && matchAt(/\.(?= \p{Ll}|,)/uy, text, end) ? 1 : 0;
    return { end: end + stop, names, joined: match[1] === '-' };
  }
  return undefined;
}

/** "million" after a space. */
function scaleAfter(text: string, at: number, language: Language): { end: number; word: string } | undefined {
  const match = matchAt(/[ -](\p{L}{4,9})(?!\p{L})/uy, text, at);
  const word = match && Object.hasOwn(language.scales, match[1] ?? '') ? language.scales[match[1] ?? ''] : undefined;
  return word !== undefined && match ? { end: at + match[0].length, word } : undefined;
}

/** 5, -3.5, 1,000, 5-10, 5 km, 20%, 3 million: a number, or two of a range, and what is counted. */
export const readNumber: Reader = (place) => {
  const { text, language } = place;
  const sign = /[-+±~≈<>]/.test(text[place.at] ?? '') ? (text[place.at] ?? '') : '';
  if (sign !== '' && sign !== '-' && isWordAt(text, place.at - 1)) return undefined;
  if (sign === '-' && !minusAt(text, place.at)) return undefined;
  const start = place.at + sign.length;
  if (sign === '' && text[start] === '.' && isWordAt(text, start - 1)) return undefined;
  const first = amountAt(text, start, language);
  if (!first) return undefined;
  if (sign === '' && isIdentifier(first, place) && !/[\p{L}]/u.test(text[first.end] ?? ''))
    return digitGroups(start, first.whole, language);

  let words = signed(sign === '' ? plainNumber(first, place) : amountWords(first, language), sign === '-', language);
  if (sign !== '' && sign !== '-') words = `${language.symbols[sign] ?? ''} ${words}`.trim();
  let end = first.end;
  let last = first;
  const dash = rangeDashAt(text, end);
  const second = dash > 0 && language.words.to !== '' ? amountAt(text, end + dash, language) : undefined;
  if (second && text[second.end] !== '-' && !isIdentifier(second, place)) {
    const years = isYear(first, place) && second.whole.length === 2;
    // "747-400" is a name, "3-2" a score.
    const isName = dash === 1 && text[end] === '-' && second.whole.length > 2 && Number(second.whole) < Number(first.whole);
    const until = years
      ? amountWords(second, language)
      : plainNumber(second, { ...place, before: isYear(first, place) ? 'in' : '' });
    words = `${words} ${isName ? '' : `${language.words.to} `}${until}`;
    end = second.end;
    last = second;
  }
  const by = matchAt(/ ?[x×] ?(?=\d)/y, text, end);
  const other = by && language.words.by !== '' ? amountAt(text, end + by[0].length, language) : undefined;
  if (by && other && !isWordAt(text, other.end)) {
    const joint = by[0].includes('×') ? language.words.times : language.words.by;
    return said(place, other.end, `${amountWords(first, language)} ${joint} ${amountWords(other, language)}`);
  }
  const times = matchAt(/x(?![\p{L}\p{N}])/uy, text, end);
  if (times && language.words.times !== '') return said(place, end + 1, `${words} ${language.words.times}`);

  const scale = scaleAfter(text, end, language);
  if (scale) {
    words = `${amountWords(first, language) === words || second === undefined ? signed(amountWords(first, language), sign === '-', language) : words} ${scale.word}`;
    end = scale.end;
  }
  const unit = unitAfter(text, end, language);
  if (unit) {
    const value = isYear(first, place) && second === undefined ? amountWords(first, language) : words;
    const singular = unit.joined || (isOne(last) && second === undefined && !scale);
    return said(place, unit.end, `${value} ${singular ? unit.names[0] : unit.names[1]}`);
  }
  const tail = matchAt(/(\p{L}{1,2})(?![\p{L}\p{N}])/uy, text, end)?.[1] ?? '';
  if (first.decimals !== '' && Object.hasOwn(language.scales, tail))
    return said(place, end + tail.length, `${words} ${language.scales[tail]}`);
  if (Object.hasOwn(language.attachedScales, tail))
    return said(place, end + tail.length, `${words} ${language.attachedScales[tail]}`);
  const power = matchAt(/[eE]([+-]?)(\d{1,4})(?![\p{L}\p{N}])/uy, text, end);
  if (power && Object.hasOwn(language.symbols, '^')) {
    const exponent = signed(wholeNumber(power[2] ?? '', language), power[1] === '-', language);
    return said(
      place,
      end + power[0].length,
      `${words} ${language.words.times} ${language.cardinal('10')} ${language.symbols['^']} ${exponent}`,
    );
  }
  // "4K", "3D", an identifier: words know these.
  if (isWordAt(text, end) && first.decimals === '') return undefined;
  return said(place, end, words);
};
