import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

/** The folder that holds everything a server keeps. */
export interface DataFolder {
  path: string;
  database: string;
  /** The server's secret, made at the first start. */
  secret(): Promise<string>;
  /** Lets another server use the folder. */
  unlock(): void;
}

/** Thrown where another server uses the folder. */
export class DataFolderInUseError extends Error {
  override readonly name = 'DataFolderInUseError';
}

/**
 * Makes and locks the data folder. The lock is SQLite's own on an empty database: the operating system drops it with
 * the process, however that ends.
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  await mkdir(path, { recursive: true });
  await access(path, constants.W_OK | constants.X_OK);
  const lock = new Sqlite(join(path, 'server.lock'), { timeout: 0 });
  try {
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') throw new DataFolderInUseError(path);
    throw error;
  }
  return {
    path,
    database: join(path, 'visavis.db'),
    secret: () => readOrMakeSecret(join(path, 'secret.key')),
    unlock: () => lock.close(),
  };
}

/** A file that appears with its whole content: a full disk or a crash leaves no half of a secret behind. */
async function readOrMakeSecret(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const secret = randomBytes(32).toString('base64url');
  const unfinished = `${file}.new`;
  const handle = await open(unfinished, 'w', 0o600);
  try {
    await handle.writeFile(`${secret}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, file);
  return secret;
}
