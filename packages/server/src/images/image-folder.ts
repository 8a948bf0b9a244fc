import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { randomSecret } from '../core/access/secrets.ts';
import type { ImageStore, StoredFile } from '../core/avatars/image-store.ts';
import { AppError } from '../core/errors.ts';
import { cleanPicture } from './clean-picture.ts';
import { createSlots } from './slots.ts';

/** 192 bits. */
const KEY_CHARACTERS = 32;
const KEY = /^[\w-]{32}$/;
const ENDING = '.webp';
const UNFINISHED = '.part';

/** Pictures as files `<key>.webp` in a folder, which is made if it is not there. */
export async function openImageFolder(folder: string): Promise<ImageStore> {
  await mkdir(folder, { recursive: true });
  const fileOf = (key: string) => (KEY.test(key) ? join(folder, key + ENDING) : undefined);
  // A picture of 50 megapixels takes up to 200 MB while it is decoded; each one that waits, up to 10 MB.
  const decoding = createSlots({ running: 2, waiting: 20 });

  return {
    async save(bytes) {
      const { webp, width, height } = await decoding(() => cleanPicture(bytes));
      const key = randomSecret(KEY_CHARACTERS);
      await writeDurably(folder, key + ENDING, webp);
      return { key, width, height };
    },

    async read(key) {
      const file = fileOf(key);
      return file === undefined ? undefined : readFile(file).catch(absent);
    },

    async delete(key) {
      const file = fileOf(key);
      if (file) await rm(file, { force: true });
    },

    async list() {
      const files = await Promise.all((await readdir(folder)).map((name) => describe(folder, name)));
      return files.filter((file) => file !== undefined);
    },

    async remove(name) {
      if (isOurs(name)) await rm(join(folder, name), { force: true });
    },
  };
}

/** Appears under its name whole and on disk, or not at all. */
async function writeDurably(folder: string, name: string, bytes: Buffer): Promise<void> {
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

async function describe(folder: string, name: string): Promise<StoredFile | undefined> {
  if (!isOurs(name)) return undefined;
  const found = await stat(join(folder, name)).catch(absent);
  return found && { name, key: name.endsWith(ENDING) ? name.slice(0, -ENDING.length) : undefined, modifiedAt: found.mtimeMs };
}

/** Whatever else somebody put into the folder is left alone. */
function isOurs(name: string): boolean {
  const whole = name.endsWith(UNFINISHED) ? name.slice(0, -UNFINISHED.length) : name;
  return whole.endsWith(ENDING) && KEY.test(whole.slice(0, -ENDING.length));
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function isDiskFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
