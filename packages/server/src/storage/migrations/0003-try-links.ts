import type { Kysely } from 'kysely';
import type { Engine } from '../engine.ts';

/** Links with which anybody tries an agent once, without an account. */
export function tryLinks(engine: Engine) {
  const big = engine === 'postgres' ? 'bigint' : 'integer';
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('try_links')
        .addColumn('token_hash', 'text', (c) => c.primaryKey())
        .addColumn('user_id', big, (c) => c.notNull().references('users.id').onDelete('cascade'))
        .addColumn('agent_id', big, (c) => c.notNull().references('agents.id').onDelete('cascade'))
        .addColumn('created_at', big, (c) => c.notNull())
        .addColumn('expires_at', big, (c) => c.notNull())
        .execute();
      await db.schema.createIndex('try_links_expiry').on('try_links').column('expires_at').execute();
    },
  };
}
