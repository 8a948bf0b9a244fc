import type { Now } from '../clock.ts';
import type { Stores } from '../stores.ts';
import type { FaceStore } from './face-store.ts';
import type { ImageStore } from './image-store.ts';

/** Younger files may belong to an upload that another process has not committed yet. */
const YOUNGEST_ORPHAN_MS = 60 * 60 * 1000;

/** Removes images that neither an avatar nor an agent's background has: what a crash between file and row has left, and those of deleted users. Gives their number. */
export function sweepImages(deps: { stores: Pick<Stores, 'avatars' | 'agents'>; images: ImageStore; now: Now }): Promise<number> {
  const { avatars, agents } = deps.stores;
  const usedKeys = async () => [...(await avatars.imageKeys()), ...(await agents.backgroundKeys())];
  return sweep(deps.images, usedKeys, deps.now);
}

/** Removes faces and previews that no avatar has. Gives the number of their files. */
export function sweepFaces(deps: { stores: Pick<Stores, 'avatars'>; faces: FaceStore; now: Now }): Promise<number> {
  return sweep(deps.faces, () => deps.stores.avatars.faceKeys(), deps.now);
}

async function sweep(folder: Pick<ImageStore, 'list' | 'remove'>, usedKeys: () => Promise<string[]>, now: Now): Promise<number> {
  // The files first: what is committed meanwhile is in the keys then.
  const files = await folder.list();
  const used = new Set(await usedKeys());
  const oldest = now() - YOUNGEST_ORPHAN_MS;
  const orphans = files.filter((file) => file.modifiedAt < oldest && (file.key === undefined || !used.has(file.key)));
  for (const orphan of orphans) await folder.remove(orphan.name);
  return orphans.length;
}
