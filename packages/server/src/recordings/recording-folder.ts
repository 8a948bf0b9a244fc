import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../core/errors.ts';
import type { OpenRecording, RecordingStore, Segment } from '../core/recordings/recording-store.ts';
import { parseSegmentName, segmentName } from '../core/recordings/segment-name.ts';
import { joinSegments, startOf } from './join-segments.ts';
import { isFinished } from './ogg-pages.ts';

const JOINED = 'recording.ogg';
const UNFINISHED = '.part';
const SESSION = /^[1-9]\d{0,14}$/;
/** A recorder writes twice a second at least: a file without an end that nobody has written to for so long has lost its writer, in ms. */
const ABANDONED_MS = 3_000;
const LOOK_EVERY_MS = 50;
/** A file that is written to for so long after its session has ended is taken as it is, in ms. */
const LONGEST_WAIT_MS = 6_000;
const READ_BYTES = 64 * 1024;

/** Recordings in a folder, which is made if it is not there: `<session>/<segments>`, and `<session>/recording.ogg` once they are joined. */
export async function openRecordingFolder(folder: string): Promise<RecordingStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  /** The last thing that was begun with a session's files: one comes after the other. */
  const last = new Map<number, Promise<unknown>>();
  const folderOf = (sessionId: number) => join(folder, String(sessionId));

  function inTurn<T>(sessionId: number, work: () => Promise<T>): Promise<T> {
    const mine = (last.get(sessionId) ?? Promise.resolve()).then(work, work);
    last.set(sessionId, mine);
    const forget = () => {
      if (last.get(sessionId) === mine) last.delete(sessionId);
    };
    mine.then(forget, forget);
    return mine;
  }

  async function list(sessionId: number): Promise<Segment[]> {
    const names = (await readdir(folderOf(sessionId)).catch(absent)) ?? [];
    const found = await Promise.all(
      names.map(async (name) => {
        const segment = parseSegmentName(name);
        const file = segment && (await stat(join(folderOf(sessionId), name)).catch(absent));
        return segment && file && { ...segment, bytes: file.size };
      }),
    );
    const segments = found.filter((segment) => segment !== undefined);
    return segments.sort((one, other) => one.startedAt - other.startedAt || one.epoch - other.epoch);
  }

  async function finish(sessionId: number): Promise<void> {
    const segments = await list(sessionId);
    if (segments.length === 0) return;
    const inFolder = (name: string) => join(folderOf(sessionId), name);
    const removeAll = () => Promise.all(segments.map((segment) => rm(inFolder(segmentName(segment)), { force: true })));
    // A crash came between the joining and this.
    if (await stat(inFolder(JOINED)).catch(absent)) return void (await removeAll());

    const files: Array<Segment & { file: FileHandle }> = [];
    try {
      for (const segment of segments) files.push({ ...segment, file: await open(inFolder(segmentName(segment)), 'r') });
      await Promise.all(files.map(({ file }) => untilFinished(file)));
      // A segment has its name before its recorder begins.
      for (const file of files) file.startedAt = (await startOf(file.file)) ?? file.startedAt;
      files.sort((one, other) => one.startedAt - other.startedAt);
      await writeWhole(folderOf(sessionId), JOINED, (output) => joinSegments(files, output));
    } finally {
      await Promise.all(files.map(({ file }) => file.close()));
    }
    await removeAll();
  }

  return {
    list,
    finish: (sessionId) => inTurn(sessionId, () => finish(sessionId)),
    async has(sessionId) {
      const names = (await readdir(folderOf(sessionId)).catch(absent)) ?? [];
      return names.some((name) => name === JOINED || parseSegmentName(name) !== undefined);
    },
    open: (sessionId) =>
      inTurn(sessionId, async () => {
        await finish(sessionId);
        const file = await open(join(folderOf(sessionId), JOINED), 'r').catch(absent);
        return file && openRecording(file);
      }),
    delete: (sessionId) => inTurn(sessionId, () => rm(folderOf(sessionId), { recursive: true, force: true })),
    async sessions() {
      return (await readdir(folder)).filter((name) => SESSION.test(name)).map(Number);
    },
  };
}

async function openRecording(file: FileHandle): Promise<OpenRecording> {
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= file.close();
    return closing;
  };
  try {
    const { size, mtimeMs } = await file.stat();
    return {
      bytes: size,
      tag: `${size.toString(36)}-${Math.round(mtimeMs).toString(36)}`,
      startedAt: (await startOf(file)) ?? mtimeMs,
      async *read({ first, last }) {
        for (let at = first; at <= last; ) {
          const length = Math.min(READ_BYTES, last + 1 - at);
          const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
          if (bytesRead === 0) throw new Error('The recording has become shorter');
          yield buffer.subarray(0, bytesRead);
          at += bytesRead;
        }
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Waits for the writer of a segment, which may have a second to go. */
async function untilFinished(file: FileHandle): Promise<void> {
  for (const until = Date.now() + LONGEST_WAIT_MS; Date.now() < until; await wait(LOOK_EVERY_MS)) {
    if (await isFinished(file)) return;
    const { mtimeMs } = await file.stat();
    if (Date.now() - mtimeMs > ABANDONED_MS) return;
  }
}

/** Appears under its name whole and on disk, or not at all; the latter also where `write` gives false. */
async function writeWhole(folder: string, name: string, write: (file: FileHandle) => Promise<boolean>): Promise<void> {
  await removeUnfinished(folder);
  const unfinished = join(folder, `${name}.${randomUUID()}${UNFINISHED}`);
  try {
    const file = await open(unfinished, 'wx', 0o600);
    let written: boolean;
    try {
      written = await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!written) return await rm(unfinished);
    await rename(unfinished, join(folder, name));
    await syncFolder(folder);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw isDiskFull(error) ? new AppError('storage-full', undefined, { cause: error }) : error;
  }
}

/** What a crash has left. */
async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (name.endsWith(UNFINISHED)) await rm(join(folder, name), { force: true });
}

/** Makes the new name durable; Windows neither needs nor allows it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function isDiskFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
