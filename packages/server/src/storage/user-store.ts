import type { Kysely, Selectable } from 'kysely';
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
