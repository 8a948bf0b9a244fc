import type { TimelineEvent } from '@visavis/protocol';
import type { Now } from '../clock.ts';
import type { Storage, Stores } from '../stores.ts';

/** Something that happened in a session, as it is kept. */
export interface TimelineEntry {
  at: number;
  /** Since the session started. */
  afterMs: number;
  event: TimelineEvent;
}

/** What happened in sessions and is worth keeping; deleted with them. */
export interface TimelineStore {
  /**
   * Keeps an event of a live session, up to `TIMELINE_ENTRIES` of them; later ones are counted. `ended`, of a session that has just
   * ended, is always kept. Nothing else is once a session has ended.
   */
  add(sessionId: number, event: TimelineEvent, at: number): Promise<void>;
  /** Oldest first. */
  list(userId: number, sessionId: number): Promise<{ entries: TimelineEntry[]; leftOut: number }>;
}

/** Keeps what nobody waits for. */
export type NoteEvent = (sessionId: number, event: TimelineEvent) => void;

export function createNotes(deps: { storage: Storage; now: Now; onError: (error: unknown) => void }): NoteEvent {
  return (sessionId, event) => {
    const at = deps.now();
    deps.storage.write((stores) => stores.timeline.add(sessionId, event, at)).catch(deps.onError);
  };
}

/** Those who were connected when the server went down are waited for from now on, and their sessions tell what happened. */
export async function recoverPresence(stores: Pick<Stores, 'sessions' | 'timeline'>, now: number): Promise<void> {
  for (const id of await stores.sessions.allLeft(now))
    await stores.timeline.add(id, { type: 'left', reason: 'server-lost' }, now);
}
