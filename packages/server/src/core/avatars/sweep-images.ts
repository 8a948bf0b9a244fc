import type { Now } from '../clock.ts';
import type { Stores } from '../stores.ts';
import type { ImageStore } from './image-store.ts';

/** Younger files may belong to an upload that another process has not committed yet. */
const YOUNGEST_ORPHAN_MS = 60 * 60 * 1000;

/** Removes images that no avatar has: what a crash between file and row has left, and those of deleted users. Gives their number. */
export async function sweepImages(deps: { stores: Pick<Stores, 'avatars'>; images: ImageStore; now: Now }): Promise<number> {
  // The files first: an image that is committed meanwhile is in the keys then.
  const files = await deps.images.list();
  const used = new Set(await deps.stores.avatars.imageKeys());
  const oldest = deps.now() - YOUNGEST_ORPHAN_MS;
  const orphans = files.filter((file) => file.modifiedAt < oldest && (file.key === undefined || !used.has(file.key)));
  for (const orphan of orphans) await deps.images.remove(orphan.name);
  return orphans.length;
}
