/** A model of the catalogue as it stands on this machine. Sizes are bytes, times seconds. */
export interface LocalModel {
  name: string;
  task: string;
  title: string;
  licence: { name: string; url: string };
  languages: readonly string[];
  /** What must be fetched for it; once it is ready, what it occupies (less, if a file was made from a larger one). */
  size_bytes: number;
  state: 'absent' | 'queued' | 'downloading' | 'verifying' | 'ready' | 'failed';
  /** 0..1 */
  progress: number;
  received_bytes: number;
  bytes_per_second: number;
  /** Unknown until a speed is known. */
  seconds_left?: number;
  /** Why the last attempt failed, and what to do. */
  error?: string;
}

/** The models that can run on this machine. */
export interface ModelLibrary {
  list(): LocalModel[];
  /** Undefined for a name that the catalogue does not have. */
  find(name: string): LocalModel | undefined;
  /** Begins to fetch a model, if it is not here or on its way. */
  pull(name: string): void;
  /** Reads the model's files again, some seconds a GB; gives what is wrong, one text a file. What is wrong counts as absent from then on. */
  verify(name: string, signal: AbortSignal): Promise<string[]>;
  remove(name: string): Promise<void>;
  /** The models that answer now, or that are being brought for it. */
  inUse(): readonly string[];
}
