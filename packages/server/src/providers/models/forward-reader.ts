import type { FileHandle } from 'node:fs/promises';

/** Reads a file forwards, through a window that is filled anew when it is used up. */
export interface ForwardReader {
  position(): number;
  /** Valid until the next call. */
  take(bytes: number): Promise<Buffer>;
  skip(bytes: number): void;
}

export interface ForwardReaderOptions {
  fileBytes: number;
  windowBytes: number;
  signal: AbortSignal;
  /** The error for a file that is not what it claims to be. */
  damaged(problem: string, position: number): Error;
}

/** @throws what `damaged` makes where the file ends before what is asked for, or the signal's reason */
export function createForwardReader(
  handle: FileHandle,
  { fileBytes, windowBytes, signal, damaged }: ForwardReaderOptions,
): ForwardReader {
  let position = 0;
  let window = Buffer.alloc(0);
  let windowStart = 0;

  function need(bytes: number): void {
    if (bytes > fileBytes - position) throw damaged(`${bytes} bytes are expected, but the file ends at ${fileBytes}`, position);
  }

  return {
    position: () => position,
    async take(bytes) {
      need(bytes);
      if (position + bytes > windowStart + window.length) {
        signal.throwIfAborted();
        const fresh = Buffer.allocUnsafe(Math.max(windowBytes, bytes));
        const { bytesRead } = await handle.read(fresh, 0, fresh.length, position);
        if (bytesRead < bytes) throw damaged('the file became shorter while it was read', position);
        window = fresh.subarray(0, bytesRead);
        windowStart = position;
      }
      const at = position - windowStart;
      position += bytes;
      return window.subarray(at, at + bytes);
    },
    skip(bytes) {
      need(bytes);
      position += bytes;
    },
  };
}
