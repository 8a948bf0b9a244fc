import { createWriteStream } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { FREQUENCIES, melFilters } from './ct2-mel-filters.ts';
import { readCt2Model } from './ct2-model.ts';
import { type WhisperParts, type WhisperTensor, whisperParts } from './ct2-whisper-tensors.ts';
import { ModelError } from './model-error.ts';

/** What is copied or widened at a time: well under a millisecond. */
const CHUNK_BYTES = 64 * 1024;
const MAGIC = 0x67676d6c;
/** The multilingual models have one token more. */
const ENGLISH_VOCABULARY = 51_864;
const F32 = 0;
const F16 = 1;
/** Between portions of this size others have their turn on the event loop. */
const TOKENS_AT_ONCE = 1024;

/**
 * Makes the file that whisper.cpp reads of a Whisper model in CTranslate2's format (`model.bin`, 16-bit floats) and OpenAI's list of tokens
 * (`multilingual.tiktoken`, or `gpt2.tiktoken` for the English models): the very bytes that whisper.cpp's own `convert-pt-to-ggml.py` makes of
 * OpenAI's checkpoint. Streams; on disk (`fsync`) when it resolves, and unfinished at `to` when it rejects.
 * @throws ModelError `wrong-bytes` if a file is damaged or of another kind, or the signal's abort error.
 */
export async function convertCt2Whisper(
  from: { model: string; tokens: string },
  to: string,
  options: { signal: AbortSignal; onBytes?(written: number): void },
): Promise<void> {
  const { signal } = options;
  const source = await open(from.model, 'r');
  try {
    const parts = whisperParts(await readCt2Model(source, signal));
    const tokens = await readFile(from.tokens, { signal });
    let written = 0;
    const counted = async function* () {
      for await (const piece of pieces(source, parts, tokens)) {
        yield piece;
        written += piece.length;
        options.onBytes?.(written);
      }
    };
    await pipeline(counted, createWriteStream(to, { flush: true, highWaterMark: 4 * CHUNK_BYTES }), { signal });
  } finally {
    await source.close();
  }
}

/** The new file, piece by piece. */
async function* pieces(source: FileHandle, parts: WhisperParts, tokens: Buffer): AsyncGenerator<Buffer> {
  const { vocabulary, mels, audio, text } = parts.sizes;
  const heads = async (start: number) => (await read(source, start, 2)).readInt16LE();
  const [audioHeads, textHeads] = [await heads(parts.heads.audio), await heads(parts.heads.text)];
  yield int32s(
    MAGIC,
    vocabulary,
    ...[audio.context, audio.state, audioHeads, audio.layers],
    ...[text.context, text.state, textHeads, text.layers],
    mels,
    F16,
  );
  yield Buffer.concat([int32s(mels, FREQUENCIES), Buffer.from(melFilters(mels).buffer)]);
  yield* vocabularyPieces(tokens, vocabulary);
  for (const tensor of parts.tensors) yield* tensorPieces(source, tensor);
}

/** Every token as it is written, with its length before it. The list has a line for each: base64, then the number. */
async function* vocabularyPieces(list: Buffer, vocabulary: number): AsyncGenerator<Buffer> {
  const written: Buffer[] = [];
  let count = 0;
  for (let at = 0; at < list.length; count += 1) {
    const end = list.indexOf('\n', at);
    if (end === -1) throw notTokens(`line ${count + 1} has no end`);
    const [base64 = '', number] = list.toString('latin1', at, end).split(' ');
    if (number !== String(count)) throw notTokens(`line ${count + 1} is not that of token ${count}`);
    const token = Buffer.from(base64, 'base64');
    written.push(int32s(token.length), token);
    at = end + 1;
    if (count % TOKENS_AT_ONCE === 0) await setImmediate();
  }
  if (count >= vocabulary) throw notTokens(`${count} tokens do not fit a model of ${vocabulary}`);
  // The list that whisper.cpp's English models were made of had the first of the special tokens too.
  const extra = vocabulary === ENGLISH_VOCABULARY ? [Buffer.from('<|endoftext|>')] : [];
  yield int32s(count + extra.length);
  for (let start = 0; start < written.length; start += TOKENS_AT_ONCE * 2) {
    yield Buffer.concat(written.slice(start, start + TOKENS_AT_ONCE * 2));
    await setImmediate();
  }
  for (const token of extra) yield Buffer.concat([int32s(token.length), token]);
}

async function* tensorPieces(source: FileHandle, { name, dimensions, start, bytes }: WhisperTensor): AsyncGenerator<Buffer> {
  // whisper.cpp adds the biases of the convolutions to columns.
  const shape = /^encoder\.conv\d\.bias$/.test(name) ? [...dimensions, 1] : dimensions;
  const wide = dimensions.length < 2 || name.endsWith('.positional_embedding');
  const nameBytes = Buffer.from(name);
  yield Buffer.concat([int32s(shape.length, nameBytes.length, wide ? F32 : F16, ...[...shape].reverse()), nameBytes]);
  for (let at = start; at < start + bytes; at += CHUNK_BYTES) {
    const chunk = await read(source, at, Math.min(CHUNK_BYTES, start + bytes - at));
    yield wide ? widen(chunk) : chunk;
  }
}

/** 16-bit floats as 32-bit ones. */
function widen(chunk: Buffer): Buffer {
  const narrow = new Uint16Array(chunk.buffer, chunk.byteOffset, chunk.length / 2);
  return Buffer.from(Float32Array.from(narrow, float16).buffer);
}

/** The value of a 16-bit float (IEEE 754: 1 bit of sign, 5 of exponent, 10 of fraction). */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

async function read(source: FileHandle, start: number, bytes: number): Promise<Buffer> {
  const chunk = Buffer.allocUnsafe(bytes);
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await source.read(chunk, at, bytes - at, start + at);
    if (bytesRead === 0)
      throw new ModelError('wrong-bytes', `The CTranslate2 file became shorter while it was read (byte ${start + at})`);
    at += bytesRead;
  }
  return chunk;
}

function int32s(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [at, number] of numbers.entries()) bytes.writeInt32LE(number, at * 4);
  return bytes;
}

function notTokens(problem: string): ModelError {
  return new ModelError('wrong-bytes', `The list of tokens is not that of the model: ${problem}`);
}
