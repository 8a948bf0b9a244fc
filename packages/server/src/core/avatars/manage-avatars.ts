import { type Caller, requireAdministrator } from '../access/caller.ts';
import type { Now } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Storage, Stores } from '../stores.ts';
import type { Avatar, AvatarChanges } from './avatar.ts';
import { absoluteAvatarUrl, storedImageUrl } from './avatar-url.ts';
import type { ImageStore } from './image-store.ts';

type Naming = Pick<Avatar, 'name' | 'voiceId' | 'consent'>;

/** What a caller may change; an omitted field stays as it is. */
export type AvatarEdits = Partial<Naming & Pick<Avatar, 'url' | 'isFavorite' | 'isPublic'>>;

/** Makes an avatar of a remote picture, which is not fetched. */
export function createAvatar(
  deps: { stores: Pick<Stores, 'avatars'>; now: Now },
  userId: number,
  avatar: Naming & { url: string },
): Promise<Avatar> {
  const { name, voiceId, consent, url } = avatar;
  const kept = { name, voiceId, consent, isFavorite: false, isPublic: false, ...remotePicture(url) };
  return deps.stores.avatars.insert(userId, kept, deps.now());
}

/** Makes an avatar of an image that is stored already. */
export function createAvatarOfImage(
  deps: { stores: Pick<Stores, 'avatars'>; now: Now },
  userId: number,
  avatar: Naming & { imageKey: string; isPublic?: boolean },
): Promise<Avatar> {
  const { name, voiceId, consent, imageKey, isPublic = false } = avatar;
  const kept = { name, voiceId, consent, isFavorite: false, isPublic, ...storedPicture(imageKey) };
  return deps.stores.avatars.insert(userId, kept, deps.now());
}

/** Changes only what is given. A new picture takes the old one's file and its consent with it. */
export async function updateAvatar(
  deps: { storage: Storage; images: ImageStore; now: Now; publicUrl: string },
  caller: Caller,
  id: number,
  edits: AvatarEdits,
): Promise<void> {
  if (Object.keys(edits).length === 0) throw new AppError('nothing-to-update');
  const userId = caller.user.id;
  const droppedKey = await deps.storage.write(async ({ avatars }) => {
    const avatar = await avatars.find(userId, id);
    if (!avatar) throw new AppError('avatar-not-found');
    if (edits.isPublic !== undefined) requireAdministrator(caller);
    const { url, ...same } = edits;
    // A client that sends back what it has read keeps the stored image.
    const samePicture = url === undefined || url === absoluteAvatarUrl(deps.publicUrl, avatar.url);
    const changes: AvatarChanges = samePicture ? same : { consent: false, ...same, ...remotePicture(url) };
    await avatars.update(userId, id, changes, deps.now());
    if (edits.isPublic === false && avatar.isPublic) await avatars.takeFromOthers(userId, id);
    return samePicture ? null : avatar.imageKey;
  });
  await forgetImage(deps.images, droppedKey);
}

/** Deletes an avatar and its stored image; agents that use it lose the reference. */
export async function deleteAvatar(deps: { storage: Storage; images: ImageStore }, userId: number, id: number): Promise<void> {
  const deleted = await deps.storage.write(({ avatars }) => avatars.delete(userId, id));
  if (!deleted) throw new AppError('avatar-not-found');
  await forgetImage(deps.images, deleted.imageKey);
}

/** After the commit. A file that cannot be removed now is an orphan that the sweep at the next start takes. */
async function forgetImage(images: ImageStore, key: string | null): Promise<void> {
  if (key !== null) await images.delete(key).catch(() => undefined);
}

/** Nothing is known of a picture that was not fetched, least of all that it is one. */
function remotePicture(url: string) {
  return { url, imageKey: null, status: 'building', reason: 'not-fetched' } as const;
}

function storedPicture(imageKey: string) {
  return { url: storedImageUrl(imageKey), imageKey, status: 'ready', reason: null } as const;
}
