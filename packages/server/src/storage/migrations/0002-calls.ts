import type { Kysely } from 'kysely';
import type { Engine } from '../engine.ts';

/** Spoken sessions: which deadline is running, and how long somebody was there. */
export function calls(engine: Engine) {
  const big = engine === 'postgres' ? 'bigint' : 'integer';
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      const add = (name: string, type: 'text' | 'bigint' | 'integer', standard: string | number | null) =>
        db.schema
          .alterTable('sessions')
          .addColumn(name, type, (column) => (standard === null ? column : column.notNull().defaultTo(standard)))
          .execute();
      await add('deadline_reason', 'text', 'idle-timeout');
      await add('rejoin_ms', big, 60_000);
      await add('connected_since', big, null);
      await add('connected_ms', big, 0);
    },
  };
}
