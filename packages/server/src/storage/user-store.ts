import type { Kysely, Selectable } from 'kysely';
import { decodeCursor } from '../core/cursor.ts';
import type { User, UserStore } from '../core/users/user.ts';
import type { Database, UserTable } from './schema.ts';

/** Users in SQL. */
export function createUserStore(database: Kysely<Database>): UserStore {
  return {
    async insert(user, now) {
      const row = await database
        .insertInto('users')
        .values({
          role: user.role,
          email: user.email,
          name: user.name,
          active: 1,
          limits: JSON.stringify(user.limits),
          created_at: now,
          updated_at: now,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return toUser(row);
    },

    async find(id) {
      const row = await database.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toUser(row);
    },

    async findByRole(role) {
      const row = await database.selectFrom('users').selectAll().where('role', '=', role).orderBy('id').executeTakeFirst();
      return row && toUser(row);
    },

    async findByEmail(email) {
      const row = await database.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst();
      return row && toUser(row);
    },

    async passwordHash(id) {
      const row = await database.selectFrom('users').select('password_hash').where('id', '=', id).executeTakeFirst();
      return row?.password_hash ?? undefined;
    },

    async list(page) {
      let query = database.selectFrom('users').selectAll().where('role', '!=', 'system');
      if (page.cursor !== undefined) query = query.where('id', '<', decodeCursor(page.cursor, 1)[0]);
      return (await query.orderBy('id', 'desc').limit(page.limit).execute()).map(toUser);
    },

    async hasOtherAdministrator(id) {
      const row = await database
        .selectFrom('users')
        .where('role', '=', 'administrator')
        .where('active', '=', 1)
        .where('id', '!=', id)
        .where((eb) =>
          eb.or([
            eb('password_hash', 'is not', null),
            eb.exists(
              eb
                .selectFrom('api_keys')
                .whereRef('api_keys.user_id', '=', 'users.id')
                .where('api_keys.active', '=', 1)
                .select('api_keys.id'),
            ),
          ]),
        )
        .select('id')
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },

    async update(id, changes, now) {
      const result = await database
        .updateTable('users')
        .set({
          updated_at: now,
          ...(changes.name !== undefined && { name: changes.name }),
          ...(changes.role !== undefined && { role: changes.role }),
          ...(changes.active !== undefined && { active: changes.active ? 1 : 0 }),
          ...(changes.limits !== undefined && { limits: JSON.stringify(changes.limits) }),
        })
        .where('id', '=', id)
        .where('role', '!=', 'system')
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    async setPassword(id, { email, name, passwordHash }, now) {
      await database
        .updateTable('users')
        .set({ email, name, password_hash: passwordHash, updated_at: now })
        .where('id', '=', id)
        .execute();
    },

    async delete(id) {
      // Sessions refer to agents without a cascade: theirs must go before the agents do.
      await database.deleteFrom('sessions').where('user_id', '=', id).execute();
      const result = await database.deleteFrom('users').where('id', '=', id).where('role', '!=', 'system').executeTakeFirst();
      return result.numDeletedRows > 0n;
    },
  };
}

export function toUser(row: Selectable<UserTable>): User {
  return {
    id: row.id,
    role: row.role,
    email: row.email,
    name: row.name,
    active: row.active === 1,
    hasPassword: row.password_hash !== null,
    limits: JSON.parse(row.limits) as User['limits'],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
