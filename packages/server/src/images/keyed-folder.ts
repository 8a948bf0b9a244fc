import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { randomSecret } from '../core/access/secrets.ts';
import type { StoredFile } from '../core/avatars/image-store.ts';
import { AppError } from '../core/errors.ts';

/** 192 bits. */
const KEY_CHARACTERS = 32;
const KEY = /^[\w-]{32}$/;
const UNFINISHED = '.part';

/** Files `<key><ending>` in a folder, under keys that nobody can guess. */
export interface KeyedFolder {
  newKey(): string;
  /** Undefined for what is no key. */
  fileOf(key: string, ending: string): string | undefined;
  /** Appears under its name whole and on disk, or not at all; `storage-full` where there is no room. */
  write(key: string, ending: string, bytes: Uint8Array): Promise<void>;
  read(key: string, ending: string): Promise<Buffer | undefined>;
  /** Safe to call twice. */
  delete(key: string): Promise<void>;
  list(): Promise<StoredFile[]>;
  remove(name: string): Promise<void>;
}

/** Opens the folder, which is made if it is not there. Files with other names and endings are left alone. */
export async function openKeyedFolder(folder: string, endings: readonly string[]): Promise<KeyedFolder> {
  await mkdir(folder, { recursive: true });
  const fileOf = (key: string, ending: string) => (KEY.test(key) ? join(folder, key + ending) : undefined);

  /** Its key, where the name is one of ours. */
  function keyOf(name: string): string | undefined {
    const whole = name.endsWith(UNFINISHED) ? name.slice(0, -UNFINISHED.length) : name;
    const ending = endings.find((each) => whole.endsWith(each));
    const key = ending && whole.slice(0, -ending.length);
    return key && KEY.test(key) ? key : undefined;
  }

  async function describe(name: string): Promise<StoredFile | undefined> {
    const key = keyOf(name);
    if (key === undefined) return undefined;
    const found = await stat(join(folder, name)).catch(absent);
    return found && { name, key: name.endsWith(UNFINISHED) ? undefined : key, modifiedAt: found.mtimeMs };
  }

  return {
    newKey: () => randomSecret(KEY_CHARACTERS),
    fileOf,

    write: (key, ending, bytes) => writeDurably(folder, key + ending, bytes),

    async read(key, ending) {
      const file = fileOf(key, ending);
      return file === undefined ? undefined : readFile(file).catch(absent);
    },

    async delete(key) {
      for (const ending of endings) {
        const file = fileOf(key, ending);
        if (file) await rm(file, { force: true });
      }
    },

    async list() {
      const files = await Promise.all((await readdir(folder)).map(describe));
      return files.filter((file) => file !== undefined);
    },

    async remove(name) {
      if (keyOf(name) !== undefined) await rm(join(folder, name), { force: true });
    },
  };
}

async function writeDurably(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const unfinished = join(folder, name + UNFINISHED);
  try {
    const file = await open(unfinished, 'wx', 0o644);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, join(folder, name));
    await syncFolder(folder);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw isDiskFull(error) ? new AppError('storage-full', undefined, { cause: error }) : error;
  }
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
