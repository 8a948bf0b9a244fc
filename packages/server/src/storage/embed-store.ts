import { type Kysely, type Selectable, sql } from 'kysely';
import { decodeCursor } from '../core/cursor.ts';
import type { Embed, EmbedStore } from '../core/embeds/embed.ts';
import type { Database, EmbedTable } from './schema.ts';

/** Embeds in SQL, and what each has used a day. */
export function createEmbedStore(database: Kysely<Database>): EmbedStore {
  const embeds = () =>
    database
      .selectFrom('embeds')
      .innerJoin('agents', 'agents.id', 'embeds.agent_id')
      .selectAll('embeds')
      .select('agents.name as agent_name');

  const beginDay = (publicId: string, day: number) =>
    database
      .insertInto('embed_days')
      .values({ embed_id: publicId, day, sessions: 0, used_ms: 0 })
      .onConflict((conflict) => conflict.columns(['embed_id', 'day']).doNothing())
      .execute();

  return {
    async insert(userId, embed, now) {
      const { id } = await database
        .insertInto('embeds')
        .values({
          user_id: userId,
          agent_id: embed.agentId,
          public_id: embed.publicId,
          name: embed.name,
          allowed_origins: JSON.stringify(embed.allowedOrigins),
          session_types: JSON.stringify(embed.sessionTypes),
          sessions_per_day: embed.sessionsPerDay,
          minutes_per_day: embed.minutesPerDay,
          minutes_per_session: embed.minutesPerSession,
          expires_at: embed.expiresAt,
          enabled: embed.enabled ? 1 : 0,
          appearance: JSON.stringify(embed.appearance),
          created_at: now,
          updated_at: now,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return toEmbed(await embeds().where('embeds.id', '=', id).executeTakeFirstOrThrow());
    },

    async find(userId, publicId) {
      const row = await embeds().where('embeds.public_id', '=', publicId).where('embeds.user_id', '=', userId).executeTakeFirst();
      return row && toEmbed(row);
    },

    async findPublic(publicId) {
      const row = await embeds().where('embeds.public_id', '=', publicId).executeTakeFirst();
      return row && toEmbed(row);
    },

    async list(userId, { agentId, page }) {
      let query = embeds().where('embeds.user_id', '=', userId);
      if (agentId !== undefined) query = query.where('embeds.agent_id', '=', agentId);
      if (page.cursor !== undefined) query = query.where('embeds.id', '<', decodeCursor(page.cursor, 1)[0]);
      return (await query.orderBy('embeds.id', 'desc').limit(page.limit).execute()).map(toEmbed);
    },

    async update(userId, publicId, changes, now) {
      const result = await database
        .updateTable('embeds')
        .set({
          updated_at: now,
          ...(changes.name !== undefined && { name: changes.name }),
          ...(changes.allowedOrigins !== undefined && { allowed_origins: JSON.stringify(changes.allowedOrigins) }),
          ...(changes.sessionTypes !== undefined && { session_types: JSON.stringify(changes.sessionTypes) }),
          ...(changes.sessionsPerDay !== undefined && { sessions_per_day: changes.sessionsPerDay }),
          ...(changes.minutesPerDay !== undefined && { minutes_per_day: changes.minutesPerDay }),
          ...(changes.minutesPerSession !== undefined && { minutes_per_session: changes.minutesPerSession }),
          ...(changes.expiresAt !== undefined && { expires_at: changes.expiresAt }),
          ...(changes.enabled !== undefined && { enabled: changes.enabled ? 1 : 0 }),
          ...(changes.appearance !== undefined && { appearance: JSON.stringify(changes.appearance) }),
        })
        .where('public_id', '=', publicId)
        .where('user_id', '=', userId)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    async delete(userId, publicId) {
      const result = await database
        .deleteFrom('embeds')
        .where('public_id', '=', publicId)
        .where('user_id', '=', userId)
        .executeTakeFirst();
      return result.numDeletedRows > 0n;
    },

    async deleteAllOfAgent(userId, agentId) {
      await database.deleteFrom('embeds').where('agent_id', '=', agentId).where('user_id', '=', userId).execute();
    },

    async use(publicIds, day) {
      if (publicIds.length === 0) return new Map();
      const rows = await database
        .selectFrom('embed_days')
        .selectAll()
        .where('day', '=', day)
        .where('embed_id', 'in', publicIds)
        .execute();
      return new Map(rows.map((row) => [row.embed_id, { sessions: row.sessions, milliseconds: row.used_ms }]));
    },

    async reserveSession(publicId, day, most) {
      await beginDay(publicId, day);
      let update = database.updateTable('embed_days').where('embed_id', '=', publicId).where('day', '=', day);
      if (most !== null) update = update.where('sessions', '<', most);
      const row = await update
        .set((eb) => ({ sessions: eb('sessions', '+', 1) }))
        .returning('used_ms')
        .executeTakeFirst();
      return row?.used_ms;
    },

    async reserveTime(publicId, day, { most, least, budget = Number.POSITIVE_INFINITY }) {
      await beginDay(publicId, day);
      // The first update keeps others out until the transaction is over.
      const row = await addTime(database, publicId, day, 0);
      const taken = Math.min(most, budget - (row?.used_ms ?? 0));
      if (!row || taken < least) return undefined;
      await addTime(database, publicId, day, taken);
      return taken;
    },

    async giveBack(publicId, day, milliseconds) {
      await addTime(database, publicId, day, -milliseconds);
    },
  };
}

/** Takes time of a day, or gives some back. */
export async function addTime(database: Kysely<Database>, publicId: string, day: number, milliseconds: number) {
  return database
    .updateTable('embed_days')
    .set({ used_ms: sql<number>`used_ms + ${milliseconds}` })
    .where('embed_id', '=', publicId)
    .where('day', '=', day)
    .returning('used_ms')
    .executeTakeFirst();
}

function toEmbed(row: Selectable<EmbedTable> & { agent_name: string }): Embed {
  return {
    id: row.id,
    userId: row.user_id,
    agentId: row.agent_id,
    agentName: row.agent_name,
    publicId: row.public_id,
    name: row.name,
    allowedOrigins: JSON.parse(row.allowed_origins) as string[],
    sessionTypes: JSON.parse(row.session_types) as Embed['sessionTypes'],
    sessionsPerDay: row.sessions_per_day,
    minutesPerDay: row.minutes_per_day,
    minutesPerSession: row.minutes_per_session,
    expiresAt: row.expires_at,
    enabled: row.enabled === 1,
    appearance: JSON.parse(row.appearance) as Embed['appearance'],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
