import { type Caller, requireAdministrator } from '../access/caller.ts';
import type { Now } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Storage, Stores } from '../stores.ts';
import type { Avatar, AvatarChanges } from './avatar.ts';
import { absoluteAvatarUrl, storedImageUrl } from './avatar-url.ts';
import type { FaceStore } from './face-store.ts';
import type { ImageStore } from './image-store.ts';

type Naming = Pick<Avatar, 'name' | 'voiceId' | 'consent'>;

/** What a caller may change; an omitted field stays as it is. */
export type AvatarEdits = Partial<Naming & Pick<Avatar, 'url' | 'isFavorite' | 'isPublic' | 'takeLargest'>>;

/** Makes an avatar of a remote picture, which is fetched afterwards. */
export function createAvatar(
  deps: { stores: Pick<Stores, 'avatars'>; now: Now },
  userId: number,
  avatar: Naming & { url: string },
): Promise<Avatar> {
  const { name, voiceId, consent, url } = avatar;
  const kept = { name, voiceId, consent, isFavorite: false, isPublic: false, url, imageKey: null, ...TO_BE_BUILT };
  return deps.stores.avatars.insert(userId, kept, deps.now());
}

/** Makes an avatar of an image that is stored already. */
export function createAvatarOfImage(
  deps: { stores: Pick<Stores, 'avatars'>; now: Now },
  userId: number,
  avatar: Naming & { imageKey: string; isPublic?: boolean; takeLargest?: boolean; character?: string },
): Promise<Avatar> {
  const { name, voiceId, consent, imageKey, isPublic = false, takeLargest = false, character = null } = avatar;
  const picture = { url: storedImageUrl(imageKey), imageKey, takeLargest, character, ...TO_BE_BUILT };
  return deps.stores.avatars.insert(userId, { name, voiceId, consent, isFavorite: false, isPublic, ...picture }, deps.now());
}

/** Changes only what is given. A new picture takes the old one's files and its consent with it. */
export async function updateAvatar(
  deps: { storage: Storage; images: ImageStore; faces: FaceStore; now: Now; publicUrl: string },
  caller: Caller,
  id: number,
  edits: AvatarEdits,
): Promise<void> {
  if (Object.keys(edits).length === 0) throw new AppError('nothing-to-update');
  const userId = caller.user.id;
  const dropped = await deps.storage.write(async ({ avatars }) => {
    const avatar = await avatars.find(userId, id);
    if (!avatar) throw new AppError('avatar-not-found');
    if (edits.isPublic !== undefined) requireAdministrator(caller);
    const changes = changesOf(avatar, edits, deps.publicUrl);
    await avatars.update(userId, id, changes, deps.now());
    if (edits.isPublic === false && avatar.isPublic) await avatars.takeFromOthers(userId, id);
    return {
      imageKey: changes.imageKey === null ? avatar.imageKey : null,
      assetKey: changes.assetKey === null ? avatar.assetKey : null,
      previewKey: changes.previewKey === null ? avatar.previewKey : null,
    };
  });
  await forgetImage(deps.images, dropped.imageKey);
  await forgetFaces(deps.faces, dropped);
}

/** Deletes an avatar and everything that is stored of it; agents that use it lose the reference. */
export async function deleteAvatar(
  deps: { storage: Storage; images: ImageStore; faces: FaceStore },
  userId: number,
  id: number,
): Promise<void> {
  const deleted = await deps.storage.write(({ avatars }) => avatars.delete(userId, id));
  if (!deleted) throw new AppError('avatar-not-found');
  await forgetImage(deps.images, deleted.imageKey);
  await forgetFaces(deps.faces, deleted);
}

/** After the commit. A file that cannot be removed now is an orphan that the sweep at the next start takes. */
export async function forgetFaces(faces: FaceStore, dropped: Pick<Avatar, 'assetKey' | 'previewKey'>): Promise<void> {
  for (const key of [dropped.assetKey, dropped.previewKey]) {
    if (key !== null) await faces.delete(key).catch(() => undefined);
  }
}

async function forgetImage(images: ImageStore, key: string | null): Promise<void> {
  if (key !== null) await images.delete(key).catch(() => undefined);
}

const TO_BE_BUILT = { status: 'building', reason: null, assetKey: null, assetVersion: null, previewKey: null } as const;

function changesOf(avatar: Avatar, { url, ...edits }: AvatarEdits, publicUrl: string): AvatarChanges {
  // A client that sends back what it has read keeps the stored image.
  if (url !== undefined && url !== absoluteAvatarUrl(publicUrl, avatar.url)) {
    return { consent: false, takeLargest: false, ...edits, url, imageKey: null, ...TO_BE_BUILT };
  }
  // Another choice among several people is another face. An address that is sent again is tried again.
  const otherFace = edits.takeLargest !== undefined && edits.takeLargest !== avatar.takeLargest;
  if (otherFace || (url !== undefined && avatar.status === 'failed')) return { ...edits, ...TO_BE_BUILT };
  // Whoever drew the face knows the address of its file: it is built anew under another one.
  return edits.consent === false && avatar.consent ? { ...edits, ...TO_BE_BUILT } : edits;
}
