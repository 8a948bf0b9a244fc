import { type CalendarDay, type Language, plainWords } from '../language.ts';
import { numberWords } from '../number-words.ts';
import { currencies, units } from './en-units.ts';
import * as lists from './en-word-lists.ts';
import * as words from './en-words.ts';
import { plainLanguage } from './plain.ts';

const american = numberWords.en!;

const cardinal = (value: number | string) => plainWords(american.toCardinal(String(value)));
const ordinal = (value: number | string) => plainWords(american.toOrdinal(String(value)));

/** "nineteen ninety nine", "two thousand five", "twenty twenty four"; `thousands` says the years that are counted. */
export function englishYear(year: number, thousands: (year: number) => string): string {
  const century = Math.floor(year / 100);
  const rest = year % 100;
  if (year < 1000 || year > 9999 || year % 1000 === 0 || (century % 10 === 0 && rest < 10)) return thousands(year);
  if (rest === 0) return `${cardinal(century)} hundred`;
  return rest < 10 ? `${cardinal(century)} oh ${cardinal(rest)}` : `${cardinal(century)} ${cardinal(rest)}`;
}

const year = (value: number) => englishYear(value, cardinal);

/** "March fifteenth twenty twenty four" */
function date({ day, month, year: inYear }: CalendarDay): string {
  const said = `${words.monthNames[month - 1]} ${ordinal(day)}`;
  return inYear === undefined ? said : `${said} ${year(inYear)}`;
}

/** "fourth of July twenty twenty four": after a "the", or where the "of" is written. */
function dayOfMonth({ day, month, year: inYear }: CalendarDay): string {
  const said = `${ordinal(day)} of ${words.monthNames[month - 1]}`;
  return inYear === undefined ? said : `${said} ${year(inYear)}`;
}

/** "ten thirty", "ten oh five", "ten o'clock"; in the 24-hour clock "fourteen hundred". */
function clock(hours: number, minutes: number, half: '' | 'am' | 'pm'): string {
  const suffix = half === '' ? '' : half === 'am' ? ' A M' : ' P M';
  const hour = cardinal(hours);
  if (minutes === 0) {
    if (suffix) return hour + suffix;
    if (hours === 0) return 'midnight';
    return hours > 12 ? `${hour} hundred` : `${hour} o'clock`;
  }
  return `${hour} ${minutes < 10 ? 'oh ' : ''}${cardinal(minutes)}${suffix}`;
}

function counted(count: number, one: string): string[] {
  return count === 0 ? [] : [`${cardinal(count)} ${one}${count === 1 ? '' : 's'}`];
}

/** "one hour twenty three minutes and forty five seconds" */
function duration(hours: number, minutes: number, seconds: number): string {
  const parts = [...counted(hours, 'hour'), ...counted(minutes, 'minute'), ...counted(seconds, 'second')];
  const last = parts.pop() ?? 'zero seconds';
  return parts.length === 0 ? last : `${parts.join(' ')} and ${last}`;
}

/** The digits before the s: "1990", "90", "2000". */
function decade(digits: string): string | undefined {
  const value = Number(digits);
  if (value % 10 !== 0 || (digits.length !== 2 && digits.length !== 4)) return undefined;
  const said = digits.length === 2 ? cardinal(value) : year(value);
  return `${said}s`.replace(/ys$/, 'ies');
}

function fraction(numerator: number, denominator: number): string | undefined {
  if (denominator < 2 || numerator < 1) return undefined;
  const one = denominator === 2 ? 'half' : denominator === 4 ? 'quarter' : ordinal(denominator);
  if (denominator > 10 && ![12, 16, 20, 32, 64, 100, 1000].includes(denominator)) {
    return `${cardinal(numerator)} over ${cardinal(denominator)}`;
  }
  const many = denominator === 2 ? 'halves' : `${one}s`;
  return `${cardinal(numerator)} ${numerator === 1 ? one : many}`;
}

/** English as in the United States, and wherever nothing else is said. */
export const english: Language = {
  ...plainLanguage('en'),
  cardinal,
  ordinal,
  year,
  decimal: (whole, decimals) => `${cardinal(whole)} point ${Array.from(decimals, cardinal).join(' ')}`,
  words: {
    minus: 'minus',
    to: 'to',
    percent: 'percent',
    degrees: 'degrees',
    per: 'per',
    moneyAnd: 'and',
    by: 'by',
    times: 'times',
    number: 'number',
    at: 'at',
    dot: 'dot',
    slash: 'slash',
    dash: 'dash',
    underscore: 'underscore',
    hash: 'hash',
    version: 'version',
    hashtag: 'hashtag',
    link: 'link',
    codeExample: 'code example',
  },
  symbols: words.symbols,
  codeSymbols: words.codeSymbols,
  units,
  currencies,
  scales: words.scales,
  attachedScales: words.attachedScales,
  attachedUnits: new Set(['in']),
  ordinalSuffix: /(?:st|nd|rd|th|ST|ND|RD|TH)(?![\p{L}\p{N}])/uy,
  months: words.months,
  weekdays: words.weekdays,
  dateOrder: 'month-first',
  date,
  dayOfMonth,
  dateJoiner: 'of',
  clock,
  duration,
  decade,
  fraction,
  mixedAnd: 'and',
  abbreviations: words.abbreviations,
  fixedWords: words.fixedWords,
  acronymWords: lists.acronymWords,
  spelledAcronyms: lists.spelledAcronyms,
  shortWords: lists.shortWords,
  yearWords: lists.yearWords,
  decadeWords: lists.decadeWords,
  identifierWords: lists.identifierWords,
  regnalNames: lists.regnalNames,
  regnalThe: 'the',
  romanWords: lists.romanWords,
  conjunctions: lists.conjunctions,
};
