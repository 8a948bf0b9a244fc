/** One and many of a thing that is counted: "dollar", "dollars". */
export type Counted = readonly [one: string, many: string];

/** What an abbreviation stands for. */
export interface Abbreviation {
  /** The words to say. */
  say: string;
  /** Whether its full stop can end a sentence too: never ("Dr."), only before a capital ("etc."). */
  ends: 'never' | 'before-capital';
  /** It stands for this only before a number ("No. 5", but "No. Never."). */
  beforeNumber?: true;
}

/** A currency: its name, and the name of its hundredth where it has one. */
export interface Currency {
  name: Counted;
  hundredth?: Counted;
}

/** A day of the calendar, checked to be possible; the year may be missing. */
export interface CalendarDay {
  day: number;
  month: number;
  year?: number;
}

/** The words a language has for what is not a word. */
export interface LanguageWords {
  minus: string;
  /** Between the ends of a range: "five to ten". */
  to: string;
  percent: string;
  degrees: string;
  /** "kilometers per hour" */
  per: string;
  /** What joins money: "five dollars and twenty cents". */
  moneyAnd: string;
  /** "five by ten" */
  by: string;
  times: string;
  number: string;
  at: string;
  dot: string;
  slash: string;
  dash: string;
  underscore: string;
  hash: string;
  version: string;
  hashtag: string;
  /** Instead of the path of a long URL. */
  link: string;
  /** Instead of a block of code. */
  codeExample: string;
}

/**
 * All that differs between languages. What is left out is not read in that language: its text stays as it is written.
 * One file in `languages/` fills one of these.
 */
export interface Language {
  tag: string;
  /** Words of a whole number of at most `LONGEST_NUMBER` digits. */
  cardinal(digits: string): string;
  ordinal(digits: string): string;
  year(year: number): string;
  /** A number with decimals: "three point one four". */
  decimal(whole: string, decimals: string): string;
  decimalSeparator: '.' | ',';
  /** Characters between thousands, as inside a regular expression's brackets. */
  groupSeparators: string;
  words: LanguageWords;
  /** Said for a symbol wherever it stands alone or between words. */
  symbols: Readonly<Record<string, string>>;
  /** Said for a character inside addresses and code. */
  codeSymbols: Readonly<Record<string, string>>;
  units: Readonly<Record<string, Counted>>;
  currencies: Readonly<Record<string, Currency>>;
  /** "$3 million", "1.2m" after a currency sign. */
  scales: Readonly<Record<string, string>>;
  /** Letters at a number: "1.2M", "10k". */
  attachedScales: Readonly<Record<string, string>>;
  /** Units only where no space stands before them: "2in", not "2 in". */
  attachedUnits: ReadonlySet<string>;
  /** Suffixes of ordinals: 1st, 2nd. */
  ordinalSuffix?: RegExp;
  /** "15." is the fifteenth: a full stop after a short number ends nothing. */
  fullStopOrdinals?: true;
  /** Names of months as written, with their short forms: their number. */
  months: Readonly<Record<string, number>>;
  /** Short names of weekdays, in full. */
  weekdays: Readonly<Record<string, string>>;
  dateOrder: 'month-first' | 'day-first';
  date?(day: CalendarDay): string;
  /** A date written the other way round, "(the) 4th of July", where that is said so too. */
  dayOfMonth?(day: CalendarDay): string;
  /** Words that may stand between day, month and year: "15 de marzo de 2024". */
  dateJoiner?: string;
  clock?(hours: number, minutes: number, half: '' | 'am' | 'pm'): string;
  duration?(hours: number, minutes: number, seconds: number): string;
  decade?(digits: string): string | undefined;
  /** Words in lower case before a decade of two digits without an apostrophe. */
  decadeWords: ReadonlySet<string>;
  fraction?(numerator: number, denominator: number): string | undefined;
  /** "3 1/2" */
  mixedAnd?: string;
  /** By the form in lower case, without its last full stop. */
  abbreviations: Readonly<Record<string, Abbreviation>>;
  /** Words said in another way than they are written; exact case. */
  fixedWords: Readonly<Record<string, string>>;
  /** Capitals said as a word: NASA. */
  acronymWords: ReadonlySet<string>;
  /** Capitals always spelled, however well they could be said: ASAP stays out, API is in. */
  spelledAcronyms: ReadonlySet<string>;
  /** Short words that capitals only make loud: NOT, ALL. */
  shortWords: ReadonlySet<string>;
  /** Words in lower case after which a four-digit number is a year. */
  yearWords: ReadonlySet<string>;
  /** Words in lower case after which digits are said one by one. */
  identifierWords: ReadonlySet<string>;
  /** Names in lower case after which a Roman numeral is an ordinal, and what is said before it: "the". */
  regnalNames: ReadonlySet<string>;
  regnalThe: string;
  /** Words in lower case after which a Roman numeral of any length is a number. */
  romanWords: ReadonlySet<string>;
  /** Words in lower case before which a long clause may be cut. */
  conjunctions: ReadonlySet<string>;
}

/** Words without the punctuation and the hyphens that number libraries put between them. */
export function plainWords(words: string): string {
  return words
    .replace(/[-‐‑–,.·]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Every digit by itself. */
export function digitByDigit(digits: string, language: Language): string {
  return Array.from(digits, (digit) => language.cardinal(digit)).join(' ');
}

/** A whole number however long: leading zeros and more digits than have names are said one by one. */
export function wholeNumber(digits: string, language: Language, longest = 15): string {
  const oneByOne = digits.length > longest || (digits.length > 1 && digits.startsWith('0'));
  return oneByOne ? digitByDigit(digits, language) : language.cardinal(digits);
}

/** Letters one by one, in capitals: "A P I". */
export function spell(letters: string): string {
  return Array.from(letters.toUpperCase()).join(' ');
}
