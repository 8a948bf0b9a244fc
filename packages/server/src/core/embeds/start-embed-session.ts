import type { Agent } from '../agents/agent.ts';
import type { Now } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { LiveSessions } from '../sessions/live-sessions.ts';
import { SESSION_TYPES_BY_EFFORT, type SessionOverview, type SessionType } from '../sessions/session.ts';
import { limitsOf, startSession } from '../sessions/start-session.ts';
import type { Stores } from '../stores.ts';
import type { User } from '../users/user.ts';
import { allowsOrigin } from './allowed-origin.ts';
import { dayOf, type Embed } from './embed.ts';
import { budgetOf, exhausted, MINUTE_MS, refusal, takeCallTime } from './embed-budget.ts';

/** An embed that may be used now, with what it belongs to. */
export interface UsableEmbed {
  embed: Embed;
  user: User;
  agent: Agent;
}

/**
 * The embed behind a public id. 404 `embed-not-found` for one that is unknown, switched off, or whose agent or user is not active: who
 * asks is a stranger. 403 `origin-not-allowed` and `embed-expired`.
 * @param origin of the page that asks; undefined where a program asks, which could claim any
 * @param isOwn whether an origin is the server's own, whose pages show every embed
 */
export async function findUsableEmbed(
  deps: { stores: Pick<Stores, 'embeds' | 'users' | 'agents'>; now: Now },
  publicId: string,
  origin: string | undefined,
  isOwn: (origin: string) => boolean,
): Promise<UsableEmbed> {
  const embed = await deps.stores.embeds.findPublic(publicId);
  const user = embed?.enabled ? await deps.stores.users.find(embed.userId) : undefined;
  const agent = embed && user?.active ? await deps.stores.agents.find(user.id, embed.agentId) : undefined;
  if (!embed || !user || agent?.status !== 'active') throw new AppError('embed-not-found');
  if (origin !== undefined && !isOwn(origin) && !allowsOrigin(embed, origin)) {
    throw new AppError('origin-not-allowed', 'This page’s origin is not among those that the embed allows');
  }
  if (embed.expiresAt !== null && embed.expiresAt <= deps.now()) throw new AppError('embed-expired');
  return { embed, user, agent };
}

/**
 * Starts a session of an embed within its budget, in the transaction of `stores`. For a call all that it may last is set aside of the day's
 * minutes; what was not used comes back when it ends. A chat uses the minutes in which is written. It counts on the day it starts (UTC).
 */
export async function startEmbedSession(
  deps: Pick<LiveSessions, 'defaults' | 'warningsFor'> & { stores: Stores; now: Now },
  { embed, user, agent }: UsableEmbed,
  wished: SessionType | undefined,
  origin: string,
): Promise<SessionOverview> {
  const type = wished ?? SESSION_TYPES_BY_EFFORT.find((each) => embed.sessionTypes.includes(each));
  if (type === undefined || !embed.sessionTypes.includes(type)) throw new AppError('session-type-not-allowed');

  const { stores } = deps;
  const now = deps.now();
  const day = dayOf(now);
  const used = await stores.embeds.reserveSession(embed.publicId, day, embed.sessionsPerDay);
  if (used === undefined) throw exhausted(now);
  const longestMs = limitsOf(agent, deps.defaults).maxDurationMs;
  let setAsideMs = 0;
  if (type !== 'agent_chat') {
    setAsideMs = await takeCallTime(stores, embed, day, Math.min(embed.minutesPerSession * MINUTE_MS, longestMs), now);
  } else if (used >= (budgetOf(embed) ?? Number.POSITIVE_INFINITY)) throw await refusal(stores, embed, day, now);
  const { session } = await startSession({ ...deps, now: () => now }, user, {
    agentId: agent.id,
    type,
    metadata: { source: 'embed', origin },
    embed: { id: embed.publicId, setAsideMs },
    lastsMs: type === 'agent_chat' ? longestMs : setAsideMs,
  });
  return session;
}
