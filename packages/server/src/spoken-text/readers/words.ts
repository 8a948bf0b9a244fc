import { type Abbreviation, digitByDigit, type Language, spell, wholeNumber } from '../language.ts';
import { capitalFollows, isWordAt, matchAt, type Place, type Reader, said } from '../reading.ts';

/** "Dr", "e.g": letters, or letters with stops between, before a full stop. */
const abbreviationForm = /(\p{L}(?:\.\p{L})+(?:\p{Ll}{0,3})|\p{L}{1,6}(?:\.[dD])?)\./uy;

/** The abbreviation that stands at an index, with its end; the full stop belongs to it. */
export function abbreviationAt(
  text: string,
  at: number,
  language: Language,
): { end: number; known: Abbreviation | undefined } | undefined {
  const match = matchAt(abbreviationForm, text, at);
  if (!match) return undefined;
  const end = at + match[0].length;
  const form = (match[1] ?? '').toLowerCase();
  const spaced = matchAt(/(\p{L})\. (\p{L})\./uy, text, at); // "z. B."
  if (spaced) {
    const joined = `${spaced[1]}.${spaced[2]}`.toLowerCase();
    if (Object.hasOwn(language.abbreviations, joined))
      return { end: at + spaced[0].length, known: language.abbreviations[joined] };
  }
  const tight =
    Object.hasOwn(language.abbreviations, form) && language.abbreviations[form]?.beforeNumber && /\d/.test(text[end] ?? '');
  if (isWordAt(text, end) && !tight) return undefined;
  if (Object.hasOwn(language.abbreviations, form)) {
    const known = language.abbreviations[form]!;
    if (known.beforeNumber && !/^ ?(?:\d|#\d|(?:[VX]|[IVX]{2,5})(?![\p{L}']))/u.test(text.slice(end, end + 8))) return undefined;
    if (form.length < 3 && form !== 'no' && known.beforeNumber && /^\p{Lu}/u.test(text.slice(at, at + 1)) && form.length === 1)
      return undefined;
    return { end, known };
  }
  return form.includes('.') ? { end, known: undefined } : undefined;
}

const monthBefore = /^ \d/;

/** Dr., e.g., U.S., St. */
export const readAbbreviation: Reader = (place) => {
  const { text, at, language, before } = place;
  const found = abbreviationAt(text, at, language);
  if (!found) return undefined;
  const { end, known } = found;
  const form = text.slice(at, end - 1);
  const ends = capitalFollows(text, end);
  if (!known) return said(place, end, spell(form.replaceAll('.', '')), ends && text.slice(end).length < 2 ? '.' : '');
  // A month or a weekday in short is also a word: "in the mar." stays.
  if (Object.hasOwn(language.months, form.toLowerCase()) && !/^\p{Lu}/u.test(form) && !monthBefore.test(text.slice(end, end + 2)))
    return undefined;
  const capitalBefore = /^\p{Lu}/u.test(before);
  const nameFollows = /^ \p{Lu}/u.test(text.slice(end, end + 4));
  const say = fittingSense(form.toLowerCase(), known.say, capitalBefore, nameFollows);
  const stop = known.ends === 'before-capital' && say === known.say && ends ? '.' : '';
  const atEnd = /^[\s\u2029"')*_]{0,40}$/.test(text.slice(end, end + 41));
  return said(place, end, say, stop === '.' || atEnd ? '.' : '');
};

/** "St." before a name is a saint, "Dr." after one a drive. */
function fittingSense(form: string, say: string, capitalBefore: boolean, nameFollows: boolean): string {
  if (form === 'st' && say === 'Street' && nameFollows && !capitalBefore) return 'Saint';
  if (form === 'dr' && say === 'Doctor' && capitalBefore && !nameFollows) return 'Drive';
  return say;
}

const roman = /^(?=[IVXLCDM])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$/;
const romanDigits: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50, C: 100, D: 500, M: 1000 };

function romanValue(numeral: string): number {
  let value = 0;
  for (let index = 0; index < numeral.length; index += 1) {
    const digit = romanDigits[numeral[index] ?? ''] ?? 0;
    value += digit < (romanDigits[numeral[index + 1] ?? ''] ?? 0) ? -digit : digit;
  }
  return value;
}

/** Henry VIII, Chapter IV, World War II */
export const readRoman: Reader = (place) => {
  const { text, at, language } = place;
  const numeral = matchAt(/[IVXLCDM]{1,9}(?![\p{L}\p{N}])/uy, text, at)?.[0];
  if (numeral === undefined || !roman.test(numeral)) return undefined;
  const before = place.before.replace(/'s$/, '').toLowerCase();
  const end = at + numeral.length;
  const value = String(romanValue(numeral));
  const contraction = text[end] === "'";
  const possessive = numeral !== 'I' && matchAt(/'s(?!\p{L})/uy, text, end) !== undefined;
  if (possessive && language.regnalNames.has(before))
    return said(place, end + 2, `${language.regnalThe} ${language.ordinal(value)}'s`.trim());
  if (
    language.regnalNames.has(before) &&
    /^\p{Lu}/u.test(place.before) &&
    !contraction &&
    (numeral !== 'I' || !/^ \p{Ll}/u.test(text.slice(end, end + 3)))
  ) {
    return said(place, end, `${language.regnalThe} ${language.ordinal(value)}`.trim());
  }
  if (language.romanWords.has(before) && (numeral !== 'I' || !contraction)) return said(place, end, language.cardinal(value));
  const clear = /^(?:I{2,3}|IV|VI{1,3}|IX|XI{1,3}|XIV|XVI{0,3}|XIX|XX)$/.test(numeral);
  return clear && /^\p{Lu}\p{Ll}/u.test(place.before) ? said(place, end, language.cardinal(value)) : undefined;
};

const vowels = /[AEIOUY]/;
const possibleStart = /^(?:[^AEIOUY]?|[BCDFGKPST][LRHW]|S[CKLMNPQTW]|[TW]H|WR|KN|QU|STR|SHR|SCR|SPR|THR|SPL|SCH|CHR|PS)[AEIOUY]/;
const possibleEnd =
  /(?:[AEIOUY]|[AEIOUY][^AEIOUY]|(?:[LNR][^AEIOUYLNR]|S[KPT]|[CPSTGDF][HSTK]|[LNR][LNR]|SS|FF|ZZ|CK|[^AEIOUY]S|N[CT]H|[NT]C?H|GHT|RTS|NTS|RDS|NDS|NGS|STS|LTS|NKS|RLD|RST|X[T]|BT|MB|MP|PT|FT|WN|WS|[PX]T))$/;

/** Whether capitals look like a word that only was written loud: HELLO, not HTML. */
function isSayable(letters: string): boolean {
  return (
    letters.length >= 4 &&
    vowels.test(letters) &&
    possibleStart.test(letters) &&
    possibleEnd.test(letters) &&
    !/[^AEIOUY]{4}/.test(letters)
  );
}

/** Whether the words around are loud too: three in a row, or two that are no acronyms. */
function isShouted(place: Place): boolean {
  const loud = /^\p{Lu}[\p{Lu}']*$/u;
  const after = matchAt(
    /\p{L}+[,!?.]{0,3} {1,2}(\p{Lu}[\p{Lu}']*)(?![\p{L}\p{N}])(?:[,!?.]{0,3} {1,2}(\p{Lu}[\p{Lu}']*)(?![\p{L}\p{N}]))?/uy,
    place.text,
    place.at,
  );
  const beforeIsLoud = loud.test(place.before) && place.before.length > 1 && !place.language.spelledAcronyms.has(place.before);
  const next = after?.[1] ?? '';
  const nextIsLoud = next !== '' && !place.language.spelledAcronyms.has(next);
  if (beforeIsLoud && nextIsLoud) return true;
  if (nextIsLoud && after?.[2] !== undefined) return true;
  return beforeIsLoud && isSayable(place.before);
}

/** Letters in capitals: an acronym as a word, an acronym spelled, or a loud word. */
function capitals(letters: string, place: Place): string {
  const { language } = place;
  if (language.acronymWords.has(letters)) return letters;
  if (language.spelledAcronyms.has(letters) && !(language.shortWords.has(letters) && isShouted(place))) return spell(letters);
  if (language.shortWords.has(letters)) {
    if (letters === 'I' || letters === 'A') return letters;
    return letters === 'US' || letters === 'IT'
      ? isShouted(place)
        ? letters.toLowerCase()
        : spell(letters)
      : letters.toLowerCase();
  }
  if (letters.length === 1) return letters;
  if (!/^[A-Z]+$/.test(letters)) return letters.toLowerCase();
  if (isSayable(letters) || isShouted(place)) return letters.toLowerCase();
  return spell(letters);
}

/** "CPUs", "APIs": an acronym in the plural. */
const acronymPlural = /^(\p{Lu}{2,6})'?s$/u;

/** One part of a word, without hyphens or underscores. */
export function wordPart(part: string, place: Place): string {
  const { language } = place;
  if (Object.hasOwn(language.fixedWords, part)) return language.fixedWords[part] ?? part;
  const plural = acronymPlural.exec(part);
  if (plural) {
    const letters = plural[1] ?? '';
    if (language.acronymWords.has(letters)) return part;
    const word = capitals(letters, place);
    return word.includes(' ') ? `${word}'s` : part.includes("'") ? `${word}'s` : `${word}s`;
  }
  if (/^\p{Lu}[\p{Lu}']*$/u.test(part)) return capitals(part, place);
  if (/\p{Nd}/u.test(part)) return mixed(part, place);
  return camelParts(part)
    .map((word) => (/^\p{Lu}{2,}$/u.test(word) ? capitals(word, place) : word))
    .join(' ');
}

function camelParts(word: string): string[] {
  if (/^(?:Mc|Mac|De|Di|La|Le|O'|D')\p{Lu}\p{Ll}+$/u.test(word)) return [word];
  return word.split(/(?<=\p{Ll})(?=\p{Lu}\p{L})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u);
}

/** Letters with digits: MP3, 4K, GPT4; an identifier of many turns is spelled. */
function mixed(part: string, place: Place): string {
  const { language } = place;
  const decade = /^(\d{4}|\d{2})s$/.exec(part);
  const decadeWords = decade && language.decade?.(decade[1] ?? '');
  if (decadeWords) return decadeWords;
  const runs = part.match(/\d+(?:\.\d+)*|[^\d]+/g) ?? [];
  const identifier = runs.length > 3 || (part.length >= 7 && runs.length > 2) || /^[0-9a-f]{7,40}$/.test(part);
  const words = runs.map((run) => {
    if (run.includes('.')) {
      const [whole = '', ...rest] = run.split('.');
      if (rest.length === 1 && whole.length < 15) return language.decimal(whole.replace(/^0+(?=\d)/, ''), rest[0] ?? '');
      return digitByDigit(run.replaceAll('.', ''), language);
    }
    if (/^\d+$/.test(run)) {
      return identifier || run.length > 3 || (run.length > 1 && run.startsWith('0'))
        ? digitByDigit(run, language)
        : wholeNumber(run, language);
    }
    if (identifier) return spell(run.replace(/[^\p{L}\p{N}]/gu, ''));
    if (/^\p{Lu}{2,}$/u.test(run)) return language.acronymWords.has(run) || isSayable(run) ? run : spell(run);
    return run.length === 1 ? run : camelParts(run).join(' ');
  });
  return words.filter((word) => word !== '').join(' ');
}

const wordForm =
  /(?:\p{L}|\p{M}|[^\P{N}²³]|_(?=[\p{L}\p{N}]))+(?:(?:'(?=\p{L})|(?<=\d)\.(?=\d)|[-‧·](?=[\p{L}\p{N}]))(?:\p{L}|\p{M}|[^\P{N}²³]|_(?=[\p{L}\p{N}]))+)*/uy;
const clipped = /'(?:tis|twas|em|cause|til)(?!\p{L})/iuy;

/** Any word. */
export const readWord: Reader = (place) => {
  const { text, at, language } = place;
  const short = matchAt(clipped, text, at);
  if (short) return said(place, at + short[0].length, short[0]);
  const match = matchAt(wordForm, text, at);
  if (!match) return undefined;
  const written = match[0];
  const end = at + written.length;
  if (Object.hasOwn(language.fixedWords, written)) return said(place, end, language.fixedWords[written] ?? written);
  const parts = written.split(/[-_‧·]+/).filter((part) => part !== '');
  return said(place, end, parts.map((part) => wordPart(part, place)).join(' '));
};

/** What is written with a symbol and said in its own way: C++, AC/DC, R&B. */
export const readFixedWord: Reader = (place) => {
  const { text, at, language } = place;
  const pair = matchAt(/(\p{Lu}{1,3})&(\p{Lu}{1,3})(?![\p{L}\p{N}])/uy, text, at);
  if (pair)
    return said(
      place,
      at + pair[0].length,
      `${spell(pair[1] ?? '')} ${language.symbols['&'] ?? ''} ${spell(pair[2] ?? '')}`.replaceAll('  ', ' '),
    );
  const written = matchAt(/[\p{L}.\d][\p{L}\d.&/+#;-]{1,7}/uy, text, at)?.[0] ?? '';
  for (let length = written.length; length > 1; length -= 1) {
    const form = written.slice(0, length);
    if (/^\p{L}+$/u.test(form) || !Object.hasOwn(language.fixedWords, form)) continue;
    if (isWordAt(text, at + length) || (/\d$/.test(form) && text[at + length] === '/')) continue;
    return said(place, at + length, language.fixedWords[form] ?? form);
  }
  return undefined;
};
