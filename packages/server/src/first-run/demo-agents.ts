import { createAgent } from '../core/agents/manage-agents.ts';
import type { ImageStore } from '../core/avatars/image-store.ts';
import { createAvatarOfImage } from '../core/avatars/manage-avatars.ts';
import type { Now } from '../core/clock.ts';
import type { Storage } from '../core/stores.ts';
import { DEMO_AGENTS } from './demo-agent-texts.ts';
import { drawPortrait } from './portraits.ts';

/**
 * Makes the built-in avatars, which belong to the system user and are public, and `ownerId`'s demo agents. Happens once in
 * the life of a database: the system user is the mark, so what somebody has deleted stays deleted. False where it was done before.
 */
export async function createDemoAgents(
  deps: { storage: Storage; images: ImageStore; now: Now },
  ownerId: number,
): Promise<boolean> {
  const { storage, images, now } = deps;
  if (await storage.read.users.findByRole('system')) return false;

  const drawn = await Promise.all(
    DEMO_AGENTS.map(async (demo) => ({ ...demo, image: await images.save(await drawPortrait(demo.avatar.portrait)) })),
  );
  const forgetImages = () => Promise.all(drawn.map(({ image }) => images.delete(image.key).catch(() => undefined)));
  const made = await storage
    .write(async (stores) => {
      if (await stores.users.findByRole('system')) return false;
      const system = await stores.users.insert({ role: 'system', email: null, name: 'Visavis', limits: {} }, now());
      for (const { avatar, agent, image } of drawn) {
        const { name, voiceId } = avatar;
        const naming = { name, voiceId, consent: true, imageKey: image.key, isPublic: true };
        const { id } = await createAvatarOfImage({ stores, now }, system.id, naming);
        await createAgent({ stores, now }, ownerId, { ...agent, avatarId: id, language: 'en', properties: null, memories: null });
      }
      return true;
    })
    .catch(async (error: unknown) => {
      // Where several servers share a database, another one may have been first: there is one system user only.
      if (await storage.read.users.findByRole('system')) return false;
      await forgetImages();
      throw error;
    });
  if (!made) await forgetImages();
  return made;
}
