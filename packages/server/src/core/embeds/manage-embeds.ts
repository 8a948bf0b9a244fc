import { randomSecret } from '../access/secrets.ts';
import type { Now } from '../clock.ts';
import { AppError } from '../errors.ts';
import { type EndDeps, endSession } from '../sessions/end-session.ts';
import type { Stores } from '../stores.ts';
import type { Embed, EmbedChanges, NewEmbed } from './embed.ts';

interface EmbedDeps {
  stores: Pick<Stores, 'agents' | 'embeds'>;
  now: Now;
}

/** Makes an embed of an active agent of the user; 404 where there is none. */
export async function createEmbed(deps: EmbedDeps, userId: number, wish: Omit<NewEmbed, 'publicId'>): Promise<Embed> {
  const agent = await deps.stores.agents.find(userId, wish.agentId);
  if (agent?.status !== 'active') throw new AppError('agent-not-accessible');
  return deps.stores.embeds.insert(userId, { ...wish, publicId: `emb_${randomSecret(22)}` }, deps.now());
}

/** Changes only what is given. Sessions that are live go on, from now on on the pages that are allowed now. */
export async function updateEmbed(deps: EmbedDeps, userId: number, publicId: string, changes: EmbedChanges): Promise<Embed> {
  if (Object.keys(changes).length === 0) throw new AppError('nothing-to-update');
  await deps.stores.embeds.update(userId, publicId, changes, deps.now());
  const embed = await deps.stores.embeds.find(userId, publicId);
  if (!embed) throw new AppError('embed-not-found');
  return embed;
}

/** Deletes an embed and ends its live sessions; ended ones stay. */
export async function deleteEmbed(deps: EndDeps, userId: number, publicId: string): Promise<void> {
  if (!(await deps.storage.write((stores) => stores.embeds.delete(userId, publicId)))) throw new AppError('embed-not-found');
  const live = await deps.storage.read.sessions.allLive();
  const ofEmbed = live.filter((session) => session.embedId === publicId);
  await Promise.all(ofEmbed.map((session) => endSession(deps, session.userId, session.id, { reason: 'ended-by-client' })));
}
