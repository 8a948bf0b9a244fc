import { type Kysely, sql } from 'kysely';
import type { UsageStore } from '../core/usage/usage.ts';
import type { Database } from './schema.ts';

/** Both engines divide integers to integers; as a parameter SQLite would take the divisor for a fraction. */
const DAY = sql<number>`started_at / 86400000`;

/** What was used, added up in SQL. */
export function createUsageStore(database: Kysely<Database>): UsageStore {
  return {
    async byDay(userId, from, now) {
      const rows = await database
        .selectFrom('sessions')
        .where('user_id', '=', userId)
        .where('started_at', '>=', from)
        .groupBy([DAY, 'type'])
        .orderBy(DAY)
        .select((eb) => [
          DAY.as('day'),
          'type',
          eb.fn.countAll().as('sessions'),
          eb.fn.sum(sql`coalesce(ended_at, ${now}) - started_at`).as('milliseconds'),
        ])
        .execute();
      return rows.map((row) => ({
        day: Number(row.day),
        type: row.type,
        sessions: Number(row.sessions),
        milliseconds: Number(row.milliseconds),
      }));
    },

    async liveByType(userId) {
      const rows = await database
        .selectFrom('sessions')
        .where('user_id', '=', userId)
        .where('status', '=', 'active')
        .groupBy('type')
        .select((eb) => ['type', eb.fn.countAll().as('n')])
        .execute();
      return rows.map((row) => ({ type: row.type, count: Number(row.n) }));
    },
  };
}
