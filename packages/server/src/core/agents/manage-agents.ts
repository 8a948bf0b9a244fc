import { jsonBytes } from '@visavis/protocol';
import type { Now } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Stores } from '../stores.ts';
import type { Agent, AgentChanges, NewAgent } from './agent.ts';

const CONTEXT_BYTES = 64 * 1024;
const OBJECT_BYTES = 256 * 1024;

/** Makes an agent; its avatar must be the user's own or a public one. */
export async function createAgent(
  deps: { stores: Pick<Stores, 'agents' | 'avatars'>; now: Now },
  userId: number,
  agent: NewAgent,
): Promise<Agent> {
  checkSizes(agent);
  await checkAvatar(deps.stores, userId, agent.avatarId);
  return deps.stores.agents.insert(userId, agent, deps.now());
}

/** Changes only what is given. */
export async function updateAgent(
  deps: { stores: Pick<Stores, 'agents' | 'avatars'>; now: Now },
  userId: number,
  id: number,
  changes: AgentChanges,
): Promise<void> {
  if (Object.keys(changes).length === 0) throw new AppError('nothing-to-update');
  checkSizes(changes);
  if (!(await deps.stores.agents.find(userId, id))) throw new AppError('agent-not-found');
  await checkAvatar(deps.stores, userId, changes.avatarId);
  if (!(await deps.stores.agents.update(userId, id, changes, deps.now()))) throw new AppError('agent-not-found');
}

/** Deletes an agent without live sessions; its past sessions stay readable. Gives the key of the picture that nobody needs any more. */
export async function deleteAgent(
  deps: { stores: Pick<Stores, 'agents' | 'sessions' | 'embeds'>; now: Now },
  userId: number,
  id: number,
): Promise<string | null> {
  const agent = await deps.stores.agents.find(userId, id);
  if (!agent) throw new AppError('agent-not-found');
  if ((await deps.stores.sessions.countLive(userId, { agentId: id })) > 0) throw new AppError('agent-in-use');
  await deps.stores.embeds.deleteAllOfAgent(userId, id);
  await deps.stores.agents.delete(userId, id, deps.now());
  return agent.backgroundKey;
}

function checkSizes(agent: AgentChanges): void {
  const sizes: Array<[field: string, bytes: number, most: number]> = [
    ['context', agent.context ? Buffer.byteLength(agent.context) : 0, CONTEXT_BYTES],
    ['memories', agent.memories ? jsonBytes(agent.memories) : 0, OBJECT_BYTES],
    ['knowledge_base', agent.knowledgeBase ? jsonBytes(agent.knowledgeBase) : 0, OBJECT_BYTES],
    ['properties', agent.properties ? jsonBytes(agent.properties) : 0, CONTEXT_BYTES],
  ];
  for (const [field, bytes, most] of sizes) {
    if (bytes <= most) continue;
    const problem = `must be at most ${most / 1024} KiB`;
    throw new AppError('too-large', `${field}: ${problem}`, { details: { [field]: problem } });
  }
}

async function checkAvatar(stores: Pick<Stores, 'avatars'>, userId: number, avatarId: number | null | undefined): Promise<void> {
  if (avatarId === null || avatarId === undefined) return;
  if (await stores.avatars.findUsable(userId, avatarId)) return;
  throw new AppError('avatar-not-found-for-agent', undefined, {
    details: { avatar_id: 'is no avatar of yours and no public one' },
  });
}
