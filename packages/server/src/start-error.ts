import { UnknownSpeechError } from './providers/local-speech/wanted-models.ts';
import { DataFolderInUseError } from './storage/data-folder.ts';
import { DatabaseUnreachableError } from './storage/postgres.ts';

/** Why the server cannot start, as one line that says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** What a start failed of, in one line, or undefined where it is a bug. */
export function startProblem(error: unknown, where: { dataDir: string; host: string; port: number }): string | undefined {
  if (error instanceof StartError || error instanceof UnknownSpeechError) return error.message;
  if (error instanceof DataFolderInUseError) {
    return `Another server uses the data folder ${where.dataDir}; stop it or set VISAVIS_DATA_DIR to another folder.`;
  }
  if (error instanceof DatabaseUnreachableError) {
    return `The database of DATABASE_URL cannot be reached or refuses the login; check the address, or leave it out to use SQLite.`;
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${where.port} is in use on ${where.host}; stop the other program or set PORT to another one.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${where.host} is no address of this machine; set HOST to 127.0.0.1 or 0.0.0.0.`;
    case 'ENOSPC':
    case 'EDQUOT':
    case 'SQLITE_FULL':
    case 'storage-full':
      return `The disk of ${where.dataDir} is full; free some space or set VISAVIS_DATA_DIR to a folder elsewhere.`;
    case 'EACCES':
    case 'EEXIST':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_READONLY':
      if (error instanceof Error && 'syscall' in error && error.syscall === 'listen') {
        return `Port ${where.port} needs more rights than this user has; set PORT to 1024 or above.`;
      }
      return `The data folder ${where.dataDir} cannot be written; change its rights or set VISAVIS_DATA_DIR to another folder.`;
    case 'SQLITE_NOTADB':
    case 'SQLITE_CORRUPT':
      return `The database in ${where.dataDir} is damaged or no database; restore it from a copy or set VISAVIS_DATA_DIR to another folder.`;
    default:
      return undefined;
  }
}
