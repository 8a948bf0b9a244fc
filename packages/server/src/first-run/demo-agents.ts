import { createAgent } from '../core/agents/manage-agents.ts';
import type { Stores } from '../core/stores.ts';
import { type BuiltInAvatarDeps, insertBuiltIn } from './built-in-avatars.ts';
import { builtInCharacters } from './built-in-characters.ts';
import { DEMO_AGENTS } from './demo-agent-texts.ts';

/**
 * Makes `ownerId`'s demo agents and their built-in avatars, which belong to the system user and are public. Happens once in
 * the life of a database: the built-in avatars are the mark, which no user can delete, so agents that somebody has deleted
 * stay deleted. False where it was done before.
 */
export async function createDemoAgents(
  { storage, images, drawCharacter, now }: BuiltInAvatarDeps,
  ownerId: number,
): Promise<boolean> {
  if (await alreadyMade(storage.read)) return false;

  const drawn = await Promise.all(
    DEMO_AGENTS.map(async ({ character, agent }) => {
      const known = builtInCharacters().find(({ name }) => name === character);
      if (!known) throw new Error(`There is no character "${character}"`);
      return { agent, character: known, image: await images.save(await drawCharacter(character)) };
    }),
  );
  const forgetImages = () => Promise.all(drawn.map(({ image }) => images.delete(image.key).catch(() => undefined)));
  const made = await storage
    .write(async (stores) => {
      if (await alreadyMade(stores)) return false;
      for (const { character, agent, image } of drawn) {
        const { id } = await insertBuiltIn({ stores, now }, character, image.key);
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
