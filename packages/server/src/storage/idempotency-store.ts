import type { Kysely } from 'kysely';
import type { IdempotencyStore } from '../core/access/idempotency.ts';
import type { Database } from './schema.ts';

/** Answers kept for repeated requests, in SQL. */
export function createIdempotencyStore(database: Kysely<Database>): IdempotencyStore {
  return {
    async find(userId, path, key) {
      const row = await database
        .selectFrom('idempotency_keys')
        .selectAll()
        .where('user_id', '=', userId)
        .where('path', '=', path)
        .where('key', '=', key)
        .executeTakeFirst();
      return row && { bodyHash: row.body_hash, status: row.status, sealedBody: row.response };
    },

    async insert(userId, path, key, answer, now) {
      await database
        .insertInto('idempotency_keys')
        .values({
          user_id: userId,
          path,
          key,
          body_hash: answer.bodyHash,
          status: answer.status,
          response: answer.sealedBody,
          created_at: now,
        })
        .execute();
    },

    async deleteBefore(time) {
      await database.deleteFrom('idempotency_keys').where('created_at', '<', time).execute();
    },
  };
}
