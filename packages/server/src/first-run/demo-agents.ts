import { createAgent } from '../core/agents/manage-agents.ts';
import type { ImageStore } from '../core/avatars/image-store.ts';
import { createAvatarOfImage } from '../core/avatars/manage-avatars.ts';
import type { Now } from '../core/clock.ts';
import type { Storage, Stores } from '../core/stores.ts';
import { DEMO_AGENTS } from './demo-agent-texts.ts';
import { drawPortrait } from './portraits.ts';

/**
 * Makes the built-in avatars, which belong to the system user and are public, and `ownerId`'s demo agents. Happens once in
 * the life of a database: the built-in avatars are the mark, which no user can delete, so agents that somebody has deleted
 * stay deleted. False where it was done before.
 */
export async function createDemoAgents(
  deps: { storage: Storage; images: ImageStore; now: Now },
  ownerId: number,
): Promise<boolean> {
  const { storage, images, now } = deps;
  if (await alreadyMade(storage.read)) return false;

  const drawn = await Promise.all(
    DEMO_AGENTS.map(async (demo) => ({ ...demo, image: await images.save(await drawPortrait(demo.avatar.portrait)) })),
  );
  const forgetImages = () => Promise.all(drawn.map(({ image }) => images.delete(image.key).catch(() => undefined)));
  const made = await storage
    .write(async (stores) => {
      if (await alreadyMade(stores)) return false;
      const known = await stores.users.findByRole('system');
      const system = known ?? (await stores.users.insert({ role: 'system', email: null, name: 'Visavis', limits: {} }, now()));
      for (const { avatar, agent, image } of drawn) {
        const { name, voiceId } = avatar;
        const naming = { name, voiceId, consent: true, imageKey: image.key, isPublic: true };
        const { id } = await createAvatarOfImage({ stores, now }, system.id, naming);
        await createAgent({ stores, now }, ownerId, { ...agent, avatarId: id, language: 'en', properties: null, memories: null });
      }
      return true;
    })
    .catch(async (error: unknown) => {
      await forgetImages();
      throw error;
    });
  if (!made) await forgetImages();
  return made;
}

async function alreadyMade(stores: Pick<Stores, 'users' | 'avatars'>): Promise<boolean> {
  const system = await stores.users.findByRole('system');
  return system !== undefined && (await stores.avatars.list(system.id, { limit: 1 })).length > 0;
}
