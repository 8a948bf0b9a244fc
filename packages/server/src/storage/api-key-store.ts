import type { Kysely, Selectable } from 'kysely';
import type { ApiKey, ApiKeyStore, Scope } from '../core/access/api-key.ts';
import { decodeCursor } from '../core/cursor.ts';
import type { ApiKeyTable, Database } from './schema.ts';
import { createUserStore } from './user-store.ts';

/** API keys in SQL: hashes only. */
export function createApiKeyStore(database: Kysely<Database>): ApiKeyStore {
  const users = createUserStore(database);
  const updateOwned = (userId: number, id: number) =>
    database.updateTable('api_keys').where('id', '=', id).where('user_id', '=', userId).where('deleted_at', 'is', null);

  return {
    async insert(userId, key, now) {
      const row = await database
        .insertInto('api_keys')
        .values({
          user_id: userId,
          name: key.name,
          key_hash: key.hash,
          prefix: key.prefix,
          last_four: key.lastFour,
          scopes: JSON.stringify(key.scopes),
          rate_limit: key.rateLimit,
          active: 1,
          created_at: now,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return toApiKey(row);
    },

    async findByHash(hash) {
      const row = await database.selectFrom('api_keys').selectAll().where('key_hash', '=', hash).executeTakeFirst();
      const user = row && (await users.find(row.user_id));
      return row && user && { key: toApiKey(row), user };
    },

    async find(userId, id) {
      const row = await database
        .selectFrom('api_keys')
        .selectAll()
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .where('deleted_at', 'is', null)
        .executeTakeFirst();
      return row && toApiKey(row);
    },

    async list(userId, page) {
      let query = database.selectFrom('api_keys').selectAll().where('user_id', '=', userId).where('deleted_at', 'is', null);
      if (page.cursor !== undefined) query = query.where('id', '<', decodeCursor(page.cursor, 1)[0]);
      return (await query.orderBy('id', 'desc').limit(page.limit).execute()).map(toApiKey);
    },

    async update(userId, id, changes) {
      const result = await updateOwned(userId, id)
        .set({
          ...(changes.name !== undefined && { name: changes.name }),
          ...(changes.scopes !== undefined && { scopes: JSON.stringify(changes.scopes) }),
          ...(changes.rateLimit !== undefined && { rate_limit: changes.rateLimit }),
          ...(changes.active !== undefined && { active: changes.active ? 1 : 0 }),
        })
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    async delete(userId, id, now) {
      const result = await updateOwned(userId, id).set({ active: 0, deleted_at: now }).executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    async touch(uses) {
      for (const [id, at] of uses) {
        await database.updateTable('api_keys').set({ last_used_at: at }).where('id', '=', id).execute();
      }
    },
  };
}

export function toApiKey(row: Selectable<ApiKeyTable>): ApiKey {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    prefix: row.prefix,
    lastFour: row.last_four,
    scopes: JSON.parse(row.scopes) as Scope[],
    rateLimit: row.rate_limit,
    active: row.active === 1,
    deletedAt: row.deleted_at,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}
