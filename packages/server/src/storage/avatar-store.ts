import type { Kysely, Selectable } from 'kysely';
import type { Avatar, AvatarStore } from '../core/avatars/avatar.ts';
import { decodeCursor } from '../core/cursor.ts';
import type { AvatarTable, Database } from './schema.ts';

/** Avatars in SQL; their images are files. */
export function createAvatarStore(database: Kysely<Database>): AvatarStore {
  const avatars = () => database.selectFrom('avatars').selectAll();

  return {
    async insert(userId, avatar, now) {
      const row = await database
        .insertInto('avatars')
        .values({
          user_id: userId,
          name: avatar.name,
          url: avatar.url,
          voice_id: avatar.voiceId,
          is_favorite: avatar.isFavorite ? 1 : 0,
          is_public: avatar.isPublic ? 1 : 0,
          status: avatar.status,
          reason: avatar.reason,
          image_key: avatar.imageKey,
          consent: avatar.consent ? 1 : 0,
          created_at: now,
          updated_at: now,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return toAvatar(row);
    },

    async find(userId, id) {
      const row = await avatars().where('id', '=', id).where('user_id', '=', userId).executeTakeFirst();
      return row && toAvatar(row);
    },

    async findUsable(userId, id) {
      const row = await avatars()
        .where('id', '=', id)
        .where((eb) => eb.or([eb('user_id', '=', userId), eb('is_public', '=', 1)]))
        .executeTakeFirst();
      return row && toAvatar(row);
    },

    async list(userId, page) {
      let query = avatars().where('user_id', '=', userId);
      if (page.cursor !== undefined) query = query.where('id', '<', decodeCursor(page.cursor, 1)[0]);
      return (await query.orderBy('id', 'desc').limit(page.limit).execute()).map(toAvatar);
    },

    async listPublic(page) {
      let query = avatars().where('is_public', '=', 1);
      if (page.cursor !== undefined) query = query.where('id', '<', decodeCursor(page.cursor, 1)[0]);
      return (await query.orderBy('id', 'desc').limit(page.limit).execute()).map(toAvatar);
    },
  };
}

function toAvatar(row: Selectable<AvatarTable>): Avatar {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    url: row.url,
    voiceId: row.voice_id,
    isFavorite: row.is_favorite === 1,
    isPublic: row.is_public === 1,
    status: row.status,
    reason: row.reason,
    imageKey: row.image_key,
    consent: row.consent === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
