import { type CalendarDay, type Counted, type Language, plainWords } from '../language.ts';
import { numberWords } from '../number-words.ts';
import { english, englishYear } from './en.ts';
import { monthNames } from './en-words.ts';

const british = numberWords['en-gb']!;

const cardinal = (value: number | string) => plainWords(british.toCardinal(String(value)));
const ordinal = (value: number | string) => plainWords(british.toOrdinal(String(value)));
const year = (value: number) => englishYear(value, cardinal);

/** "fifteenth of March twenty twenty four" */
function dayOfMonth({ day, month, year: inYear }: CalendarDay): string {
  const said = `${ordinal(day)} of ${monthNames[month - 1]}`;
  return inYear === undefined ? said : `${said} ${year(inYear)}`;
}

const respell = (word: string) => word.replace(/meter/g, 'metre').replace(/liter/g, 'litre');
const respelled = ([one, many]: Counted): Counted => [respell(one), respell(many)];

/** English as in Great Britain: its "and" in numbers, the day before the month, its spelling of units. */
export const britishEnglish: Language = {
  ...english,
  tag: 'en-gb',
  cardinal,
  ordinal,
  year,
  decimal: (whole, decimals) => `${cardinal(whole)} point ${Array.from(decimals, cardinal).join(' ')}`,
  dateOrder: 'day-first',
  date: (day) => `the ${dayOfMonth(day)}`,
  dayOfMonth,
  units: Object.fromEntries(Object.entries(english.units).map(([unit, names]) => [unit, respelled(names)])),
};
