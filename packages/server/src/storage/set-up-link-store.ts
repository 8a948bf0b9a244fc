import type { Kysely } from 'kysely';
import type { SetUpLinkStore } from '../core/access/set-up-link.ts';
import type { Database } from './schema.ts';

/** Set-up links in SQL: hashes only. */
export function createSetUpLinkStore(database: Kysely<Database>): SetUpLinkStore {
  return {
    async insert(userId, link, now) {
      await database
        .insertInto('set_up_links')
        .values({ user_id: userId, token_hash: link.hash, created_at: now, expires_at: link.expiresAt })
        .execute();
    },

    async find(hash, now) {
      const row = await database
        .selectFrom('set_up_links')
        .where('token_hash', '=', hash)
        .where('expires_at', '>', now)
        .select('user_id')
        .executeTakeFirst();
      return row?.user_id;
    },

    async take(hash, now) {
      const row = await database
        .deleteFrom('set_up_links')
        .where('token_hash', '=', hash)
        .where('expires_at', '>', now)
        .returning('user_id')
        .executeTakeFirst();
      return row?.user_id;
    },

    async deleteAllOf(userId) {
      await database.deleteFrom('set_up_links').where('user_id', '=', userId).execute();
    },
  };
}
