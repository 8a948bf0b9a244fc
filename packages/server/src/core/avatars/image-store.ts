/** A picture as it is kept: upright, without metadata, in the one format that is served. */
export interface StoredImage {
  /** Unguessable; the only thing that leads to the file. */
  key: string;
  width: number;
  height: number;
}

/** A file of the store, also one that a crash has left half written. */
export interface StoredFile {
  name: string;
  /** Undefined where the file is no whole image. */
  key: string | undefined;
  /** Milliseconds since 1970. */
  modifiedAt: number;
}

/** Where the pictures of avatars and backgrounds are kept. */
export interface ImageStore {
  /**
   * Reads, cleans and keeps a picture that somebody sent; durable when it resolves.
   * Refuses with `unsupported-image`, `too-large`, `storage-full` or `server-busy`.
   */
  save(bytes: Uint8Array): Promise<StoredImage>;
  /** The file's bytes (WebP); undefined where there is none. */
  read(key: string): Promise<Buffer | undefined>;
  /** Where that file is; undefined for what is no key. */
  fileOf(key: string): string | undefined;
  /** Safe to call twice. */
  delete(key: string): Promise<void>;
  list(): Promise<StoredFile[]>;
  /** Removes a file that `list` has named. */
  remove(name: string): Promise<void>;
}
