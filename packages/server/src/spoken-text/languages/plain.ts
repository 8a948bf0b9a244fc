import { type Language, plainWords } from '../language.ts';
import { numberWords } from '../number-words.ts';

/** What the Unicode tables say about numbers of the language. */
function separators(tag: string): Pick<Language, 'decimalSeparator' | 'groupSeparators'> {
  const parts = new Intl.NumberFormat(tag === 'und' ? 'en' : tag).formatToParts(12345.6);
  const decimal = parts.find(({ type }) => type === 'decimal')?.value;
  const group = parts.find(({ type }) => type === 'group')?.value ?? ',';
  const known = /^[.,]$/.test(group) ? group : ' ';
  return { decimalSeparator: decimal === ',' ? ',' : '.', groupSeparators: known === decimal ? ' ' : known };
}

const noWords: ReadonlySet<string> = new Set();

/**
 * A language of which only the numbers are known, or not even these: the start of every other language file.
 * Symbols without words are not said.
 */
export function plainLanguage(tag: string): Language {
  const base = tag.split('-')[0] ?? tag;
  const words = numberWords[tag] ?? numberWords[base];
  return {
    tag,
    cardinal: (digits) => (words ? plainWords(words.toCardinal(digits)) : digits),
    ordinal: (digits) => (words ? plainWords(words.toOrdinal(digits)) : digits),
    year: (year) => (words ? plainWords(words.toCardinal(String(year))) : String(year)),
    decimal: (whole, decimals) => (words ? plainWords(words.toCardinal(`${whole}.${decimals}`)) : `${whole} ${decimals}`),
    ...separators(tag),
    words: {
      minus: '',
      to: '',
      percent: '',
      degrees: '',
      per: '',
      moneyAnd: '',
      by: '',
      times: '',
      number: '',
      at: '',
      dot: '',
      slash: '',
      dash: '',
      underscore: '',
      hash: '',
      version: '',
      hashtag: '',
      link: '',
      codeExample: '',
    },
    symbols: {},
    codeSymbols: {},
    units: {},
    currencies: {},
    scales: {},
    attachedScales: {},
    attachedUnits: noWords,
    months: {},
    weekdays: {},
    dateOrder: 'day-first',
    abbreviations: {},
    fixedWords: {},
    acronymWords: noWords,
    spelledAcronyms: noWords,
    shortWords: noWords,
    yearWords: noWords,
    decadeWords: noWords,
    identifierWords: noWords,
    regnalNames: noWords,
    regnalThe: '',
    romanWords: noWords,
    conjunctions: noWords,
  };
}
