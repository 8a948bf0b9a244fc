import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';

/** Opens a file that has no name any more: whatever happens to this process, it is gone with its handle. */
export async function openNamelessFile(folder: string): Promise<FileHandle> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${randomUUID()}.part`);
  const file = await open(path, 'wx+', 0o600).catch(onFullDisk);
  try {
    await rm(path);
  } catch (error) {
    await file.close();
    throw error;
  }
  return file;
}

/** Fills a file from its beginning, without moving its position: who gets the descriptor reads from the start. */
export async function fill(
  file: FileHandle,
  pieces: AsyncIterable<Uint8Array>,
  { maxBytes }: { maxBytes: number },
): Promise<number> {
  let length = 0;
  for await (const piece of pieces) {
    if (length + piece.length > maxBytes) throw new AppError('too-large');
    for (let done = 0; done < piece.length; ) {
      const { bytesWritten } = await file.write(piece, done, piece.length - done, length).catch(onFullDisk);
      done += bytesWritten;
      length += bytesWritten;
    }
  }
  return length;
}

/** Reads a file from its beginning to its end, wherever its position is. */
export async function* contentsOf(file: FileHandle, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; ; ) {
    const piece = new Uint8Array(pieceBytes);
    const { bytesRead } = await file.read(piece, 0, pieceBytes, at);
    if (bytesRead === 0) return;
    yield piece.subarray(0, bytesRead);
    at += bytesRead;
  }
}

function onFullDisk(error: NodeJS.ErrnoException): never {
  throw error.code === 'ENOSPC' || error.code === 'EDQUOT' ? new AppError('storage-full', undefined, { cause: error }) : error;
}
