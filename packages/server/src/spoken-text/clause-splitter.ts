import { type Cut, createClauseScanner } from './clause-scanner.ts';
import { languageOf } from './languages/languages.ts';

/** A part of a streamed text that can be said by itself. */
export interface Clause {
  text: string;
  /** Place of `text` in all that was pushed. */
  start: number;
  /** What ends it; a `phrase` is cut off in the middle of a clause, because somebody waits. */
  ending: 'phrase' | 'clause' | 'sentence' | 'paragraph';
}

/** Cuts text that arrives bit by bit. All clause texts in order are the text that was pushed, spaces included. */
export interface ClauseSplitter {
  push(delta: string): Clause[];
  /** Gives out the beginning of a clause that is not complete, of so many words at least; undefined where it cannot be cut yet. */
  hurry(leastWords: number): Clause | undefined;
  /** Gives out what is left, as the end of an utterance: the next clause may be short again. */
  flush(): Clause[];
}

/** How long a clause has to be, and may be. */
export interface ClauseSplitterOptions {
  /** Whose abbreviations and conjunctions. */
  language?: string;
  /** Words and characters before a comma may end the first clause of an utterance. */
  firstMinimum?: { words: number; characters: number };
  /** The same for later clauses. */
  laterMinimum?: { words: number; characters: number };
  /** A run of this many characters without punctuation is cut at a conjunction or a space. */
  maximumCharacters?: number;
}

/**
 * Gives out clauses as soon as they are complete. It looks at one character after the other, so the clauses never
 * depend on how the text was cut into deltas.
 */
export function createClauseSplitter(options: ClauseSplitterOptions = {}): ClauseSplitter {
  const limits = {
    first: options.firstMinimum ?? { words: 3, characters: 12 },
    later: options.laterMinimum ?? { words: 6, characters: 24 },
    maximum: Math.max(20, options.maximumCharacters ?? 220),
  };
  const language = languageOf(options.language ?? 'en');
  const newLine = { lineStart: true, blockLine: false };
  let scanner = createClauseScanner(language, limits.maximum, newLine);
  /** UTF-16 units that were not given out yet. */
  let held: string[] = [];
  let start = 0;
  let isFirst = true;

  function take(length: number, ending: Clause['ending']): Clause {
    const clause: Clause = { text: held.slice(0, length).join(''), start, ending };
    start += length;
    if (clause.text.trim() !== '') isFirst = false;
    return clause;
  }

  function read(text: string | string[], clauses: Clause[]): void {
    for (let at = 0; at < text.length; at += 1) {
      const unit = text[at] ?? '';
      held.push(unit);
      const cut = scanner.step(unit, isFirst ? limits.first : limits.later);
      if (!cut) continue;
      cutOff(cut, clauses);
    }
  }

  /** Adds the clause before a cut. What the cut leaves over is looked at again, as the start of the next one. */
  function cutOff(cut: Cut, clauses: Clause[]): void {
    const clause = take(cut.length, cut.ending);
    clauses.push(clause);
    const lineStart = clause.text.endsWith('\n');
    const rest = held.slice(cut.length);
    held = [];
    scanner = createClauseScanner(language, limits.maximum, { lineStart, blockLine: !lineStart && scanner.isBlockLine() });
    read(rest, clauses);
  }

  return {
    push(delta) {
      const clauses: Clause[] = [];
      read(delta, clauses);
      return clauses;
    },
    hurry(leastWords) {
      const cut = scanner.phraseEnd(leastWords);
      if (!cut) return undefined;
      const clauses: Clause[] = [];
      cutOff(cut, clauses);
      return clauses[0];
    },
    flush() {
      const clauses = held.length === 0 ? [] : [take(held.length, 'sentence')];
      held = [];
      scanner = createClauseScanner(language, limits.maximum, newLine);
      isFirst = true;
      return clauses;
    },
  };
}
