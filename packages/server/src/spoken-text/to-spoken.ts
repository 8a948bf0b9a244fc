import type { Language } from './language.ts';
import { languageOf } from './languages/languages.ts';
import { CODE_START } from './markdown.ts';
import { type ProsePiece, readPieces } from './pieces.ts';
import { type Prose, proseOf } from './prose.ts';
import { readEmail, readHandle, readUrl } from './readers/addresses.ts';
import { readFileName, readInlineCode } from './readers/code.ts';
import { readDayFirst, readIsoDate, readMonthFirst, readSlashedDate, readWeekday } from './readers/dates.ts';
import { readMoneyAfter, readMoneyBefore } from './readers/money.ts';
import {
  readDecade,
  readDottedNumbers,
  readFeetAndInches,
  readFraction,
  readNumber,
  readOrdinal,
  readVersion,
} from './readers/numbers.ts';
import { readPhone } from './readers/phones.ts';
import { readPer, readSymbol } from './readers/symbols.ts';
import { readDuration, readHourRange, readHoursAndMinutes, readRatio, readTime } from './readers/times.ts';
import { readAbbreviation, readFixedWord, readRoman, readWord } from './readers/words.ts';
import type { Pause, Reader } from './reading.ts';
import { slicesOf } from './slices.ts';

/** A run of the written text and how it is said. */
export interface SpokenPiece {
  /** Place in the written text, UTF-16 units, end exclusive. In order, never overlapping; every character but spaces is in one. */
  start: number;
  end: number;
  /** The words to say, without punctuation: "five kilometers". Letters spelled one by one: "A P I". Empty where nothing is said. */
  spoken: string;
  /** The punctuation after it that a voice makes heard. */
  pause: Pause;
}

const beforeDigits: readonly Reader[] = [
  readFixedWord,
  readEmail,
  readIsoDate,
  readSlashedDate,
  readDuration,
  readHoursAndMinutes,
  readHourRange,
  readTime,
  readRatio,
  readPhone,
  readDottedNumbers,
  readUrl,
  readFileName,
  readDayFirst,
  readMoneyAfter,
  readDecade,
  readOrdinal,
  readFraction,
  readFeetAndInches,
  readNumber,
  readWord,
];

const beforeLetters: readonly Reader[] = [
  readUrl,
  readEmail,
  readFixedWord,
  readFileName,
  readMonthFirst,
  readWeekday,
  readDottedNumbers,
  readVersion,
  readMoneyBefore,
  readAbbreviation,
  readRoman,
  readWord,
];

const beforeSymbols: readonly Reader[] = [
  readPhone,
  readMoneyBefore,
  readDecade,
  readNumber,
  readFraction,
  readHandle,
  readFixedWord,
  readPer,
  readFileName,
  readSymbol,
  readWord,
];

const beforeCode: readonly Reader[] = [readInlineCode];

function readersAt(character: string): readonly Reader[] {
  if (character >= '0' && character <= '9') return beforeDigits;
  if (character === CODE_START) return beforeCode;
  return /\p{L}/u.test(character) ? beforeLetters : beforeSymbols;
}

/**
 * Turns written text (prose, Markdown, numbers, addresses, emoji, code) into what a voice says, piece by piece.
 * Takes any text, however broken, in time linear to its length.
 */
export function toSpoken(text: string, options: { language: string }): SpokenPiece[] {
  const language = languageOf(options.language);
  return slicesOf(text).flatMap(({ start, end }) => spokenSlice(text.slice(start, end), start, language));
}

function spokenSlice(text: string, offset: number, language: Language): SpokenPiece[] {
  const prose = proseOf(text, language.words);
  return covering(text, offset, prose, readPieces(prose.text, language, readersAt));
}

/**
 * Gives every character that is not a space to a piece: to the piece whose word it touches, the left one first,
 * otherwise to a piece of its own that says nothing.
 */
function covering(text: string, offset: number, prose: Prose, pieces: readonly ProsePiece[]): SpokenPiece[] {
  const covered: SpokenPiece[] = [];
  let done = 0;
  const silence = (until: number) => {
    for (const match of text.slice(done, until).matchAll(/\S+/g)) {
      const start = offset + done + match.index;
      covered.push({ start, end: start + match[0].length, spoken: '', pause: '' });
    }
    done = until;
  };
  pieces.forEach((piece, index) => {
    const from = prose.starts[piece.start] ?? 0;
    const last = covered.at(-1);
    if (last && from < done) {
      // Several words stand for one stretch: "code example".
      last.spoken = `${last.spoken} ${piece.spoken}`.trim();
      last.pause = piece.pause;
      return;
    }
    let start = from;
    while (start > done && /\S/.test(text[start - 1] ?? '')) start -= 1;
    silence(start);
    const next = pieces[index + 1];
    const limit = next ? (prose.starts[next.start] ?? text.length) : text.length;
    let end = Math.max(start, prose.ends[piece.end - 1] ?? start);
    while (end < limit && /\S/.test(text[end] ?? '')) end += 1;
    covered.push({ start: offset + start, end: offset + end, spoken: piece.spoken, pause: piece.pause });
    done = end;
  });
  silence(text.length);
  return covered;
}
