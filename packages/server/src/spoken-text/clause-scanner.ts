import { createInlineMarkup } from './inline-markup.ts';
import type { Language } from './language.ts';
import { createLineKind } from './line-kind.ts';
import { endOf, type Mark } from './mark-endings.ts';

/** Where a clause ends: its length in UTF-16 units, and by what. */
export interface Cut {
  length: number;
  ending: 'phrase' | 'clause' | 'sentence' | 'paragraph';
}

/** Words and characters before a comma may end a clause. */
export interface Minimum {
  words: number;
  characters: number;
}

/** What a new clause takes over from the one before. */
export interface ScannerStart {
  /** The clause begins a line. */
  lineStart: boolean;
  /** The line is a heading, an item or a row, though the clause begins inside of it. */
  blockLine: boolean;
}

/** Looks at one clause, one UTF-16 unit after the other, until it ends. */
export interface ClauseScanner {
  step(unit: string, minimum: Minimum): Cut | undefined;
  /** The best place to cut what there is of the clause, with so many words before it; undefined: there is none. */
  phraseEnd(leastWords: number): Cut | undefined;
  /** Whether the line is a heading, an item or a row: its break always ends it. */
  isBlockLine(): boolean;
}

const letter = /\p{L}/u;
const lower = /\p{Ll}/u;
const wordUnit = /[\p{L}\p{M}\p{N}\uD800-\uDFFF]/u;
const ideograph = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** Scripts without spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const closer = /["')\]}»”’」』）*_~`]/;
const sentenceMark = /[.!?…。！？]/;
const clauseMark = /[,;:—–，、；：]/;

const TAIL = 64;

/** Scans from the start of a clause. */
export function createClauseScanner(language: Language, maximum: number, start: ScannerStart): ClauseScanner {
  const units: string[] = [];
  const markup = createInlineMarkup();
  const line = createLineKind(start);
  /** The last characters, to look back at. */
  let tail = '';
  let words = 0;
  let characters = 0;
  let inWord = false;
  let mark: Mark | undefined;
  let lineBroken = false;
  /** Places to cut a clause that grows too long, the better ones first. */
  let beforeConjunction = 0;
  let beforeWord = 0;
  /** The words before these places. */
  let wordsBeforeConjunction = 0;
  let wordsBeforeWord = 0;
  let beforeAny = 0;

  const cut = (ending: Cut['ending'], length = units.length): Cut => ({ length, ending });

  function append(unit: string): void {
    units.push(unit);
    tail = (tail + unit).slice(-TAIL);
    const isWord = wordUnit.test(unit);
    if (ideograph.test(unit)) {
      words += 1;
      characters += 3;
    } else {
      if (isWord && !inWord) words += 1;
      characters += 1;
    }
    inWord = isWord || (inWord && unit === "'");
  }

  function atLineBreak(): Cut | undefined {
    const wasFence = line.inFence();
    const isBlock = line.isBlock();
    const isFence = line.endLine() || wasFence;
    markup.endLine();
    append('\n');
    if (isFence) return line.inFence() ? undefined : cut('paragraph');
    if (words === 0) return undefined;
    if (isBlock || lineBroken || /[.!?…:。！？：]["')\]}»”’」』）*_~`]{0,8}[ \t\r]{0,8}\n$/.test(tail)) return cut('paragraph');
    lineBroken = true;
    return undefined;
  }

  /** A first character after a line break: the line goes on only in lower case. */
  function afterLineBreak(unit: string): Cut | undefined {
    lineBroken = false;
    if (lower.test(unit) || unit === '(') return undefined;
    return cut(mark?.kind === 'clause' ? 'clause' : 'paragraph');
  }

  function atSpace(unit: string): undefined {
    if (inWord && !markup.isOpen()) {
      const word = /\p{L}{1,20}$/u.exec(tail)?.[0] ?? '';
      if (word !== '' && units.length - word.length === beforeWord && language.conjunctions.has(word.toLowerCase())) {
        beforeConjunction = beforeWord;
        wordsBeforeConjunction = wordsBeforeWord;
      }
    }
    if (mark) mark.spaced = true;
    line.step(unit);
    markup.step(unit);
    append(unit);
  }

  /** Notes a space before a word as a place to cut, unless a number, a date or a name goes on over it. */
  function noteSpace(unit: string): void {
    const space = /(\S)[ \t\u00A0\r\n]+$/.exec(tail);
    if (!space || markup.isOpen()) return;
    beforeAny = units.length;
    if ((letter.test(space[1] ?? '') || /[,;:)"]/.test(space[1] ?? '')) && lower.test(unit)) {
      beforeWord = units.length;
      wordsBeforeWord = words;
    }
  }

  /** Cuts what has grown too long, outside of code and links. */
  function tooLong(): Cut | undefined {
    if (units.length < maximum || markup.isOpen() || line.inFence()) return undefined;
    if (beforeConjunction > maximum / 3) return cut('clause', beforeConjunction);
    if (beforeWord > 0) return cut('clause', beforeWord);
    if (units.length % maximum === 0 && unspaced.test(units.at(-1) ?? '')) {
      const boundary = lastWordBoundary(units.slice(-maximum).join(''), language.tag);
      if (boundary > 0) return cut('clause', units.length - maximum + boundary);
    }
    return units.length >= 2 * maximum && beforeAny > 0 ? cut('clause', beforeAny) : undefined;
  }

  /** Ends the clause where the mark before this character, and this character, say so. */
  function afterMark(unit: string, minimum: Minimum): Cut | undefined {
    if (!mark || markup.isOpen()) return undefined;
    if (!mark.spaced && (closer.test(unit) || (mark.kind === 'sentence' && sentenceMark.test(unit)))) {
      if (closer.test(unit)) mark.closed = true;
      return undefined;
    }
    const ending = mark.spaced || mark.spaceless ? endOf(mark, unit, language) : undefined;
    const longEnough = mark.words >= minimum.words && mark.characters >= minimum.characters;
    mark = undefined;
    if (ending === 'sentence' || (ending === 'clause' && longEnough)) return cut(ending);
    return undefined;
  }

  function noteMark(unit: string): void {
    if (markup.isOpen()) return;
    const dash = unit === '-' && /(?:\s|-)-$/.test(tail) && words > 0;
    const kind = sentenceMark.test(unit) ? 'sentence' : clauseMark.test(unit) || dash ? 'clause' : undefined;
    if (!kind) return;
    if (mark && mark.kind === 'sentence' && kind === 'clause') return;
    const token = /\S{1,40}$/.exec(tail)?.[0] ?? '';
    const spaceless = /[—。！？，、；：]/.test(unit) && !/:\/\/|@/.test(token);
    const visible = /(\S)\s*[^\s]$/.exec(tail)?.[1] ?? '';
    mark = {
      kind: line.isListNumber() ? 'none' : kind,
      character: unit,
      token: token.slice(0, -1).replace(/^["'([{«“‘*_~]+/, ''),
      afterDigit: /\d/.test(visible),
      spaced: false,
      closed: false,
      spaceless,
      words,
      characters,
    };
  }

  return {
    step(unit, minimum) {
      if (unit === '\n') return atLineBreak() ?? tooLong();
      if (/\s/.test(unit)) return atSpace(unit);
      if (line.inFence()) {
        line.step(unit);
        append(unit);
        return undefined;
      }
      markup.step(unit);
      const ended = (lineBroken ? afterLineBreak(unit) : undefined) ?? afterMark(unit, minimum);
      // The cut lies before this character, which proved it.
      if (ended && words > 0) return ended;
      noteSpace(unit);
      return carryOn(unit);
    },
    phraseEnd(leastWords) {
      if (markup.isOpen() || line.inFence()) return undefined;
      if (wordsBeforeConjunction >= leastWords) return cut('phrase', beforeConjunction);
      return wordsBeforeWord >= leastWords ? cut('phrase', beforeWord) : undefined;
    },
    isBlockLine: () => line.isBlock() && !(units.at(-1) === '\n'),
  };

  function carryOn(unit: string): Cut | undefined {
    line.step(unit);
    append(unit);
    noteMark(unit);
    return tooLong();
  }
}

/** The last boundary between words of a text in a script without spaces; 0 if it is one word. */
function lastWordBoundary(text: string, tag: string): number {
  const locale = tag === 'und' ? 'en' : tag;
  const segments = [...new Intl.Segmenter(locale, { granularity: 'word' }).segment(text)];
  return segments.length > 1 ? (segments.at(-1)?.index ?? 0) : 0;
}
