import { type Kysely, sql } from 'kysely';
import type { Engine } from '../engine.ts';

/** What sessions of embeds hold of their day's minutes. Those that are live have all the time that they may last. */
export function embedTime(engine: Engine) {
  const big = engine === 'postgres' ? 'bigint' : 'integer';
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      for (const column of ['set_aside_ms', 'written_until']) {
        await db.schema
          .alterTable('sessions')
          .addColumn(column, big, (c) => c.notNull().defaultTo(0))
          .execute();
      }
      await sql`update sessions set set_aside_ms = expires_at - started_at
        where embed_id is not null and status = 'active'`.execute(db);
    },
  };
}
