import type { CallHost } from '../calls/call-host.ts';
import type { CallLog } from '../calls/call-log.ts';
import type { Now } from '../clock.ts';
import { becomeCall, becomeChat } from '../embeds/embed-budget.ts';
import { AppError } from '../errors.ts';
import type { Storage, Stores } from '../stores.ts';
import type { Session, SessionType } from './session.ts';
import type { SessionEvents } from './session-events.ts';
import { limitsOf, type SessionDefaults } from './start-session.ts';

export interface ChangeTypeDeps {
  storage: Storage;
  host: Pick<CallHost, 'hangUp' | 'tell' | 'isSeenBetterElsewhere'>;
  callLog: Pick<CallLog, 'finish'>;
  events: SessionEvents;
  now: Now;
  defaults: SessionDefaults;
}

/**
 * Switches a live session between chat, voice and video; `webrtc_video` is another kind of session and stays what it is. A call that
 * becomes a chat is hung up, and what was heard is stored; a chat becomes a call when somebody connects. So is a call that is to be
 * seen where only another worker has room for its face: its client connects anew, and is placed there.
 * @throws AppError also `embed-busy` and `embed-budget-exhausted`, where the session's embed has no time for a call
 */
export async function changeSessionType(deps: ChangeTypeDeps, userId: number, id: number, type: SessionType): Promise<void> {
  const { storage, host, events } = deps;
  const session = await storage.read.sessions.find(userId, id);
  if (!session) throw new AppError('session-not-found');
  if (session.status !== 'active') throw new AppError('session-ended');
  if (type !== session.type && (type === 'webrtc_video' || session.type === 'webrtc_video')) {
    throw new AppError('session-type-conflict', 'A session cannot be switched to or from webrtc_video');
  }
  await storage.write(async (stores) => {
    if (!(await stores.sessions.changeType(userId, id, type))) throw new AppError('session-ended');
    if (type !== 'agent_chat') await becomeCall(stores, await present(stores, userId, id), deps.now());
    if (type !== session.type) await stores.timeline.add(id, { type: 'switched', session_type: type }, deps.now());
  });
  const changed = { type: 'session.type', session_type: type } as const;
  events.publish(id, changed);
  if (type === 'agent_chat') {
    await host.hangUp(id, changed);
    await deps.callLog.finish(id, 'switched-to-chat');
  } else host.tell(id, changed);
  // It waits as a chat does, however long it waited for somebody to connect.
  await storage.write(async (stores) => {
    if (type === 'agent_chat') await becomeWritten(deps, stores, await present(stores, userId, id));
    await stores.sessions.touch(userId, id, deps.now());
  });
  if (type === 'agent_video' && host.isSeenBetterElsewhere(id)) {
    await host.hangUp(id, undefined);
    await deps.callLog.finish(id);
  }
}

/** As it stands in this transaction. */
async function present(stores: Stores, userId: number, id: number): Promise<Session> {
  const session = await stores.sessions.find(userId, id);
  if (!session) throw new AppError('session-not-found');
  return session;
}

/** It may last as long as a session that was begun in writing. */
async function becomeWritten({ defaults }: ChangeTypeDeps, stores: Stores, session: Session): Promise<void> {
  const agent = await stores.agents.find(session.userId, session.agentId);
  if (agent) await becomeChat(stores, session, session.startedAt + limitsOf(agent, defaults).maxDurationMs);
}
