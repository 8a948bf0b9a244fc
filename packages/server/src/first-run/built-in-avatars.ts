import type { Avatar } from '../core/avatars/avatar.ts';
import { storedImageUrl } from '../core/avatars/avatar-url.ts';
import type { ImageStore } from '../core/avatars/image-store.ts';
import { createAvatarOfImage } from '../core/avatars/manage-avatars.ts';
import type { Now } from '../core/clock.ts';
import type { Storage, Stores } from '../core/stores.ts';
import { type BuiltInCharacter, builtInCharacters } from './built-in-characters.ts';

export interface BuiltInAvatarDeps {
  storage: Storage;
  images: ImageStore;
  /** Draws a character: a picture of 1024 x 1024 pixels. */
  drawCharacter: (name: string) => Promise<Uint8Array>;
  now: Now;
}

/**
 * Gives the system user a public avatar of every built-in character that has none yet, also in a database that an older version
 * has begun: its avatars, which were pictures only, become characters. Done already, it does nothing. Gives how many were made.
 */
export async function completeBuiltInAvatars(deps: BuiltInAvatarDeps, signal: AbortSignal): Promise<number> {
  let made = 0;
  for (const character of builtInCharacters()) {
    signal.throwIfAborted();
    if (await completeOne(deps, character)) made += 1;
  }
  return made;
}

async function completeOne(deps: BuiltInAvatarDeps, character: BuiltInCharacter): Promise<boolean> {
  const { storage, images, now } = deps;
  if ((await findBuiltIn(storage.read, character.name))?.character) return false;
  const image = await images.save(await deps.drawCharacter(character.name));
  const result = await storage
    .write(async (stores): Promise<{ dropped: string | null } | undefined> => {
      const known = await findBuiltIn(stores, character.name);
      if (known?.character) return undefined;
      if (known) {
        const face = { status: 'building', reason: null, assetKey: null, assetVersion: null, previewKey: null } as const;
        const picture = { url: storedImageUrl(image.key), imageKey: image.key, character: character.name };
        await stores.avatars.update(known.userId, known.id, { ...picture, ...face }, now());
        return { dropped: known.imageKey };
      }
      await insertBuiltIn({ stores, now }, character, image.key);
      return { dropped: null };
    })
    .catch(async (error: unknown) => {
      await images.delete(image.key).catch(() => undefined);
      throw error;
    });
  // Another process was faster, or the picture of before has nobody any more.
  const unused = result ? result.dropped : image.key;
  if (unused !== null) await images.delete(unused).catch(() => undefined);
  return result !== undefined;
}

/** Makes the avatar of a character, and its owner where that is the first. */
export async function insertBuiltIn(
  { stores, now }: { stores: Pick<Stores, 'users' | 'avatars'>; now: Now },
  { name, voiceId }: BuiltInCharacter,
  imageKey: string,
): Promise<Avatar> {
  const known = await stores.users.findByRole('system');
  const system = known ?? (await stores.users.insert({ role: 'system', email: null, name: 'Visavis', limits: {} }, now()));
  const naming = { name, voiceId, consent: true, imageKey, isPublic: true, character: name };
  return createAvatarOfImage({ stores, now }, system.id, naming);
}

async function findBuiltIn(stores: Pick<Stores, 'users' | 'avatars'>, name: string): Promise<Avatar | undefined> {
  const system = await stores.users.findByRole('system');
  if (!system) return undefined;
  const avatars = await stores.avatars.list(system.id, { limit: 1_000 });
  return (
    avatars.find((avatar) => avatar.character === name) ?? avatars.find((avatar) => !avatar.character && avatar.name === name)
  );
}
