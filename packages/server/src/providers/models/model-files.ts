import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, type Stats, statSync } from 'node:fs';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { CatalogueEntry, CatalogueFile } from './catalogue.ts';

/** What was found out about a file when it was last hashed. */
const Records = z.record(z.string(), z.object({ size: z.number(), mtimeMs: z.number(), sha256: z.string() }));
type Records = z.infer<typeof Records>;

/** Where a model's files are inside the models folder. */
export function folderOf(modelsDir: string, name: string): string {
  return join(modelsDir, name);
}

/** Where one file of a model is. */
export function pathOf(modelsDir: string, name: string, file: CatalogueFile): string {
  return join(folderOf(modelsDir, name), ...file.path.split('/'));
}

/** What has been received of a file so far. */
export function partOf(path: string): string {
  return `${path}.part`;
}

/** The sidecar that remembers which files were verified, so that a later start need not hash them again. */
function recordsPath(modelsDir: string, name: string): string {
  return join(folderOf(modelsDir, name), '.verified.json');
}

function readRecords(modelsDir: string, name: string): Records {
  try {
    const parsed = Records.safeParse(JSON.parse(readFileSync(recordsPath(modelsDir, name), 'utf8')));
    return parsed.success ? parsed.data : {};
  } catch {
    return {}; // Absent or damaged: the files are hashed again.
  }
}

/** A file's metadata, unless it is not there or cannot be reached. */
function metadata(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // A part of the path is no folder, or closed to us; writing will say so.
  }
}

/** Size of a file in bytes; 0 if there is none. */
export function sizeOf(path: string): number {
  return metadata(path)?.size ?? 0;
}

/**
 * Whether every file of a model is there and was verified since it last changed (by size and time).
 * Reads metadata only: a fraction of a millisecond, so it may be asked at any time.
 */
export function isVerified(modelsDir: string, entry: CatalogueEntry): boolean {
  const records = readRecords(modelsDir, entry.name);
  return entry.files.every((file) => {
    const found = metadata(pathOf(modelsDir, entry.name, file));
    const known = records[file.path];
    return (
      found !== undefined &&
      known !== undefined &&
      found.size === file.size &&
      known.size === file.size &&
      known.mtimeMs === found.mtimeMs &&
      known.sha256 === file.sha256
    );
  });
}

/** Remembers that a file has just been hashed, with what result. */
export async function recordHash(modelsDir: string, name: string, file: CatalogueFile, sha256: string): Promise<void> {
  const { size, mtimeMs } = await stat(pathOf(modelsDir, name, file));
  const records = { ...readRecords(modelsDir, name), [file.path]: { size, mtimeMs, sha256 } };
  const path = recordsPath(modelsDir, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.${process.pid}.tmp`, `${JSON.stringify(records, null, 2)}\n`);
  await rename(`${path}.${process.pid}.tmp`, path);
}

/** The sha256 of a file in hex. Streams it: 256 KB hash in well under a millisecond, so the event loop stays free. */
export async function hashFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024, signal })) hash.update(chunk);
  return hash.digest('hex');
}
