import type { Kysely, Selectable } from 'kysely';
import type { Avatar, AvatarChanges, AvatarStore } from '../core/avatars/avatar.ts';
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
          ...columns(avatar),
          user_id: userId,
          name: avatar.name,
          url: avatar.url,
          is_favorite: avatar.isFavorite ? 1 : 0,
          is_public: avatar.isPublic ? 1 : 0,
          status: avatar.status,
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

    async update(userId, id, changes, now) {
      const result = await database
        .updateTable('avatars')
        .set({ ...columns(changes), updated_at: now })
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    async takeFromOthers(userId, id) {
      await database
        .updateTable('agents')
        .set({ avatar_id: null })
        .where('avatar_id', '=', id)
        .where('user_id', '!=', userId)
        .execute();
    },

    async delete(userId, id) {
      const row = await database
        .deleteFrom('avatars')
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .returningAll()
        .executeTakeFirst();
      return row && toAvatar(row);
    },

    async imageKeys() {
      const rows = await database.selectFrom('avatars').select('image_key').where('image_key', 'is not', null).execute();
      return rows.flatMap((row) => row.image_key ?? []);
    },

    async faceKeys() {
      const rows = await database.selectFrom('avatars').select(['asset_key', 'preview_key']).execute();
      return rows.flatMap((row) => [row.asset_key ?? [], row.preview_key ?? []].flat());
    },

    async nextToBuild(except) {
      let query = avatars().where('status', '=', 'building');
      if (except.length > 0) query = query.where('id', 'not in', except);
      const row = await query
        .orderBy((eb) => eb.case().when('asset_key', 'is', null).then(0).else(1).end())
        .orderBy('id')
        .limit(1)
        .executeTakeFirst();
      return row && toAvatar(row);
    },

    async nextToPreview(except) {
      let query = avatars().where('status', '=', 'ready').where('consent', '=', 1).where('preview_key', 'is', null);
      if (except.length > 0) query = query.where('id', 'not in', except);
      const row = await query.orderBy('id').limit(1).executeTakeFirst();
      return row && toAvatar(row);
    },

    async readyCharacters() {
      const rows = await avatars().where('character', 'is not', null).where('status', '=', 'ready').orderBy('id').execute();
      return rows.map(toAvatar);
    },

    async rebuild(version, reasons) {
      const result = await database
        .updateTable('avatars')
        .set({ status: 'building', reason: null })
        .where((eb) =>
          eb.or([
            eb.and([eb('status', '=', 'ready'), eb.or([eb('asset_version', 'is', null), eb('asset_version', '!=', version)])]),
            ...(reasons.length > 0 ? [eb.and([eb('status', '=', 'failed'), eb('reason', 'in', reasons)])] : []),
          ]),
        )
        .executeTakeFirst();
      return Number(result.numUpdatedRows);
    },
  };
}

function columns(changes: AvatarChanges) {
  return {
    ...(changes.name !== undefined && { name: changes.name }),
    ...(changes.url !== undefined && { url: changes.url }),
    ...(changes.voiceId !== undefined && { voice_id: changes.voiceId }),
    ...(changes.isFavorite !== undefined && { is_favorite: changes.isFavorite ? 1 : 0 }),
    ...(changes.isPublic !== undefined && { is_public: changes.isPublic ? 1 : 0 }),
    ...(changes.status !== undefined && { status: changes.status }),
    ...(changes.reason !== undefined && { reason: changes.reason }),
    ...(changes.imageKey !== undefined && { image_key: changes.imageKey }),
    ...(changes.consent !== undefined && { consent: changes.consent ? 1 : 0 }),
    ...(changes.character !== undefined && { character: changes.character }),
    ...(changes.assetKey !== undefined && { asset_key: changes.assetKey }),
    ...(changes.assetVersion !== undefined && { asset_version: changes.assetVersion }),
    ...(changes.previewKey !== undefined && { preview_key: changes.previewKey }),
    ...(changes.takeLargest !== undefined && { take_largest: changes.takeLargest ? 1 : 0 }),
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
    character: row.character,
    assetKey: row.asset_key,
    assetVersion: row.asset_version,
    previewKey: row.preview_key,
    takeLargest: row.take_largest === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
