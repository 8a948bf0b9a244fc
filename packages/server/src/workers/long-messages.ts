import { setImmediate as nextTurn } from 'node:timers/promises';
import { DriveRefusal } from '../core/calls/driven-conversation.ts';
import { createSpeechDecoder } from './speech-decoder.ts';

// Ten megabytes of JSON take 30 ms to be read at once, and all other calls of the worker wait: here a message is read in turns of about a millisecond.

/** Messages of so many bytes are read at once. */
export const SHORT_BYTES = 128 * 1024;
/** So much of a text is read in one turn, in bytes. */
const TURN_BYTES = 256 * 1024;
/** Longer texts are read by themselves. */
const LONG_TEXT_BYTES = 4 * 1024;
/** What a long message may have beside its long texts. */
const REST_BYTES = 64 * 1024;
/** `\u002b`, the longest escape. */
const ESCAPE_BYTES = 6;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
/** Stands for a long text; its number follows. A client that writes it itself gets that long text of its own again. */
const MARK = 'long text number ';

/**
 * Reads a message like `JSON.parse`, but for `audio`: a long one is decoded already.
 * @throws DriveRefusal
 */
export async function parseLong(bytes: Buffer): Promise<unknown> {
  const { rest, texts } = await withoutLongTexts(bytes);
  const read = new Map<string, string | Int16Array>();
  for (const [n, { from, to, key }] of texts.entries()) {
    read.set(MARK + n, key === 'audio' ? await speechIn(bytes, from, to) : await textIn(bytes, from, to));
  }
  return parsedJson(rest, (_key, value) => (typeof value === 'string' ? (read.get(value) ?? value) : value));
}

/** @throws DriveRefusal */
export function parsedJson(text: string, reviver?: (key: string, value: unknown) => unknown): unknown {
  try {
    return JSON.parse(text, reviver);
  } catch {
    throw new DriveRefusal('event-invalid', 'This is no JSON');
  }
}

interface LongText {
  /** Between the quotes. */
  from: number;
  to: number;
  /** The text before it: its name, where it is a value of an object. */
  key: string;
}

/** The message with marks in the place of long texts, and where those are. */
async function withoutLongTexts(bytes: Buffer): Promise<{ rest: string; texts: LongText[] }> {
  const parts: string[] = [];
  const texts: LongText[] = [];
  let length = 0;
  const keep = (from: number, to: number) => {
    length += to - from;
    if (length > REST_BYTES) throw new DriveRefusal('event-invalid', 'Only "audio" may be so long');
    parts.push(bytes.toString('utf8', from, to));
  };
  let key = '';
  let at = 0;
  for (;;) {
    const open = bytes.indexOf(QUOTE, at);
    if (open < 0) break;
    const close = await endOfText(bytes, open + 1);
    if (close - open <= LONG_TEXT_BYTES) {
      keep(at, close + 1);
      key = bytes.toString('utf8', open + 1, close);
    } else {
      keep(at, open);
      parts.push(JSON.stringify(MARK + texts.length));
      texts.push({ from: open + 1, to: close, key });
    }
    at = close + 1;
  }
  keep(at, bytes.length);
  return { rest: parts.join(''), texts };
}

/** Where the text that begins here is closed. */
async function endOfText(bytes: Buffer, from: number): Promise<number> {
  let turnedAt = from;
  let close = bytes.indexOf(QUOTE, from);
  for (;;) {
    if (close < 0) throw new DriveRefusal('event-invalid', 'This is no JSON');
    if ((close - runOfBackslashes(bytes, close, from)) % 2 === 0) return close;
    if (close - turnedAt > REST_BYTES) {
      await nextTurn();
      turnedAt = close;
    }
    close = bytes.indexOf(QUOTE, close + 1);
  }
}

/** Where the backslashes begin that end before `end`. */
function runOfBackslashes(bytes: Buffer, end: number, from: number): number {
  let at = end;
  while (at > from && bytes[at - 1] === BACKSLASH) {
    if (end - at > REST_BYTES) throw new DriveRefusal('event-invalid', 'No text has so many backslashes');
    at--;
  }
  return at;
}

/** A text between quotes in pieces, a turn for each; no escape is cut in two. */
async function* piecesOf(bytes: Buffer, from: number, to: number): AsyncGenerator<string> {
  for (let at = from; at < to; ) {
    let end = Math.min(to, at + TURN_BYTES);
    const escapeAt = end < to ? bytes.subarray(end - ESCAPE_BYTES, end).lastIndexOf(BACKSLASH) : -1;
    if (escapeAt >= 0) end = runOfBackslashes(bytes, end - ESCAPE_BYTES + escapeAt + 1, at);
    // As single bytes: base64 has no others, and a character of several is not cut in two.
    const piece = parsedJson(`"${bytes.toString('latin1', at, end)}"`) as string;
    yield piece;
    at = end;
    await nextTurn();
  }
}

async function speechIn(bytes: Buffer, from: number, to: number): Promise<Int16Array> {
  const decoder = createSpeechDecoder();
  for await (const piece of piecesOf(bytes, from, to)) decoder.push(piece);
  return decoder.finish();
}

/** What nobody wants to be so long: its length is all that is looked at, so single bytes will do. */
async function textIn(bytes: Buffer, from: number, to: number): Promise<string> {
  let text = '';
  for await (const piece of piecesOf(bytes, from, to)) text += piece;
  return text;
}
