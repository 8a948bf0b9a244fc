import { type Kysely, sql } from 'kysely';
import type { UsageStore } from '../core/usage/usage.ts';
import type { Database } from './schema.ts';

/** Both engines divide integers to integers; as a parameter SQLite would take the divisor for a fraction. */
const DAY = sql<number>`started_at / 86400000`;

/** Of a spoken session the time somebody was connected counts, of a written one all. */
const used = (now: number) => sql<number>`case when type = 'agent_chat' then coalesce(ended_at, ${now}) - started_at
  else connected_ms + case when connected_since is null then 0 else ${now} - connected_since end end`;

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
        .select((eb) => [DAY.as('day'), 'type', eb.fn.countAll().as('sessions'), eb.fn.sum(used(now)).as('milliseconds')])
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
