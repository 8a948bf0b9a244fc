import { createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type Ct2Model, type Ct2Variable, readCt2Model } from './ct2-model.ts';
import { BLOCK, quantise, widen } from './ct2-numbers.ts';
import type { Piece } from './ct2-onnx-file.ts';
import { decoderGraph, encoderGraph, type WhisperSizes, type WhisperWeights } from './ct2-whisper-graph.ts';
import { ModelError } from './model-error.ts';

/** What is read and computed at a time: a millisecond at most. A multiple of every block. */
const CHUNK_BYTES = 32 * 1024;
const SPECIFICATION = 'WhisperSpec';
const REVISION = 3;

/** Which half of Whisper is made; for the one that writes, the heads (layer, head) that look at the audio where a word is said. */
export interface WhisperHalf {
  half: 'encoder' | 'decoder';
  alignmentHeads?: readonly (readonly [number, number])[] | undefined;
}

/**
 * Makes one half of a Whisper model for ONNX Runtime of CTranslate2's file (`model.bin`, 16-bit floats). Matrices become 8-bit numbers with a scale for
 * every 32 of a row. The same file always gives the same bytes. Streams; on disk (`fsync`) when it resolves, and unfinished at `to` when it rejects.
 * @throws ModelError `wrong-bytes` if the file is damaged or another model, or the signal's abort error.
 */
export async function convertCt2Whisper(
  from: string,
  to: string,
  which: WhisperHalf,
  options: { signal: AbortSignal; onBytes?(written: number): void },
): Promise<void> {
  const { signal } = options;
  const source = await open(from, 'r');
  try {
    const model = await readCt2Model(source, signal);
    if (model.specification !== SPECIFICATION || model.revision !== REVISION) {
      throw foreign(`it is a ${model.specification} of revision ${model.revision}, not ${SPECIFICATION} of revision ${REVISION}`);
    }
    const weights = weightsOf(source, model, await headsOf(source, model));
    const pieces = which.half === 'encoder' ? encoderGraph(weights) : decoderGraph(weights, which.alignmentHeads ?? []);
    let written = 0;
    const counted = async function* () {
      for await (const bytes of inOrder(pieces)) {
        yield bytes;
        written += bytes.length;
        options.onBytes?.(written);
      }
    };
    await pipeline(counted, createWriteStream(to, { flush: true, highWaterMark: 8 * CHUNK_BYTES }), { signal });
  } finally {
    await source.close();
  }
}

async function* inOrder(pieces: readonly Piece[]): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [];
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) {
      gathered.push(piece);
      continue;
    }
    yield Buffer.concat(gathered);
    gathered = [];
    yield* piece.make();
  }
  yield Buffer.concat(gathered);
}

async function headsOf(source: FileHandle, model: Ct2Model): Promise<number> {
  const [encoder, decoder] = [find(model, 'encoder/num_heads'), find(model, 'decoder/num_heads')];
  const heads = (await read(source, encoder.start, 2)).readInt16LE();
  if ((await read(source, decoder.start, 2)).readInt16LE() !== heads) throw foreign('its halves have different numbers of heads');
  return heads;
}

function weightsOf(source: FileHandle, model: Ct2Model, heads: number): WhisperWeights {
  const half = (name: string) => {
    const variable = find(model, name);
    if (variable.type !== 'float16') throw foreign(`${name} has values of type ${variable.type}, only float16 is known`);
    return variable;
  };
  return {
    sizes: sizesOf(model, heads),
    floats(name) {
      const { dimensions, start, bytes } = half(name);
      const make = async function* () {
        for await (const chunk of chunks(source, start, bytes)) yield Buffer.from(widen(chunk).buffer);
      };
      return { shape: dimensions, values: { length: bytes * 2, make } };
    },
    quantised(name) {
      const { dimensions, start, bytes } = half(name);
      const [rows = 0, columns = 0] = dimensions;
      if (dimensions.length !== 2 || columns % BLOCK !== 0) throw foreign(`${name} is no matrix of blocks of ${BLOCK}`);
      const scales = new Float32Array((rows * columns) / BLOCK);
      const makeValues = async function* () {
        let block = 0;
        for await (const chunk of chunks(source, start, bytes)) {
          yield quantise(widen(chunk), scales, block);
          block += chunk.length / 2 / BLOCK;
        }
      };
      const makeScales = async function* () {
        // The values stand before them in the file, so all are known by now.
        yield Buffer.from(scales.buffer);
      };
      return {
        rows,
        columns,
        values: { length: rows * columns, make: makeValues },
        scales: { length: scales.byteLength, make: makeScales },
      };
    },
  };
}

function sizesOf(model: Ct2Model, heads: number): WhisperSizes {
  const layers = (half: string) => {
    let count = 0;
    while (model.variables.has(`${half}/layer_${count}/self_attention/linear_0/weight`)) count += 1;
    return count;
  };
  const [places = 0, state = 0] = find(model, 'encoder/position_encodings/encodings').dimensions;
  return {
    vocabulary: find(model, 'decoder/embeddings/weight').dimensions[0] ?? 0,
    mels: find(model, 'encoder/conv1/weight').dimensions[1] ?? 0,
    state,
    heads,
    encoderLayers: layers('encoder'),
    decoderLayers: layers('decoder'),
    places,
    tokens: find(model, 'decoder/position_encodings/encodings').dimensions[0] ?? 0,
  };
}

function find(model: Ct2Model, name: string): Ct2Variable {
  const variable = model.variables.get(name);
  if (!variable) throw foreign(`it has no ${name}`);
  return variable;
}

async function* chunks(source: FileHandle, start: number, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes; at += CHUNK_BYTES) yield await read(source, start + at, Math.min(CHUNK_BYTES, bytes - at));
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

function foreign(problem: string): ModelError {
  return new ModelError('wrong-bytes', `The CTranslate2 file is no Whisper model that can be converted: ${problem}`);
}
