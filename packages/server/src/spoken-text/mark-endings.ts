import type { Language } from './language.ts';

/** A punctuation mark that may end a clause, as soon as what follows is known. */
export interface Mark {
  kind: 'sentence' | 'clause' | 'none';
  character: string;
  /** What stands before it without a space, without opening quotes and brackets. */
  token: string;
  /** The last visible character before it is a digit. */
  afterDigit: boolean;
  /** A space has come after it. */
  spaced: boolean;
  /** A closing quote or bracket has come after it. */
  closed: boolean;
  /** Ends a clause without a space after it: "stopped—and", "你好。". */
  spaceless: boolean;
  /** Length of the clause up to it. */
  words: number;
  characters: number;
}

/** What the mark ends, now that the next visible character is known; undefined where the clause goes on. */
export function endOf(mark: Mark, next: string, language: Language): 'sentence' | 'clause' | undefined {
  if (mark.kind === 'none') return undefined;
  if (mark.kind === 'clause') return endsClause(mark, next, language) ? 'clause' : undefined;
  if (mark.character === '.' && !endsSentence(mark.token, next, language)) return undefined;
  const goesOn = /[\p{Ll},;:)—–]/u.test(next);
  const weak = mark.closed || mark.character !== '.' || mark.token.endsWith('.');
  return goesOn && weak ? 'clause' : 'sentence';
}

function endsClause(mark: Mark, next: string, language: Language): boolean {
  if (mark.afterDigit && /\d/.test(next)) return false;
  if (mark.character !== ',') return true;
  // "Mon, Jan 5", "Sunday, March 3"
  const word = mark.token.toLowerCase().replace(/\.$/, '');
  const isDay =
    Object.hasOwn(language.weekdays, word) || Object.values(language.weekdays).some((day) => day.toLowerCase() === word);
  return !(isDay || Object.hasOwn(language.months, word)) || !/[\p{Lu}\d]/u.test(next);
}

/** Whether a full stop ends a sentence, and not only an abbreviation, an initial or an ordinal. */
function endsSentence(token: string, next: string, language: Language): boolean {
  const word = token.toLowerCase();
  const isCapital = /\p{Lu}/u.test(next);
  if (language.fullStopOrdinals && /^\d{1,2}$/.test(token)) return false;
  if (Object.hasOwn(language.abbreviations, word)) {
    const { beforeNumber, ends } = language.abbreviations[word]!;
    if (beforeNumber) return !/[\d#]/.test(next);
    return ends === 'before-capital' && (isCapital || /["'“‘*_]/.test(next));
  }
  if (/^\p{L}$/u.test(token)) return token === 'I' || !isCapital;
  if (/^(?:\p{L}\.)+\p{L}$/u.test(token)) return false;
  return true;
}
