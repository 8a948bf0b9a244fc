import type { Agent } from '../agents/agent.ts';
import type { Stores } from '../stores.ts';
import type { Session } from './session.ts';

/** Makes the agent's greeting the first message of a session that has none yet. */
export async function greet(
  stores: Pick<Stores, 'sessions' | 'messages'>,
  session: Session,
  agent: Pick<Agent, 'customGreeting'>,
  now: number,
): Promise<void> {
  if (!agent.customGreeting?.trim()) return;
  if (!(await stores.sessions.markGreeted(session.userId, session.id))) return;
  const greeting = { role: 'assistant', content: agent.customGreeting, source: 'text' } as const;
  await stores.messages.insert(session.userId, session.id, greeting, now);
}
