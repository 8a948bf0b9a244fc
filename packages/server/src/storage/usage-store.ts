import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { UsageStore } from '../core/usage/usage.ts';
import type { Database } from './schema.ts';

/** Both engines divide integers to integers; as a parameter SQLite would take the divisor for a fraction. */
const DAY = sql<number>`started_at / 86400000`;

/** Of a spoken session the time somebody was connected counts, of a written one all. */
const used = (now: number) => sql<number>`case when type = 'agent_chat' then coalesce(ended_at, ${now}) - started_at
  else connected_ms + case when connected_since is null then 0 else ${now} - connected_since end end`;

/** How many rows a condition is true of. */
const sum = (condition: RawBuilder<unknown>) => sql<number>`coalesce(sum(case when ${condition} then 1 else 0 end), 0)`;

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

    async quality(userId, { from, to, due }) {
      const ofDay = () =>
        database
          .selectFrom('messages')
          .where('user_id', '=', userId)
          .where('created_at', '>=', from)
          .where('created_at', '<', to);
      const counts = await ofDay()
        .select([
          sum(sql`role = 'assistant' and turn_id is not null`).as('replies'),
          sum(sql`role = 'assistant' and turn_id is not null and interrupted = 1`).as('interrupted'),
          sum(sql`role = 'user' and source = 'text' and answered = 0 and created_at <= ${due}`).as('failed'),
        ])
        .executeTakeFirstOrThrow();
      const ranked = ofDay()
        .where('answer_ms', 'is not', null)
        .select(['source', 'answer_ms'])
        .select(sql<number>`row_number() over (partition by source order by answer_ms)`.as('place'))
        .select(sql<number>`count(*) over (partition by source)`.as('n'));
      const rows = await database
        .selectFrom(ranked.as('ranked'))
        .selectAll()
        .where(sql<boolean>`place = (n + 1) / 2 or place = (n * 95 + 99) / 100`)
        .orderBy('place')
        .execute();
      const percentiles = (source: 'text' | 'speech') => {
        const [half, most = half] = rows.filter((row) => row.source === source);
        return half && most && { replies: Number(half.n), p50Ms: Number(half.answer_ms), p95Ms: Number(most.answer_ms) };
      };
      return {
        text: percentiles('text'),
        speech: percentiles('speech'),
        replies: Number(counts.replies),
        interrupted: Number(counts.interrupted),
        failed: Number(counts.failed),
      };
    },

    async endReasons(userId, from) {
      const rows = await database
        .selectFrom('sessions')
        .where('user_id', '=', userId)
        .where('started_at', '>=', from)
        .where('end_reason', 'is not', null)
        .groupBy([DAY, 'end_reason'])
        .select((eb) => [DAY.as('day'), 'end_reason', eb.fn.countAll().as('sessions')])
        .execute();
      return rows.map((row) => ({ day: Number(row.day), reason: row.end_reason ?? '', sessions: Number(row.sessions) }));
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
