import type { Language } from './language.ts';
import { BLOCK_BREAK, CELL_BREAK, CODE_START } from './markdown.ts';
import { isWordAt, type Pause, type Place, type Reader, type Reading } from './reading.ts';

/** A run of prose with its words, and the punctuation that was met after it. */
export interface ProsePiece {
  start: number;
  end: number;
  spoken: string;
  pause: Pause;
}

/** A later mark wins over a weaker one before it: "word)." is a full stop, "?!" a question. */
const strength: Readonly<Record<Pause, number>> = { '': 0, ',': 1, ';': 2, '—': 2, ':': 3, '…': 4, '.': 5, '!': 6, '?': 7 };

const asPause: Readonly<Record<string, Pause>> = {
  '.': '.',
  '?': '?',
  '!': '!',
  ',': ',',
  ';': ';',
  ':': ':',
  '—': '—',
  '–': '—',
  '…': '…',
};

/** Reads prose from its start to its end: at every place the first reader that knows it, else one character is silent. */
export function readPieces(text: string, language: Language, readersAt: (character: string) => readonly Reader[]): ProsePiece[] {
  const pieces: ProsePiece[] = [];
  /** Takes effect when something is said after it: brackets, breaks. */
  let pending: Pause = '';
  let before = '';
  const pause = (mark: Pause) => {
    const last = pieces.at(-1);
    if (last && strength[mark] > strength[last.pause]) last.pause = mark;
  };
  const add = (reading: Reading) => {
    const spoken = reading.spoken.trim();
    if (spoken === '') return;
    const last = pieces.at(-1);
    // A line that ends in a colon leads over to the next block.
    if (pending !== '.' || !/[:;…]/.test(last?.pause ?? '')) pause(pending);
    pending = '';
    if (last && last.pause === '' && last.end === reading.start) {
      last.spoken = `${last.spoken} ${spoken}`;
      last.end = reading.end;
      last.pause = reading.pause ?? '';
    } else {
      pieces.push({ start: reading.start, end: reading.end, spoken, pause: reading.pause ?? '' });
    }
  };
  const later = (mark: Pause) => {
    if (strength[mark] > strength[pending]) pending = mark;
  };

  for (let at = 0; at < text.length; ) {
    const character = text[at] ?? '';
    if (character === ' ') {
      at += 1;
      continue;
    }
    const place: Place = { text, at, language, before };
    const readings = firstReading(place, readersAt(character));
    if (readings) {
      for (const reading of readings) add(reading);
      const end = Math.max(at + 1, readings.at(-1)?.end ?? 0);
      before = /^[@#]?([\p{L}\p{M}\p{N}']{1,40})/u.exec(text.slice(Math.max(at, end - 40), end))?.[1] ?? character;
      if (/[.,;:!?]$/.test(text.slice(at, end)) && readings.at(-1)?.pause) before = '';
      at = end;
      continue;
    }
    if (character === BLOCK_BREAK) later('.');
    else if (character === CELL_BREAK || character === '(' || character === ')' || character === '[' || character === ']')
      later(',');
    else if (character === '\n') lineBreak(text, at, later);
    else {
      const length = punctuation(text, at, pause);
      at += length;
      if (/[.!?:;,]/.test(character)) before = '';
      continue;
    }
    if (character !== ')' && character !== '(') before = '';
    at += 1;
  }
  return pieces;
}

function firstReading(place: Place, readers: readonly Reader[]): Reading[] | undefined {
  for (const reader of readers) {
    const readings = reader(place);
    if (readings && (readings.at(-1)?.end ?? 0) > place.at) return readings;
  }
  return undefined;
}

/** A new line that starts with a capital is a new line of a poem or of a list without marks. */
function lineBreak(text: string, at: number, later: (mark: Pause) => void): void {
  if (/^\s{0,8}[\p{Lu}\p{N}]/u.test(text.slice(at + 1, at + 11))) later(',');
}

/** Adds the pause of the punctuation at a place; returns its length, 1 for what is silent. */
function punctuation(text: string, at: number, pause: (mark: Pause) => void): number {
  const character = text[at] ?? '';
  if (character === '.' && text[at + 1] === '.') {
    pause('…');
    let end = at + 2;
    while (text[end] === '.') end += 1;
    return end - at;
  }
  if (character === '-') {
    const loose = /^(?:[\s"')\]]|)$/.test(text[at - 1] ?? '') && /^(?:\s|)$/.test(text[at + 1] ?? '');
    if (loose || text[at + 1] === '-' || text[at - 1] === '-') pause('—');
    return 1;
  }
  const inside = character === ':' && isWordAt(text, at - 1) && isWordAt(text, at + 1); // "localhost:8080"
  if (!inside) pause(asPause[character] ?? '');
  const isPair = (text.codePointAt(at) ?? 0) > 0xffff;
  return character === CODE_START || !isPair ? 1 : 2;
}
