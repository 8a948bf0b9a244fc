import type { FileHandle } from 'node:fs/promises';
import { createForwardReader, type ForwardReader } from './forward-reader.ts';
import { ModelError } from './model-error.ts';

/** A tensor of a GGUF file: what the header says about it, and where its values begin. */
export interface GgufTensor {
  name: string;
  /** Name, dimensions and type as they are in the file: its info without the offset at the end. */
  description: Buffer;
  /** In bytes, from `dataStart`. */
  offset: number;
}

/** Where everything is in a GGUF file. Positions are bytes from its beginning. */
export interface GgufHeader {
  /** The key-value pairs; they are not decoded. */
  metadata: { count: number; start: number; end: number };
  tensors: readonly GgufTensor[];
  /** Every tensor begins at a multiple of this. */
  alignment: number;
  dataStart: number;
  fileBytes: number;
}

const MAGIC = 'GGUF';
const VERSION = 3;
/** Where the key-value pairs begin: after magic, version and two counts. */
const METADATA_START = 24;
const DEFAULT_ALIGNMENT = 32;
/** So that nothing in a damaged file makes us hold much in memory; real models have up to some thousand. */
const MOST_TENSORS = 65_536;
const LONGEST_NAME_BYTES = 65_535;
const MOST_DIMENSIONS = 4;
/** At most 4096 strings fit in, so the event loop is never held for more than a millisecond or two between reads. */
const WINDOW_BYTES = 32 * 1024;

const UINT32 = 4;
const STRING = 8;
const ARRAY = 9;
/** Bytes of a value, by type: the integers of 8 to 64 bits, the floats, the boolean. */
const VALUE_BYTES: Record<number, number> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };

/**
 * Reads the header of a GGUF file, version 3, little endian (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 * Metadata is skipped, not decoded: a vocabulary is 300,000 strings. Memory is 32 KB and the tensor infos.
 * @throws ModelError `wrong-bytes` with the place of the damage.
 */
export async function readGgufHeader(handle: FileHandle, signal: AbortSignal): Promise<GgufHeader> {
  const fileBytes = (await handle.stat()).size;
  const reader = createReader(handle, fileBytes, signal);
  const magic = (await reader.take(4)).toString('latin1');
  if (magic !== MAGIC) throw damaged('it is no GGUF file', 0);
  const version = (await reader.take(4)).readUInt32LE();
  if (version !== VERSION) throw damaged(`GGUF version ${version} is not known, only ${VERSION}`, 4);
  const tensorCount = await reader.takeCount();
  if (tensorCount > MOST_TENSORS) throw damaged(`it claims to have ${tensorCount} tensors`, 8);
  const count = await reader.takeCount();

  let alignment = DEFAULT_ALIGNMENT;
  for (let pair = 0; pair < count; pair += 1) {
    const key = await reader.takeName();
    const type = (await reader.take(4)).readUInt32LE();
    if (key === 'general.alignment' && type === UINT32) alignment = (await reader.take(4)).readUInt32LE();
    else await skipValue(reader, type);
  }
  if (alignment === 0 || alignment % 8 !== 0) throw damaged(`an alignment of ${alignment} is not allowed`, METADATA_START);
  const end = reader.position();

  const tensors: GgufTensor[] = [];
  for (let at = 0; at < tensorCount; at += 1) tensors.push(await takeTensor(reader));
  const dataStart = alignUp(reader.position(), alignment);
  if (new Set(tensors.map((tensor) => tensor.offset)).size < tensors.length)
    throw damaged('two tensors are at the same place', end);
  for (const { name, offset } of tensors) {
    if (offset % alignment !== 0 || dataStart + offset >= fileBytes) throw damaged(`tensor ${name} cannot be at ${offset}`, end);
  }
  return { metadata: { count, start: METADATA_START, end }, tensors, alignment, dataStart, fileBytes };
}

/** The next multiple of `alignment`. */
export function alignUp(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

async function takeTensor(reader: Reader): Promise<GgufTensor> {
  const nameBytes = await reader.takeCount(LONGEST_NAME_BYTES);
  const name = Buffer.from(await reader.take(nameBytes));
  const dimensionCount = (await reader.take(4)).readUInt32LE();
  if (dimensionCount > MOST_DIMENSIONS) throw damaged(`a tensor has ${dimensionCount} dimensions`, reader.position());
  const dimensionsAndType = Buffer.from(await reader.take(dimensionCount * 8 + 4));
  const offset = await reader.takeCount();
  const description = Buffer.concat([uint64(nameBytes), name, uint32(dimensionCount), dimensionsAndType]);
  return { name: name.toString('utf8'), description, offset };
}

async function skipValue(reader: Reader, type: number): Promise<void> {
  if (type === STRING) return reader.skip(await reader.takeCount());
  if (type !== ARRAY) return reader.skip(valueBytes(type, reader));
  const itemType = (await reader.take(4)).readUInt32LE();
  const items = await reader.takeCount();
  // llama.cpp knows no arrays of arrays either.
  if (itemType !== STRING) return reader.skip(items * valueBytes(itemType, reader));
  for (let item = 0; item < items; item += 1) reader.skip(await reader.takeCount());
}

function valueBytes(type: number, reader: Reader): number {
  const bytes = VALUE_BYTES[type];
  if (bytes === undefined) throw damaged(`there is no value of type ${type}`, reader.position());
  return bytes;
}

interface Reader extends ForwardReader {
  /** An unsigned number of 64 bits: a count, a length or an offset. */
  takeCount(most?: number): Promise<number>;
  takeName(): Promise<string>;
}

function createReader(handle: FileHandle, fileBytes: number, signal: AbortSignal): Reader {
  const file = createForwardReader(handle, { fileBytes, windowBytes: WINDOW_BYTES, signal, damaged });

  async function takeCount(most = Number.MAX_SAFE_INTEGER): Promise<number> {
    const bytes = await file.take(8);
    const count = bytes.readUInt32LE(4) * 2 ** 32 + bytes.readUInt32LE(0);
    if (count > most) throw damaged(`${count} is no possible length`, file.position() - 8);
    return count;
  }

  return {
    ...file,
    takeCount,
    takeName: async () => (await file.take(await takeCount(LONGEST_NAME_BYTES))).toString('utf8'),
  };
}

function damaged(problem: string, position: number): ModelError {
  return new ModelError('wrong-bytes', `The GGUF file is damaged at byte ${position}: ${problem}`);
}

/** A number as GGUF stores lengths, counts and offsets. */
export function uint64(number: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(number));
  return bytes;
}

/** A number as GGUF stores types and versions. */
export function uint32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes;
}
