import { AppError } from '../errors.ts';
import type { Stores } from '../stores.ts';
import type { OpenRecording, RecordingStore } from './recording-store.ts';

/**
 * Opens the recording of an ended session; to be closed by the caller.
 * @throws AppError `session-not-found`, `session-active`, `recording-not-found`
 */
export async function readRecording(
  deps: { stores: Pick<Stores, 'sessions'>; recordings: Pick<RecordingStore, 'open'> },
  userId: number,
  sessionId: number,
): Promise<OpenRecording> {
  const session = await deps.stores.sessions.find(userId, sessionId);
  if (!session) throw new AppError('session-not-found');
  if (session.status === 'active') throw new AppError('session-active');
  const recording = await deps.recordings.open(sessionId);
  if (!recording) throw new AppError('recording-not-found');
  return recording;
}
