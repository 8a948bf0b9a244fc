import type { Kysely, Selectable } from 'kysely';
import type { Provider, ProviderStore } from '../core/providers/provider.ts';
import type { Database, ProviderTable } from './schema.ts';

/** Users' own providers in SQL. */
export function createProviderStore(database: Kysely<Database>): ProviderStore {
  return {
    async find(userId, name) {
      const row = await database
        .selectFrom('providers')
        .where('user_id', '=', userId)
        .where('name', '=', name)
        .selectAll()
        .executeTakeFirst();
      return row && toProvider(row);
    },

    async list(userId) {
      const rows = await database.selectFrom('providers').where('user_id', '=', userId).orderBy('name').selectAll().execute();
      return rows.map(toProvider);
    },

    async put(userId, provider, now) {
      const values = {
        base_url: provider.baseUrl,
        default_model: provider.defaultModel,
        context_tokens: provider.contextTokens,
        encrypted_key: provider.sealedKey,
        key_last_four: provider.keyLastFour,
        updated_at: now,
      };
      const row = await database
        .insertInto('providers')
        .values({ user_id: userId, name: provider.name, created_at: now, ...values })
        .onConflict((conflict) => conflict.columns(['user_id', 'name']).doUpdateSet(values))
        .returningAll()
        .executeTakeFirstOrThrow();
      return toProvider(row);
    },

    async delete(userId, name) {
      const result = await database
        .deleteFrom('providers')
        .where('user_id', '=', userId)
        .where('name', '=', name)
        .executeTakeFirst();
      return result.numDeletedRows > 0n;
    },
  };
}

function toProvider(row: Selectable<ProviderTable>): Provider {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    baseUrl: row.base_url,
    defaultModel: row.default_model,
    contextTokens: row.context_tokens,
    sealedKey: row.encrypted_key,
    keyLastFour: row.key_last_four,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
