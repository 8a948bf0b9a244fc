import type { VideoSettings } from '@visavis/protocol';
import type { Agent, JsonObject } from '../agents/agent.ts';
import type { Now } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Stores } from '../stores.ts';
import type { User } from '../users/user.ts';
import { greet } from './greeting.ts';
import type { SessionOverview, SessionType } from './session.ts';

/** Defaults where neither the agent nor the user's limits say otherwise. */
export interface SessionDefaults {
  idleTimeoutMs: number;
  maxDurationMs: number;
  concurrentSessions: number;
  messagesPerMinute: number;
  /** How long a spoken session waits for somebody to join. */
  joinWithinMs: number;
  /** How long it waits for somebody who is gone. */
  rejoinMs: number;
}

export const SESSION_DEFAULTS: SessionDefaults = {
  idleTimeoutMs: 30 * 60_000,
  maxDurationMs: 4 * 60 * 60_000,
  concurrentSessions: 50,
  messagesPerMinute: 120,
  joinWithinMs: 120_000,
  rejoinMs: 60_000,
};

export interface Concurrency {
  current: number;
  /** null = no limit. */
  max: number | null;
}

/**
 * Starts a session with an active agent of the user. It never depends on models or engines: what is missing is told in
 * `warnings`. A chat is greeted at once; a spoken conversation when somebody joins or writes.
 */
export async function startSession(
  deps: {
    stores: Stores;
    now: Now;
    defaults: SessionDefaults;
    warningsFor: (user: User, agent: Agent, type: SessionType, voiceId: string | null) => Promise<string[]>;
  },
  user: User,
  wish: {
    agentId: number;
    type: SessionType;
    metadata: JsonObject;
    video?: VideoSettings | undefined;
    /** What it takes of an embed's day, in ms. */
    embed?: { id: string; setAsideMs: number };
    /** At most so long. */
    lastsMs?: number;
  },
): Promise<{ session: SessionOverview; concurrency: Concurrency }> {
  const { stores, now, defaults } = deps;
  const agent = await stores.agents.find(user.id, wish.agentId);
  if (agent?.status !== 'active') throw new AppError('agent-not-accessible');

  const max = user.limits.concurrentSessions === undefined ? defaults.concurrentSessions : user.limits.concurrentSessions;
  const live = await stores.sessions.reserve(user.id, max);
  if (live === undefined) throw new AppError('concurrency-limit');

  const limits = limitsOf(agent, defaults);
  const startedAt = now();
  const session = await stores.sessions.insert(
    user.id,
    {
      agentId: agent.id,
      type: wish.type,
      language: agent.language,
      metadata: wish.metadata,
      ...(wish.video && { video: wish.video }),
      warnings: await deps.warningsFor(user, agent, wish.type, await voiceOf(stores, user, agent)),
      idleTimeoutMs: limits.idleTimeoutMs,
      rejoinMs: limits.rejoinMs,
      ...(wish.type !== 'agent_chat' && { joinWithinMs: Math.min(defaults.joinWithinMs, limits.idleTimeoutMs) }),
      expiresAt: startedAt + Math.min(limits.maxDurationMs, wish.lastsMs ?? limits.maxDurationMs),
      ...(wish.embed !== undefined && { embedId: wish.embed.id, setAsideMs: wish.embed.setAsideMs }),
    },
    startedAt,
  );
  await stores.timeline.add(session.id, { type: 'created', session_type: session.type, warnings: session.warnings }, startedAt);
  if (wish.type === 'agent_chat') await greet(stores, session, agent, startedAt);
  const overview = await stores.sessions.overview(user.id, session.id);
  if (!overview) throw new AppError('agent-not-accessible');
  return { session: overview, concurrency: { current: live, max } };
}

async function voiceOf(stores: Stores, user: User, agent: Agent): Promise<string | null> {
  const avatar = agent.avatarId === null ? undefined : await stores.avatars.findUsable(user.id, agent.avatarId);
  return avatar?.voiceId ?? null;
}

/** The limits of an agent's sessions: `properties.limits` over the defaults. */
export function limitsOf(agent: Pick<Agent, 'properties'>, defaults: SessionDefaults) {
  const limits = (agent.properties?.limits ?? {}) as {
    idle_timeout_seconds?: number;
    max_duration_seconds?: number;
    messages_per_minute?: number;
    rejoin_seconds?: number;
  };
  return {
    idleTimeoutMs: limits.idle_timeout_seconds === undefined ? defaults.idleTimeoutMs : limits.idle_timeout_seconds * 1000,
    maxDurationMs: limits.max_duration_seconds === undefined ? defaults.maxDurationMs : limits.max_duration_seconds * 1000,
    messagesPerMinute: limits.messages_per_minute ?? defaults.messagesPerMinute,
    rejoinMs: limits.rejoin_seconds === undefined ? defaults.rejoinMs : limits.rejoin_seconds * 1000,
  };
}
