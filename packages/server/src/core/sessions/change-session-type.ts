import { AppError } from '../errors.ts';
import type { Stores } from '../stores.ts';
import type { SessionType } from './session.ts';

/** Switches a live session between chat, voice and video; `webrtc_video` is another kind of session and stays what it is. */
export async function changeSessionType(
  deps: { stores: Pick<Stores, 'sessions'> },
  userId: number,
  id: number,
  type: SessionType,
): Promise<void> {
  const session = await deps.stores.sessions.find(userId, id);
  if (!session) throw new AppError('session-not-found');
  if (session.status !== 'active') throw new AppError('session-ended');
  if (type !== session.type && (type === 'webrtc_video' || session.type === 'webrtc_video')) {
    throw new AppError('session-type-conflict', 'A session cannot be switched to or from webrtc_video');
  }
  if (!(await deps.stores.sessions.changeType(userId, id, type))) throw new AppError('session-ended');
}
