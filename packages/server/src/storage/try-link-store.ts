import type { Kysely } from 'kysely';
import type { TryLinkStore } from '../core/access/try-links.ts';
import type { Database } from './schema.ts';

/** Links to the page for trying an agent, in SQL: hashes only. */
export function createTryLinkStore(database: Kysely<Database>): TryLinkStore {
  return {
    async insert({ userId, agentId, hash, expiresAt }, now) {
      await database
        .insertInto('try_links')
        .values({ user_id: userId, agent_id: agentId, token_hash: hash, created_at: now, expires_at: expiresAt })
        .execute();
    },

    async take(hash, now) {
      const row = await database
        .deleteFrom('try_links')
        .where('token_hash', '=', hash)
        .where('expires_at', '>', now)
        .returning(['user_id', 'agent_id'])
        .executeTakeFirst();
      return row && { userId: row.user_id, agentId: row.agent_id };
    },

    async deleteExpired(now) {
      await database.deleteFrom('try_links').where('expires_at', '<=', now).execute();
    },
  };
}
