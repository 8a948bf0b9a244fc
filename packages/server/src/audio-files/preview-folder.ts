import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import type { PreviewStore } from '../core/voices/voice-previews.ts';

/** Nothing else becomes, or is, the name of a file here. */
const NAME = /^[a-z0-9-]{1,100}\.wav$/;

/** Previews as files in a folder, which is made when there is something to put into it. */
export function openPreviewFolder(folder: string): PreviewStore {
  const fileOf = (name: string) => {
    if (!NAME.test(name)) throw new Error('This is no name of a preview');
    return join(folder, name);
  };
  return {
    read: (name) => readFile(fileOf(name)).catch(absent),

    async write(name, bytes) {
      const file = fileOf(name);
      await mkdir(folder, { recursive: true });
      const unfinished = `${file}.${randomUUID()}.part`;
      try {
        const handle = await open(unfinished, 'wx', 0o644);
        try {
          await handle.writeFile(bytes);
          await handle.sync();
        } finally {
          await handle.close();
        }
        // Whole under its name, or not at all.
        await rename(unfinished, file);
      } catch (error) {
        await rm(unfinished, { force: true }).catch(() => undefined);
        throw isDiskFull(error) ? new AppError('storage-full', undefined, { cause: error }) : error;
      }
    },

    list: async () => ((await readdir(folder).catch(absent)) ?? []).filter((name) => NAME.test(name)),
    remove: (name) => rm(fileOf(name), { force: true }),
  };
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function isDiskFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
