import type { CalendarDay, Language } from '../language.ts';
import { capitalFollows, matchAt, type Place, type Reader, type Reading, said } from '../reading.ts';

const daysOf = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function possible(day: number, month: number): boolean {
  return day >= 1 && day <= (daysOf[month - 1] ?? 0);
}

function dateWords(place: Place, end: number, day: CalendarDay): Reading[] | undefined {
  if (!possible(day.day, day.month)) return undefined;
  const words = place.language.date?.(day);
  return words === undefined ? undefined : said(place, end, words);
}

/** 2024-03-15 */
export const readIsoDate: Reader = (place) => {
  const match = matchAt(/(\d{4})-(\d{2})-(\d{2})(?![\p{L}\p{N}])/uy, place.text, place.at);
  if (!match) return undefined;
  const end = place.at + match[0].length;
  return dateWords(place, end, { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) });
};

/** 3/15/2024, 15.3.2024: in the order of the language, in the other one where only that is possible. */
export const readSlashedDate: Reader = (place) => {
  const match = matchAt(/(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?![\p{L}\p{N}])/uy, place.text, place.at);
  if (!match) return undefined;
  if (match[2] !== '/' && match[4]?.length === 2) return undefined;
  const written = Number(match[4]);
  const year = match[4]?.length === 2 ? (written < 70 ? 2000 + written : 1900 + written) : written;
  const [first, second] = [Number(match[1]), Number(match[3])];
  const monthFirst = place.language.dateOrder === 'month-first' && match[2] !== '.';
  const [month, day] =
    monthFirst === possible(monthFirst ? second : first, monthFirst ? first : second) ? [first, second] : [second, first];
  return dateWords(place, place.at + match[0].length, { day, month, year });
};

function monthAt(text: string, at: number, language: Language): { end: number; month: number } | undefined {
  const match = matchAt(/(\p{L}{3,10})(\.?)(?![\p{L}\p{N}])/uy, text, at);
  const name = (match?.[1] ?? '').toLowerCase();
  if (!match || !Object.hasOwn(language.months, name)) return undefined;
  if (language.dateOrder === 'month-first' && !/^\p{Lu}/u.test(match[0])) return undefined;
  return { end: at + match[0].length, month: language.months[name] ?? 0 };
}

/** March 15, 2024; Jan 5; March 3rd */
export const readMonthFirst: Reader = (place) => {
  const { text, at, language } = place;
  const month = monthAt(text, at, language);
  if (!month) return undefined;
  const short = language.abbreviations[text.slice(at, month.end).replace('.', '').toLowerCase()];
  if (short && matchAt(/ \d{4}(?![\d\p{L}]|[:.,]\d)/uy, text, month.end)) return said(place, month.end, short.say);
  const match = matchAt(
    / (\d{1,2})(?:st|nd|rd|th)?(?:(?:, ?| )(\d{4})(?![\d:.,]\d|\p{L}))?(?![\d\p{L}]|[-–:/.]\d)/uy,
    text,
    month.end,
  );
  if (!match) return undefined;
  const day = { day: Number(match[1]), month: month.month, ...(match[2] === undefined ? {} : { year: Number(match[2]) }) };
  return dateWords(place, month.end + match[0].length, day);
};

/** 15 March 2024, 3rd of May, 15 de marzo de 2024 */
export const readDayFirst: Reader = (place) => {
  const { text, at, language } = place;
  const joiner = language.dateJoiner === undefined ? '' : `(?:${language.dateJoiner} )?`;
  const day = matchAt(dayPattern(joiner), text, at);
  const month = day && monthAt(text, at + day[0].length, language);
  if (!day || !month) return undefined;
  const year = matchAt(yearPattern(joiner), text, month.end);
  // "on 12 December. Then": the full stop of the sentence.
  const stop =
    !year && text[month.end - 1] === '.' && (month.end - at - day[0].length > 5 || capitalFollows(text, month.end)) ? 1 : 0;
  const end = month.end - stop + (year?.[0].length ?? 0);
  const found = { day: Number(day[1]), month: month.month, ...(year ? { year: Number(year[1]) } : {}) };
  const inWords = joiner !== '' && day[0].endsWith(`${language.dateJoiner} `);
  if ((inWords || place.before.toLowerCase() === 'the') && language.dayOfMonth && possible(found.day, found.month)) {
    return said(place, end, language.dayOfMonth(found));
  }
  return dateWords(place, end, found);
};

const built = new Map<string, RegExp>();

function cached(source: string): RegExp {
  const known = built.get(source) ?? new RegExp(source, 'uy');
  built.set(source, known);
  return known;
}

const dayPattern = (joiner: string) => cached(`(\\d{1,2})(?:st|nd|rd|th|er|\\.)? ${joiner}`);
const yearPattern = (joiner: string) => cached(`,? ${joiner}(\\d{4})(?![\\p{L}\\p{N}]|[:.,]\\d)`);

/** Mon, Fri: short names of days where they are followed by a comma, a date or the end. */
export const readWeekday: Reader = (place) => {
  const { text, at, language } = place;
  const match = matchAt(/(\p{Lu}\p{Ll}{2,4})(?![\p{L}\p{N}'])/uy, text, at);
  const name = (match?.[1] ?? '').toLowerCase();
  if (!match || !Object.hasOwn(language.weekdays, name)) return undefined;
  const end = at + match[0].length;
  const dotted = text[end] === '.' ? 1 : 0;
  const followed = matchAt(/\.?,? (?:\d|\p{Lu}\p{Ll}{2,8}\.? \d)|[-–](?=\p{Lu}\p{Ll}{2})/uy, text, end);
  if (!followed && (name === 'sat' || name === 'sun' || dotted)) return undefined;
  const range = matchAt(/[-–](?=\p{Lu})/uy, text, end);
  const words = language.weekdays[name] ?? '';
  if (range) return said(place, end + 1, `${words} ${language.words.to}`);
  return said(place, end + (dotted && followed ? 1 : 0), words);
};
