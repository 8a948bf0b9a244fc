import type { CallHost } from '../calls/call-host.ts';
import type { CallLog } from '../calls/call-log.ts';
import type { Now } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Storage } from '../stores.ts';
import type { Replies } from './send-message.ts';
import type { EndReason, SessionEnd } from './session.ts';
import type { SessionEvents } from './session-events.ts';
import type { SessionHost } from './session-host.ts';

/** How long a reply in the making may take to be cut off and stored, in ms: an end is bounded by 2 s. */
const CUT_OFF_MS = 1_500;

export interface EndDeps {
  storage: Storage;
  replies: Pick<Replies, 'cancelAll'>;
  host: Pick<SessionHost, 'release'> & Pick<CallHost, 'hangUp'>;
  callLog: Pick<CallLog, 'finish'>;
  events: SessionEvents;
  now: Now;
}

/**
 * Ends a session: cuts off its reply in hand, stores what was said, tells the client of its call why, lets go of its conversation.
 * Ending an ended one changes nothing. 404 where there is none.
 */
export async function endSession(deps: EndDeps, userId: number, id: number, end: SessionEnd): Promise<void> {
  const session = await deps.storage.read.sessions.find(userId, id);
  if (!session) throw new AppError('session-not-found');
  if (session.status === 'completed') return;
  const ended = { type: 'session.ended', reason: end.reason } as const;
  await Promise.all([deps.replies.cancelAll(id, CUT_OFF_MS), deps.host.hangUp(id, ended)]);
  await deps.callLog.finish(id);
  await deps.storage.write(async (stores) => {
    const now = deps.now();
    if (await stores.sessions.end(userId, id, end, now))
      await stores.timeline.add(id, { type: 'ended', reason: end.reason }, now);
  });
  deps.host.release(id);
  deps.events.publish(id, ended);
  deps.events.end(id);
}

/** Ends every live session of an agent, or of everybody. */
export async function endSessions(deps: EndDeps, reason: EndReason, only: { agentId?: number } = {}): Promise<number> {
  const live = await deps.storage.read.sessions.allLive();
  const chosen = live.filter((session) => only.agentId === undefined || session.agentId === only.agentId);
  await Promise.all(chosen.map((session) => endSession(deps, session.userId, session.id, { reason })));
  return chosen.length;
}
