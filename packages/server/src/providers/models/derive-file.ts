import { rm } from 'node:fs/promises';
import { type CatalogueFile, type Derivation, originalsOf } from './catalogue.ts';
import { convertCt2Whisper } from './ct2-whisper-to-onnx.ts';
import { dropGgufTensor } from './drop-gguf-tensor.ts';
import { describe, ModelError } from './model-error.ts';
import { hashFile } from './model-files.ts';

export interface DeriveJob {
  /** What is to be made. */
  file: CatalogueFile & { derived: Derivation };
  /** Where an original is. */
  pathOf(original: CatalogueFile): string;
  /** Where it is made. Whatever lies there is overwritten; nothing is left there if this fails. */
  partPath: string;
  signal: AbortSignal;
  /** How many bytes are made. */
  onBytes(made: number): void;
}

/**
 * Makes a file of the catalogue from its originals, which must have been verified, and verifies the result by its own sha256.
 * @throws ModelError `wrong-bytes`, the file system's error, or the signal's reason.
 */
export async function deriveFile(job: DeriveJob): Promise<void> {
  const { file, partPath, signal } = job;
  try {
    await followRecipe(job);
    const sha256 = await hashFile(partPath, signal);
    if (sha256 !== file.sha256) throw new ModelError('wrong-bytes', 'the result is not that of the catalogue (sha256 differs)');
  } catch (error) {
    await rm(partPath, { force: true });
    signal.throwIfAborted();
    if (!(error instanceof ModelError)) throw error;
    const originals = originalsOf(file).map(job.pathOf).join(' and ');
    const problem = `${file.path} could not be made from ${originals}: ${describe(error)}`;
    throw new ModelError(error.code, problem, { cause: error });
  }
}

function followRecipe({ file, pathOf, partPath, signal, onBytes }: DeriveJob): Promise<void> {
  const { derived } = file;
  switch (derived.recipe) {
    case 'drop-gguf-tensor':
      return dropGgufTensor(derived.tensor, pathOf(derived.from.model), partPath, { signal, onBytes });
    case 'ct2-whisper-to-onnx':
      return convertCt2Whisper(pathOf(derived.from.model), partPath, derived, { signal, onBytes });
  }
}
