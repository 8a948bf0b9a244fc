import { rm } from 'node:fs/promises';
import type { CatalogueFile } from './catalogue.ts';
import { dropGgufTensor } from './drop-gguf-tensor.ts';
import { describe, ModelError } from './model-error.ts';
import { hashFile } from './model-files.ts';

export interface DeriveJob {
  /** What is to be made. */
  file: CatalogueFile;
  dropTensor: string;
  originalPath: string;
  /** Where it is made. Whatever lies there is overwritten; nothing is left there if this fails. */
  partPath: string;
  signal: AbortSignal;
  /** How many bytes are made. */
  onBytes(made: number): void;
}

/**
 * Makes a file of the catalogue from its original, which must have been verified, and verifies the result by its own sha256.
 * @throws ModelError `wrong-bytes`, the file system's error, or the signal's reason.
 */
export async function deriveFile(job: DeriveJob): Promise<void> {
  const { file, partPath, signal } = job;
  try {
    await dropGgufTensor(job.dropTensor, job.originalPath, partPath, { signal, onBytes: job.onBytes });
    const sha256 = await hashFile(partPath, signal);
    if (sha256 !== file.sha256) throw new ModelError('wrong-bytes', 'the result is not that of the catalogue (sha256 differs)');
  } catch (error) {
    await rm(partPath, { force: true });
    signal.throwIfAborted();
    if (!(error instanceof ModelError)) throw error;
    const problem = `${file.path} could not be made from ${job.originalPath}: ${describe(error)}`;
    throw new ModelError(error.code, problem, { cause: error });
  }
}
