import { createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { alignUp, type GgufHeader, readGgufHeader, uint32, uint64 } from './gguf-header.ts';
import { ModelError } from './model-error.ts';

const CHUNK_BYTES = 256 * 1024;

/**
 * Copies a GGUF file without one of its tensors: count and offsets are rewritten, metadata and all other tensors stay byte for byte.
 * The same file always gives the same bytes. Streams; on disk (`fsync`) when it resolves, and unfinished at `to` when it rejects.
 * @throws ModelError `wrong-bytes` if the file is damaged or has no such tensor, or the signal's abort error.
 */
export async function dropGgufTensor(
  tensorName: string,
  from: string,
  to: string,
  options: { signal: AbortSignal; onBytes?(written: number): void },
): Promise<void> {
  const { signal } = options;
  const source = await open(from, 'r');
  try {
    const header = await readGgufHeader(source, signal);
    let written = 0;
    const counted = async function* () {
      for await (const piece of pieces(source, header, tensorName)) {
        yield piece;
        written += piece.length;
        options.onBytes?.(written);
      }
    };
    await pipeline(counted, createWriteStream(to, { flush: true, highWaterMark: CHUNK_BYTES }), { signal });
  } finally {
    await source.close();
  }
}

/** The new file, piece by piece. */
async function* pieces(source: FileHandle, header: GgufHeader, tensorName: string): AsyncGenerator<Buffer> {
  const { metadata, tensors, alignment, dataStart, fileBytes } = header;
  const dropped = tensors.find((tensor) => tensor.name === tensorName);
  if (!dropped) throw new ModelError('wrong-bytes', `The GGUF file has no tensor ${tensorName}`);
  // The values of a tensor, padding included, reach to where the next ones begin, whatever the order of the infos.
  const dropEnd = Math.min(
    ...tensors.map((each) => each.offset).filter((offset) => offset > dropped.offset),
    fileBytes - dataStart,
  );
  const shift = dropEnd - dropped.offset;
  const infos = tensors
    .filter((tensor) => tensor !== dropped)
    .flatMap(({ description, offset }) => [description, uint64(offset > dropped.offset ? offset - shift : offset)]);
  const infoBytes = Buffer.concat(infos);
  const infoEnd = metadata.end + infoBytes.length;

  yield Buffer.concat([Buffer.from('GGUF'), uint32(3), uint64(tensors.length - 1), uint64(metadata.count)]);
  yield* range(source, metadata.start, metadata.end);
  yield Buffer.concat([infoBytes, Buffer.alloc(alignUp(infoEnd, alignment) - infoEnd)]);
  yield* range(source, dataStart, dataStart + dropped.offset);
  yield* range(source, dataStart + dropEnd, fileBytes);
}

async function* range(source: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let position = start; position < end; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - position));
    const { bytesRead } = await source.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) throw new ModelError('wrong-bytes', `The GGUF file became shorter while it was read (byte ${position})`);
    yield chunk.subarray(0, bytesRead);
    position += bytesRead;
  }
}
