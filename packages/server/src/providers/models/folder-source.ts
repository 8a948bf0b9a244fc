import { constants } from 'node:fs';
import { copyFile, link, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogueFile } from './catalogue.ts';
import { hashFile } from './model-files.ts';

/** How deep a folder of the user is searched. */
const DEPTH = 4;

/**
 * Looks in folders the user names for a file with the right content, whatever it is called, and puts it at `target`:
 * as a hard link where that works, else as a copy. Folders that cannot be read are passed over.
 */
export async function takeFromFolders(
  folders: readonly string[],
  file: CatalogueFile,
  target: string,
  signal: AbortSignal,
): Promise<boolean> {
  for (const folder of folders) {
    for await (const candidate of filesOfSize(folder, file.size, DEPTH)) {
      signal.throwIfAborted();
      const sha256 = await hashFile(candidate, signal).catch(() => undefined);
      if (sha256 !== file.sha256) continue;
      await rm(target, { force: true });
      // Not across file systems, and not everywhere allowed: then the bytes are copied.
      await link(candidate, target).catch(() => copyFile(candidate, target, constants.COPYFILE_FICLONE));
      return true;
    }
  }
  signal.throwIfAborted();
  return false;
}

async function* filesOfSize(folder: string, size: number, depth: number): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    const found = await stat(path).catch(() => undefined); // Follows links.
    if (found?.isFile() && found.size === size) yield path;
    if (entry.isDirectory() && depth > 1) yield* filesOfSize(path, size, depth - 1);
  }
}
