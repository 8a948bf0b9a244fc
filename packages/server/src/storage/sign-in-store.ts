import type { Kysely } from 'kysely';
import type { SignInStore } from '../core/access/sign-in.ts';
import type { Database } from './schema.ts';

/** Sign-ins in SQL: hashes of refresh tokens only. */
export function createSignInStore(database: Kysely<Database>): SignInStore {
  return {
    async insert(userId, signIn, now) {
      await database
        .insertInto('sign_ins')
        .values({
          user_id: userId,
          token_hash: signIn.hash,
          successor_secret: signIn.successorSecret,
          created_at: now,
          expires_at: signIn.expiresAt,
        })
        .execute();
    },

    async findByHash(hash, now) {
      const row = await database
        .selectFrom('sign_ins')
        .where((eb) => eb.or([eb('token_hash', '=', hash), eb('previous_hash', '=', hash)]))
        .where('expires_at', '>', now)
        .selectAll()
        .executeTakeFirst();
      if (!row) return undefined;
      const signIn = {
        id: row.id,
        userId: row.user_id,
        successorSecret: row.successor_secret,
        rotatedAt: row.rotated_at,
      };
      return { signIn, token: row.token_hash === hash ? 'current' : 'previous' };
    },

    async rotate(id, hash, expiresAt, now) {
      await database
        .updateTable('sign_ins')
        .set((eb) => ({ previous_hash: eb.ref('token_hash'), token_hash: hash, expires_at: expiresAt, rotated_at: now }))
        .where('id', '=', id)
        .execute();
    },

    async delete(id) {
      await database.deleteFrom('sign_ins').where('id', '=', id).execute();
    },

    async deleteAllOf(userId) {
      await database.deleteFrom('sign_ins').where('user_id', '=', userId).execute();
    },

    async deleteExpired(now) {
      await database.deleteFrom('sign_ins').where('expires_at', '<=', now).execute();
    },
  };
}
