import type { Now } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { LiveSessions } from '../sessions/live-sessions.ts';
import type { SessionOverview, SessionType } from '../sessions/session.ts';
import { startSession } from '../sessions/start-session.ts';
import type { Storage, Stores } from '../stores.ts';
import { hashSecret, randomSecret } from './secrets.ts';

/** How long a link to the page for trying an agent is good. */
export const TRY_LINK_MS = 15 * 60_000;

/** Whose link it is, and for which agent. */
export interface TryLink {
  userId: number;
  agentId: number;
}

export interface TryLinkStore {
  insert(link: TryLink & { hash: string; expiresAt: number }, now: number): Promise<void>;
  /** Uses the link up: gives it once, and never again; undefined where there is none that is still good. */
  take(hash: string, now: number): Promise<TryLink | undefined>;
  deleteExpired(now: number): Promise<void>;
}

/** A token with which anybody starts one session with the agent. 404 `agent-not-found` for another user's or an archived agent. */
export async function issueTryLink(
  deps: { stores: Pick<Stores, 'agents' | 'tryLinks'>; now: Now },
  userId: number,
  agentId: number,
): Promise<{ token: string; expiresAt: number }> {
  const agent = await deps.stores.agents.find(userId, agentId);
  if (agent?.status !== 'active') throw new AppError('agent-not-found');
  const token = randomSecret(43);
  const now = deps.now();
  const expiresAt = now + TRY_LINK_MS;
  await deps.stores.tryLinks.deleteExpired(now);
  await deps.stores.tryLinks.insert({ userId, agentId, hash: hashSecret(token), expiresAt }, now);
  return { token, expiresAt };
}

/**
 * Exchanges a link's token for a session of its owner. Both are one transaction: a link whose session could not be started is
 * still good. 400 `try-link-invalid` where the token is unknown, used or too old.
 */
export async function exchangeTryLink(
  deps: Pick<LiveSessions, 'defaults' | 'warningsFor'> & { storage: Pick<Storage, 'write'>; now: Now },
  token: string,
  type: SessionType,
): Promise<{ userId: number; session: SessionOverview }> {
  return deps.storage.write(async (stores) => {
    const link = await stores.tryLinks.take(hashSecret(token), deps.now());
    const user = link && (await stores.users.find(link.userId));
    if (!link || !user?.active) throw new AppError('try-link-invalid');
    const wish = { agentId: link.agentId, type, metadata: { source: 'try-link' } };
    const { session } = await startSession({ ...deps, stores }, user, wish);
    return { userId: user.id, session };
  });
}
