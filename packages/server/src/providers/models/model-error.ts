/** What went wrong with a model's files, for a program to tell apart; the message is for people and says what to do. */
export type ModelErrorCode =
  | 'unknown-model'
  | 'no-source'
  | 'source-failed'
  | 'wrong-bytes'
  | 'disk-full'
  | 'folder-unwritable'
  | 'model-busy'
  | 'lock-lost';

/** A problem with a model's files. */
export class ModelError extends Error {
  readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ModelError';
    this.code = code;
  }
}

/** The `code` of a Node error (`ENOSPC`, `ECONNREFUSED`), also of the cause it wraps. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return systemCode(error.cause);
}

/** What a program means that says its disk is full; `explainDiskError` says it to people. */
export function diskFullError(program: string): Error {
  return Object.assign(new Error(`${program}: no space left`), { code: 'ENOSPC' });
}

const FULL = ['ENOSPC', 'EDQUOT'];
const UNWRITABLE = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ENAMETOOLONG'];

/** Turns an error of the file system into one that says what to do; anything else is returned as it is. */
export function explainDiskError(error: unknown, modelsDir: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  if (FULL.includes(code)) return diskFull(modelsDir, undefined, error);
  if (!UNWRITABLE.includes(code)) return error;
  return new ModelError(
    'folder-unwritable',
    `Cannot write to the models folder ${modelsDir} (${code}): make it writable, or set VISAVIS_MODELS_DIR to another folder`,
    { cause: error },
  );
}

/** The error for a disk without room; `missingBytes` if it is known how much is missing. */
export function diskFull(modelsDir: string, missingBytes?: number, cause?: unknown): ModelError {
  const much = missingBytes === undefined ? '' : `: ${Math.ceil(missingBytes / 1e6)} MB more are needed`;
  return new ModelError(
    'disk-full',
    `The disk of the models folder ${modelsDir} is full${much}; free some space, or set VISAVIS_MODELS_DIR to a folder on another disk`,
    { cause },
  );
}

/** An error's message with that of its cause, on one line. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? describe(error.cause) : '';
  return (cause && !error.message.includes(cause) ? `${error.message}: ${cause}` : error.message).replace(/\s*\n\s*/g, '; ');
}
