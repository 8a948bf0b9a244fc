import { digitByDigit, type Language, wholeNumber } from '../language.ts';
import { LONGEST_NUMBER } from '../number-words.ts';
import { matchAt } from '../reading.ts';

/** A number as it is written: digits without separators. */
export interface Amount {
  end: number;
  whole: string;
  decimals: string;
  /** Thousands were separated: not a year. */
  grouped: boolean;
}

const patterns = new Map<string, RegExp>();

function amountPattern(language: Language): RegExp {
  const key = `${language.groupSeparators}|${language.decimalSeparator}`;
  const known = patterns.get(key);
  if (known) return known;
  const group = `[${language.groupSeparators}]`;
  const decimal = `\\${language.decimalSeparator}`;
  const pattern = new RegExp(`(\\d{1,3}(?:${group}\\d{3})+(?!\\d)|\\d+)(?:${decimal}(\\d+))?|()${decimal}(\\d+)`, 'y');
  patterns.set(key, pattern);
  return pattern;
}

/** The number that starts at an index: "1,234.5", ".5". */
export function amountAt(text: string, at: number, language: Language): Amount | undefined {
  const match = matchAt(amountPattern(language), text, at);
  if (!match) return undefined;
  const written = match[1] ?? '0';
  const whole = written.replace(/\D/g, '');
  return { end: at + match[0].length, whole, decimals: match[2] ?? match[4] ?? '', grouped: whole.length !== written.length };
}

/** Whether the amount is exactly one: the unit after it is singular. */
export function isOne(amount: Amount): boolean {
  return amount.whole === '1' && amount.decimals === '';
}

/** The words of an amount. */
export function amountWords(amount: Amount, language: Language): string {
  const { whole, decimals } = amount;
  if (decimals === '') return wholeNumber(whole, language, LONGEST_NUMBER);
  if (whole.length <= LONGEST_NUMBER && decimals.length <= LONGEST_NUMBER) {
    return language.decimal(whole.replace(/^0+(?=\d)/, ''), decimals);
  }
  return `${wholeNumber(whole, language, LONGEST_NUMBER)} ${digitByDigit(decimals, language)}`;
}

/** "five", "minus five" */
export function signed(words: string, negative: boolean, language: Language): string {
  return negative ? `${language.words.minus} ${words}`.trim() : words;
}

/** The minus before a number: a hyphen that nothing touches on its left. */
export function minusAt(text: string, at: number): boolean {
  return text[at] === '-' && /^(?:[\s([]|)$/.test(text[at - 1] ?? '');
}

/** The dash of a range between numbers, and the spaces about a long one: its length, or 0. */
export function rangeDashAt(text: string, at: number): number {
  return matchAt(/(?: ?[–—] ?|-)(?=[\d.$€£¥])/y, text, at)?.[0].length ?? 0;
}
