import type { Kysely } from 'kysely';
import type { Engine } from '../engine.ts';

/** What happened in sessions, besides what was said. */
export function timeline(engine: Engine) {
  const big = engine === 'postgres' ? 'bigint' : 'integer';
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .alterTable('sessions')
        .addColumn('noted_events', 'integer', (c) => c.notNull().defaultTo(0))
        .execute();
      await db.schema
        .createTable('session_events')
        .addColumn('session_id', big, (c) => c.notNull().references('sessions.id').onDelete('cascade'))
        .addColumn('place', 'integer', (c) => c.notNull())
        .addColumn('at', big, (c) => c.notNull())
        .addColumn('event', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('session_events_key', ['session_id', 'place'])
        .execute();
    },
  };
}
