/** A model of the catalogue as it stands on this machine. Sizes are bytes, times seconds. */
export interface LocalModel {
  name: string;
  task: string;
  title: string;
  licence: { name: string; url: string };
  languages: readonly string[];
  size_bytes: number;
  state: 'absent' | 'queued' | 'downloading' | 'verifying' | 'ready' | 'failed';
  progress: number;
  received_bytes: number;
  bytes_per_second: number;
  seconds_left?: number;
  error?: string;
}

/** The models that can run on this machine. */
export interface ModelLibrary {
  list(): LocalModel[];
  /** Undefined for a name that the catalogue does not have. */
  find(name: string): LocalModel | undefined;
  /** Begins to fetch a model, if it is not here or on its way. */
  pull(name: string): void;
  remove(name: string): Promise<void>;
  /** The model that answers now, or that is being brought for it. */
  inUse(): string | undefined;
}
