import { type Kysely, sql } from 'kysely';
import type { Engine } from '../engine.ts';

/** Publishable ids for other sites' pages, and what each has used a day. */
export function embeds(engine: Engine) {
  const big = engine === 'postgres' ? 'bigint' : 'integer';
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      const table =
        engine === 'postgres'
          ? db.schema.createTable('embeds').addColumn('id', 'bigint', (c) => c.primaryKey().generatedByDefaultAsIdentity())
          : db.schema.createTable('embeds').addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement());
      await table
        .addColumn('user_id', big, (c) => c.notNull().references('users.id').onDelete('cascade'))
        .addColumn('agent_id', big, (c) => c.notNull().references('agents.id').onDelete('cascade'))
        .addColumn('public_id', 'text', (c) => c.notNull().unique())
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('allowed_origins', 'text', (c) => c.notNull())
        .addColumn('session_types', 'text', (c) => c.notNull())
        .addColumn('sessions_per_day', 'integer')
        .addColumn('minutes_per_day', 'integer')
        .addColumn('minutes_per_session', 'integer', (c) => c.notNull())
        .addColumn('expires_at', big)
        .addColumn('enabled', 'integer', (c) => c.notNull())
        .addColumn('appearance', 'text', (c) => c.notNull())
        .addColumn('created_at', big, (c) => c.notNull())
        .addColumn('updated_at', big, (c) => c.notNull())
        .execute();
      await db.schema.createIndex('embeds_user').on('embeds').columns(['user_id', 'id']).execute();
      await db.schema.createIndex('embeds_agent').on('embeds').column('agent_id').execute();

      await db.schema
        .createTable('embed_days')
        .addColumn('embed_id', 'text', (c) => c.notNull().references('embeds.public_id').onDelete('cascade'))
        .addColumn('day', 'integer', (c) => c.notNull())
        .addColumn('sessions', 'integer', (c) => c.notNull())
        .addColumn('used_ms', big, (c) => c.notNull())
        .addPrimaryKeyConstraint('embed_days_key', ['embed_id', 'day'])
        .execute();

      // No reference: a session outlives its embed, and the token of one whose embed is gone is good on no page.
      await db.schema.alterTable('sessions').addColumn('embed_id', 'text').execute();
      await sql`create index sessions_embed on sessions (embed_id, id) where embed_id is not null`.execute(db);
    },
  };
}
