import type { Language } from './language.ts';

/** A punctuation mark that a voice makes heard. */
export type Pause = '' | '.' | '?' | '!' | ',' | ';' | ':' | '—' | '…';

/** A stretch of prose and the words it is said with. */
export interface Reading {
  start: number;
  end: number;
  spoken: string;
  pause?: Pause;
}

/** A place in prose where something starts that is to be read. */
export interface Place {
  text: string;
  at: number;
  language: Language;
  /** The word before, as written, in the same block; empty at its start. */
  before: string;
}

/**
 * Reads what it knows at a place, or leaves it to the next one. A reader looks at a bounded number of characters beyond
 * those that it takes, so that the whole stays linear in the length of the text.
 */
export type Reader = (place: Place) => Reading[] | undefined;

/** One reading from the place to `end`. */
export function said(place: Place, end: number, spoken: string, pause: Pause = ''): Reading[] {
  return [{ start: place.at, end, spoken, pause }];
}

/** A sticky pattern at an index. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

const wordCharacter = /[\p{L}\p{M}\p{N}]/u;

/** Whether a letter or a digit stands there; half of a surrogate pair counts as one. */
export function isWordAt(text: string, at: number): boolean {
  const character = text[at];
  return character !== undefined && (wordCharacter.test(character) || (character >= '\uD800' && character <= '\uDFFF'));
}

/** Whether a sentence may end there: the block ends, or a capital starts the next word. */
export function capitalFollows(text: string, at: number): boolean {
  const next = matchAt(/[\s"'()*_[\]]{0,8}/uy, text, at)?.[0] ?? '';
  const first = text.slice(at + next.length, at + next.length + 2);
  return first === '' || /[\u2028\u2029\n]/.test(next) || /^\p{Lu}/u.test(first);
}
