import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { Engine } from '../engine.ts';

/** Users, access, avatars, agents, sessions, messages. Runs on SQLite and Postgres. */
export function foundation(engine: Engine) {
  const big = engine === 'postgres' ? 'bigint' : 'integer';

  /** A table with an id that is never given twice. */
  const table = (db: Kysely<unknown>, name: string): CreateTableBuilder<string, 'id'> =>
    engine === 'postgres'
      ? db.schema.createTable(name).addColumn('id', 'bigint', (c) => c.primaryKey().generatedByDefaultAsIdentity())
      : db.schema.createTable(name).addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement());

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await table(db, 'users')
        .addColumn('role', 'text', (c) => c.notNull())
        .addColumn('email', 'text', (c) => c.unique())
        .addColumn('name', 'text')
        .addColumn('password_hash', 'text')
        .addColumn('active', 'integer', (c) => c.notNull())
        .addColumn('limits', 'text', (c) => c.notNull())
        .addColumn('live_sessions', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('created_at', big, (c) => c.notNull())
        .addColumn('updated_at', big, (c) => c.notNull())
        .execute();
      await sql`create unique index users_system on users (role) where role = 'system'`.execute(db);

      await table(db, 'api_keys')
        .addColumn('user_id', big, (c) => c.notNull().references('users.id').onDelete('cascade'))
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('key_hash', 'text', (c) => c.notNull().unique())
        .addColumn('prefix', 'text', (c) => c.notNull())
        .addColumn('last_four', 'text', (c) => c.notNull())
        .addColumn('scopes', 'text', (c) => c.notNull())
        .addColumn('rate_limit', 'integer')
        .addColumn('active', 'integer', (c) => c.notNull())
        .addColumn('deleted_at', big)
        .addColumn('created_at', big, (c) => c.notNull())
        .addColumn('last_used_at', big)
        .execute();
      await db.schema.createIndex('api_keys_user').on('api_keys').column('user_id').execute();

      await table(db, 'sign_ins')
        .addColumn('user_id', big, (c) => c.notNull().references('users.id').onDelete('cascade'))
        .addColumn('token_hash', 'text', (c) => c.notNull().unique())
        .addColumn('previous_hash', 'text', (c) => c.unique())
        .addColumn('successor_secret', 'text', (c) => c.notNull())
        .addColumn('rotated_at', big)
        .addColumn('created_at', big, (c) => c.notNull())
        .addColumn('expires_at', big, (c) => c.notNull())
        .execute();
      await db.schema.createIndex('sign_ins_user').on('sign_ins').column('user_id').execute();

      await table(db, 'set_up_links')
        .addColumn('user_id', big, (c) => c.notNull().references('users.id').onDelete('cascade'))
        .addColumn('token_hash', 'text', (c) => c.notNull().unique())
        .addColumn('created_at', big, (c) => c.notNull())
        .addColumn('expires_at', big, (c) => c.notNull())
        .execute();
      await db.schema.createIndex('set_up_links_user').on('set_up_links').column('user_id').execute();

      await table(db, 'avatars')
        .addColumn('user_id', big, (c) => c.notNull().references('users.id').onDelete('cascade'))
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('url', 'text', (c) => c.notNull())
        .addColumn('voice_id', 'text')
        .addColumn('is_favorite', 'integer', (c) => c.notNull())
        .addColumn('is_public', 'integer', (c) => c.notNull())
        .addColumn('status', 'text', (c) => c.notNull())
        .addColumn('reason', 'text')
        .addColumn('image_key', 'text', (c) => c.unique())
        .addColumn('consent', 'integer', (c) => c.notNull())
        .addColumn('created_at', big, (c) => c.notNull())
        .addColumn('updated_at', big, (c) => c.notNull())
        .execute();
      await db.schema.createIndex('avatars_user').on('avatars').column('user_id').execute();
      await db.schema.createIndex('avatars_public').on('avatars').column('is_public').execute();

      await table(db, 'agents')
        .addColumn('user_id', big, (c) => c.notNull().references('users.id').onDelete('cascade'))
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('avatar_id', big, (c) => c.references('avatars.id').onDelete('set null'))
        .addColumn('language', 'text', (c) => c.notNull())
        .addColumn('custom_greeting', 'text')
        .addColumn('context', 'text')
        .addColumn('properties', 'text')
        .addColumn('memories', 'text')
        .addColumn('knowledge_base', 'text')
        .addColumn('status', 'text', (c) => c.notNull())
        .addColumn('created_at', big, (c) => c.notNull())
        .addColumn('updated_at', big, (c) => c.notNull())
        .addColumn('deleted_at', big)
        .execute();
      await db.schema.createIndex('agents_user').on('agents').columns(['user_id', 'updated_at']).execute();
      await db.schema.createIndex('agents_avatar').on('agents').column('avatar_id').execute();

      await table(db, 'sessions')
        .addColumn('user_id', big, (c) => c.notNull().references('users.id').onDelete('cascade'))
        .addColumn('agent_id', big, (c) => c.notNull().references('agents.id'))
        .addColumn('type', 'text', (c) => c.notNull())
        .addColumn('status', 'text', (c) => c.notNull())
        .addColumn('end_reason', 'text')
        .addColumn('language', 'text', (c) => c.notNull())
        .addColumn('metadata', 'text', (c) => c.notNull())
        .addColumn('warnings', 'text', (c) => c.notNull())
        .addColumn('started_at', big, (c) => c.notNull())
        .addColumn('ended_at', big)
        .addColumn('created_at', big, (c) => c.notNull())
        .addColumn('client_duration', 'integer')
        .addColumn('client_transcript', 'text')
        .addColumn('greeted', 'integer', (c) => c.notNull())
        .addColumn('epoch', 'integer', (c) => c.notNull())
        .addColumn('idle_timeout_ms', big, (c) => c.notNull())
        .addColumn('last_activity_at', big, (c) => c.notNull())
        .addColumn('deadline_at', big, (c) => c.notNull())
        .addColumn('expires_at', big, (c) => c.notNull())
        .execute();
      await db.schema.createIndex('sessions_user').on('sessions').columns(['user_id', 'id']).execute();
      await db.schema.createIndex('sessions_agent').on('sessions').columns(['agent_id', 'id']).execute();
      await sql`create index sessions_live on sessions (user_id) where status = 'active'`.execute(db);
      await sql`create index sessions_deadline on sessions (deadline_at) where status = 'active'`.execute(db);

      await table(db, 'messages')
        .addColumn('session_id', big, (c) => c.notNull().references('sessions.id').onDelete('cascade'))
        .addColumn('user_id', big, (c) => c.notNull())
        .addColumn('role', 'text', (c) => c.notNull())
        .addColumn('content', 'text', (c) => c.notNull())
        .addColumn('source', 'text', (c) => c.notNull())
        .addColumn('turn_id', big)
        .addColumn('answered', 'integer', (c) => c.notNull())
        .addColumn('attempts', 'integer', (c) => c.notNull())
        .addColumn('interrupted', 'integer', (c) => c.notNull())
        .addColumn('spoken_ms', 'integer')
        .addColumn('latency', 'text')
        .addColumn('idempotency_key', 'text')
        .addColumn('body_hash', 'text')
        .addColumn('created_at', big, (c) => c.notNull())
        .execute();
      await db.schema.createIndex('messages_session').on('messages').columns(['session_id', 'id']).execute();
      await sql`create unique index messages_idempotency on messages (session_id, idempotency_key)
                where idempotency_key is not null`.execute(db);
      // One reply a turn, whatever happens: a second one is refused by the database itself.
      await sql`create unique index messages_reply on messages (turn_id) where role = 'assistant' and turn_id is not null`.execute(
        db,
      );

      await table(db, 'idempotency_keys')
        .addColumn('user_id', big, (c) => c.notNull().references('users.id').onDelete('cascade'))
        .addColumn('path', 'text', (c) => c.notNull())
        .addColumn('key', 'text', (c) => c.notNull())
        .addColumn('body_hash', 'text', (c) => c.notNull())
        .addColumn('status', 'integer', (c) => c.notNull())
        .addColumn('response', 'text', (c) => c.notNull())
        .addColumn('created_at', big, (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('idempotency_keys_once')
        .unique()
        .on('idempotency_keys')
        .columns(['user_id', 'path', 'key'])
        .execute();
      await db.schema.createIndex('idempotency_keys_age').on('idempotency_keys').column('created_at').execute();

      await table(db, 'providers')
        .addColumn('user_id', big, (c) => c.notNull().references('users.id').onDelete('cascade'))
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('base_url', 'text', (c) => c.notNull())
        .addColumn('default_model', 'text')
        .addColumn('context_tokens', 'integer')
        .addColumn('encrypted_key', 'text')
        .addColumn('key_last_four', 'text')
        .addColumn('created_at', big, (c) => c.notNull())
        .addColumn('updated_at', big, (c) => c.notNull())
        .execute();
      await db.schema.createIndex('providers_name').unique().on('providers').columns(['user_id', 'name']).execute();
    },
  };
}
