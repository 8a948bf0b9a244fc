import { readFile } from 'node:fs/promises';

/** How a word is said: phonemes, or phonemes by part of speech (`DEFAULT`, `NOUN`, `VBD`…; null: as letters). */
export type LexiconEntry = string | Readonly<Record<string, string | null>>;

/** Words and how they are said. */
export interface WordList {
  has(word: string): boolean;
  get(word: string): LexiconEntry | undefined;
}

const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const FIRST_HASH = 0x811c9dc5;
/** Shorter than any entry of a word list, so a table of this many bytes a slot is never full. */
const BYTES_PER_SLOT = 8;

/** Reads a lexicon of misaki: a JSON object of one word a line, indented by two. */
export async function readLexiconFile(path: string): Promise<WordList> {
  const list = indexLexicon(await readFile(path));
  if (!list) throw new Error(`${path} is not a lexicon: no line of it begins with a word`);
  return list;
}

/**
 * Finds the words of a lexicon in its bytes, without parsing them: gold and silver take 30 MB of heap and 200 ms as objects, and 10 MB
 * beside the heap and 30 ms as bytes with a table of where each word begins. An entry is parsed when it is asked for. Undefined if
 * there are no words.
 */
export function indexLexicon(bytes: Buffer): WordList | undefined {
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(bytes.length / BYTES_PER_SLOT + 2)));
  const mask = slots.length - 1;
  let words = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0 && at < bytes.length; at += 1) {
    if (bytes[at] !== NEWLINE || bytes[at + 1] !== SPACE || bytes[at + 2] !== SPACE || bytes[at + 3] !== QUOTE) continue;
    const start = at + 4;
    let hash = FIRST_HASH;
    for (at = start; at < bytes.length && bytes[at] !== QUOTE; at += 1) hash = nextHash(hash, bytes[at] ?? 0);
    let slot = hash & mask;
    while (slots[slot]) slot = (slot + 1) & mask;
    slots[slot] = start;
    words += 1;
  }
  if (words === 0) return undefined;

  /** Where the word begins, or -1. */
  function find(word: string): number {
    let hash = FIRST_HASH;
    for (let index = 0; index < word.length; index += 1) {
      const code = word.charCodeAt(index);
      if (code > 127) return -1;
      hash = nextHash(hash, code);
    }
    for (let slot = hash & mask; slots[slot]; slot = (slot + 1) & mask) {
      const start = slots[slot] ?? 0;
      if (bytes[start + word.length] !== QUOTE) continue;
      let same = 0;
      while (same < word.length && bytes[start + same] === word.charCodeAt(same)) same += 1;
      if (same === word.length) return start;
    }
    return -1;
  }

  return {
    has: (word) => word !== '' && find(word) >= 0,
    get(word) {
      const start = word === '' ? -1 : find(word);
      if (start < 0) return undefined;
      return parseEntry(bytes, start + word.length + 1);
    },
  };
}

function nextHash(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

/** The value after `": `, which ends with its line, or with the brace that closes it. */
function parseEntry(bytes: Buffer, colon: number): LexiconEntry | undefined {
  const value = bytes.indexOf(':', colon) + 1;
  const lineEnd = bytes.indexOf('\n', value);
  const brace = bytes.indexOf('{', value);
  const end = brace >= 0 && brace < lineEnd ? bytes.indexOf('}', brace) + 1 : lineEnd;
  const json = bytes.toString('utf8', value, end < 0 ? bytes.length : end).replace(/,\s*$/, '');
  return JSON.parse(json);
}
