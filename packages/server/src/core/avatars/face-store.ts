import type { FacePreviews } from './face-builder.ts';
import type { StoredFile } from './image-store.ts';

/** Where built faces and their previews are kept; each under a key that nobody can guess. */
export interface FaceStore {
  /** Durable when it resolves, as are previews. Refuses with `storage-full`. */
  saveAsset(asset: Uint8Array): Promise<string>;
  /** The file of an asset, for those who render it. */
  assetFile(key: string): string;
  readAsset(key: string): Promise<Buffer | undefined>;
  savePreviews(previews: FacePreviews): Promise<string>;
  readPreview(key: string, kind: keyof FacePreviews): Promise<Buffer | undefined>;
  /** Removes what is kept under a key. Safe to call twice. */
  delete(key: string): Promise<void>;
  list(): Promise<StoredFile[]>;
  /** Removes a file that `list` has named. */
  remove(name: string): Promise<void>;
}
