import type { CatalogueFile } from './catalogue.ts';

/** What a source is asked to do: bring `partPath` to the whole file, going on from what is there already. */
export interface FetchJob {
  file: CatalogueFile;
  partPath: string;
  signal: AbortSignal;
  /** How many bytes of the file are there now. */
  onBytes(received: number): void;
}

/**
 * One place a file can come from. Resolves when `partPath` has the file's full length (its content is not checked yet),
 * and tells whether bytes of an earlier attempt are in it. Rejects with `ModelError('source-failed')` when the source cannot
 * give the file, with the file system's error when the disk refuses it, and with the signal's reason when aborted.
 */
export interface FileSource {
  /** How messages name it. */
  title: string;
  fetch(job: FetchJob): Promise<{ resumed: boolean }>;
}
