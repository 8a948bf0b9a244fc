import { TIMELINE_ENTRIES, type TimelineEvent } from '@visavis/protocol';
import type { Kysely } from 'kysely';
import type { TimelineStore } from '../core/sessions/timeline.ts';
import type { Database } from './schema.ts';

/** Timelines in SQL. */
export function createTimelineStore(database: Kysely<Database>): TimelineStore {
  return {
    async add(sessionId, event, at) {
      const counted = await database
        .updateTable('sessions')
        .where('id', '=', sessionId)
        .where('status', '=', event.type === 'ended' ? 'completed' : 'active')
        .set((eb) => ({ noted_events: eb('noted_events', '+', 1) }))
        .returning('noted_events')
        .executeTakeFirst();
      if (!counted || (counted.noted_events > TIMELINE_ENTRIES && event.type !== 'ended')) return;
      await database
        .insertInto('session_events')
        .values({ session_id: sessionId, place: counted.noted_events, at, event: JSON.stringify(event) })
        .execute();
    },

    async list(userId, sessionId) {
      const rows = await database
        .selectFrom('sessions')
        .innerJoin('session_events', 'session_events.session_id', 'sessions.id')
        .where('sessions.id', '=', sessionId)
        .where('sessions.user_id', '=', userId)
        .orderBy('session_events.place')
        .select(['session_events.at', 'session_events.event', 'sessions.noted_events', 'sessions.started_at'])
        .execute();
      return {
        entries: rows.map((row) => ({
          at: row.at,
          afterMs: row.at - row.started_at,
          event: JSON.parse(row.event) as TimelineEvent,
        })),
        leftOut: (rows[0]?.noted_events ?? 0) - rows.length,
      };
    },
  };
}
