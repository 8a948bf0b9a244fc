import type { Stores } from '../stores.ts';
import type { RecordingStore } from './recording-store.ts';

export interface SweepRecordingsDeps {
  stores: { sessions: Pick<Stores['sessions'], 'statuses'> };
  recordings: Pick<RecordingStore, 'sessions' | 'delete' | 'finish'>;
  /** Told about a recording that could not be joined or removed; the others are seen to all the same. */
  onError: (error: unknown, sessionId: number) => void;
}

/** Removes recordings whose session is gone (deleted with its user), and joins those that a crash has left in segments. */
export async function sweepRecordings({ stores, recordings, onError }: SweepRecordingsDeps): Promise<void> {
  // The files first: a session is stored before anything of it is recorded.
  const ids = await recordings.sessions();
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE);
    const statuses = await stores.sessions.statuses(some);
    for (const id of some) {
      const status = statuses.get(id);
      if (status === 'active') continue;
      await (status === undefined ? recordings.delete(id) : recordings.finish(id)).catch((error: unknown) => onError(error, id));
    }
  }
}

/** Databases bind a limited number of values in a query. */
const AT_ONCE = 500;
