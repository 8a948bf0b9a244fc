import { type Kysely, type Selectable, sql } from 'kysely';
import { decodeCursor } from '../core/cursor.ts';
import { dayOf } from '../core/embeds/embed.ts';
import type { Session, SessionOverview, SessionStore } from '../core/sessions/session.ts';
import { addTime } from './embed-store.ts';
import type { Engine } from './engine.ts';
import type { Database, SessionTable } from './schema.ts';
import { sessionsWithWords } from './search-words.ts';

/** Sessions in SQL. @param long where lists are read: nothing bounds what they look through */
export function createSessionStore(database: Kysely<Database>, engine: Engine, long: Kysely<Database>): SessionStore {
  const owned = (userId: number, id: number) =>
    database.selectFrom('sessions').where('sessions.id', '=', id).where('sessions.user_id', '=', userId);

  const updateLive = (id: number) => database.updateTable('sessions').where('id', '=', id).where('status', '=', 'active');

  const overviews = (from: Kysely<Database>) =>
    from
      .selectFrom('sessions')
      .innerJoin('agents', 'agents.id', 'sessions.agent_id')
      .leftJoin('avatars', 'avatars.id', 'agents.avatar_id')
      .selectAll('sessions')
      .select([
        'agents.name as agent_name',
        'avatars.id as avatar_id',
        'avatars.name as avatar_name',
        'avatars.url as avatar_url',
        'avatars.voice_id as voice_id',
      ]);

  return {
    async reserve(userId, most) {
      let update = database.updateTable('users').where('id', '=', userId);
      if (most !== null) update = update.where('live_sessions', '<', most);
      const row = await update
        .set((eb) => ({ live_sessions: eb('live_sessions', '+', 1) }))
        .returning('live_sessions')
        .executeTakeFirst();
      return row?.live_sessions;
    },

    async insert(userId, session, now) {
      const row = await database
        .insertInto('sessions')
        .values({
          user_id: userId,
          agent_id: session.agentId,
          type: session.type,
          status: 'active',
          language: session.language,
          metadata: JSON.stringify(session.metadata),
          video: session.video ? JSON.stringify(session.video) : null,
          warnings: JSON.stringify(session.warnings),
          started_at: now,
          created_at: now,
          greeted: 0,
          epoch: 0,
          idle_timeout_ms: session.idleTimeoutMs,
          last_activity_at: now,
          deadline_at: Math.min(now + (session.joinWithinMs ?? session.idleTimeoutMs), session.expiresAt),
          deadline_reason: session.joinWithinMs === undefined ? 'idle-timeout' : 'nobody-joined',
          ...(session.rejoinMs !== undefined && { rejoin_ms: session.rejoinMs }),
          connected_ms: 0,
          expires_at: session.expiresAt,
          embed_id: session.embedId ?? null,
          ...(session.setAsideMs !== undefined && { set_aside_ms: session.setAsideMs }),
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return toSession(row);
    },

    async find(userId, id) {
      const row = await owned(userId, id).selectAll('sessions').executeTakeFirst();
      return row && toSession(row);
    },

    async overview(userId, id) {
      const row = await overviews(database)
        .where('sessions.id', '=', id)
        .where('sessions.user_id', '=', userId)
        .executeTakeFirst();
      return row && toOverview(row);
    },

    async list(userId, { page, search, ...filter }) {
      let query = overviews(long).where('sessions.user_id', '=', userId);
      if (filter.agentId !== undefined) query = query.where('sessions.agent_id', '=', filter.agentId);
      if (filter.status !== 'all') query = query.where('sessions.status', '=', filter.status);
      if (filter.type !== undefined) query = query.where('sessions.type', '=', filter.type);
      if (filter.endReason !== undefined) query = query.where('sessions.end_reason', '=', filter.endReason);
      if (filter.embedId !== undefined) query = query.where('sessions.embed_id', '=', filter.embedId);
      if (filter.from !== undefined) query = query.where('sessions.started_at', '>=', filter.from);
      if (filter.to !== undefined) query = query.where('sessions.started_at', '<', filter.to);
      if (search !== undefined) query = query.where('sessions.id', 'in', sessionsWithWords(engine, userId, search));
      if (page.cursor !== undefined) query = query.where('sessions.id', '<', decodeCursor(page.cursor, 1)[0]);
      const rows = await query.orderBy('sessions.id', 'desc').limit(page.limit).execute();
      return rows.map(toOverview);
    },

    async countLive(userId, { agentId } = {}) {
      let query = database.selectFrom('sessions').where('user_id', '=', userId).where('status', '=', 'active');
      if (agentId !== undefined) query = query.where('agent_id', '=', agentId);
      const { n } = await query.select((eb) => eb.fn.countAll().as('n')).executeTakeFirstOrThrow();
      return Number(n);
    },

    async countLiveByType() {
      const rows = await database
        .selectFrom('sessions')
        .where('status', '=', 'active')
        .groupBy('type')
        .select((eb) => ['type', eb.fn.countAll().as('n')])
        .execute();
      return rows.map((row) => ({ type: row.type, count: Number(row.n) }));
    },

    async end(userId, id, end, now) {
      const row = await owned(userId, id).where('status', '=', 'active').selectAll('sessions').executeTakeFirst();
      if (!row) return undefined;
      const ended = await updateLive(id)
        .set({
          status: 'completed',
          end_reason: end.reason,
          ended_at: now,
          connected_ms: row.connected_ms + (row.connected_since === null ? 0 : now - row.connected_since),
          connected_since: null,
          client_duration: end.clientDuration ?? null,
          client_transcript: end.clientTranscript ?? null,
          metadata: end.metadata ? JSON.stringify({ ...(JSON.parse(row.metadata) as object), ...end.metadata }) : row.metadata,
        })
        .returningAll()
        .executeTakeFirst();
      if (!ended) return undefined;
      if (ended.embed_id !== null) {
        const unused = Math.max(0, ended.set_aside_ms - ended.connected_ms);
        await addTime(database, ended.embed_id, dayOf(ended.started_at), -unused);
      }
      await database
        .updateTable('users')
        .set((eb) => ({ live_sessions: eb('live_sessions', '-', 1) }))
        .where('id', '=', userId)
        .execute();
      return toSession(ended);
    },

    async changeType(userId, id, type) {
      const result = await updateLive(id).set({ type }).where('user_id', '=', userId).executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    async setAside(id, setAsideMs, expiresAt) {
      await updateLive(id)
        .set({
          set_aside_ms: setAsideMs,
          expires_at: expiresAt,
          deadline_at: sql<number>`case when deadline_at < ${expiresAt} then deadline_at else ${expiresAt} end`,
        })
        .execute();
    },

    async beginWritten(id, now, until) {
      const result = await updateLive(id).set({ written_until: until }).where('written_until', '<=', now).executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    async heldOfEmbed(embedId, { from, to, now }) {
      const rows = await database
        .selectFrom('sessions')
        .where('embed_id', '=', embedId)
        .where('status', '=', 'active')
        .where('started_at', '>=', from)
        .where('started_at', '<', to)
        .select(['set_aside_ms', 'connected_ms', 'connected_since'])
        .execute();
      const held = rows.map(
        (row) => row.set_aside_ms - row.connected_ms - (row.connected_since === null ? 0 : now - row.connected_since),
      );
      return held.reduce((sum, each) => sum + Math.max(0, each), 0);
    },

    async touch(userId, id, now) {
      const result = await updateLive(id).set(activityAt(now)).where('user_id', '=', userId).executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    async touchAs(id, epoch, now) {
      const result = await updateLive(id).set(activityAt(now)).where('epoch', '=', epoch).executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    async joined(id, epoch, now) {
      const result = await updateLive(id)
        .set((eb) => ({ connected_since: eb.fn.coalesce('connected_since', eb.val(now)), deadline_at: eb.ref('expires_at') }))
        .where('epoch', '=', epoch)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    async left(id, epoch, now) {
      const result = await updateLive(id)
        .set(goneAt(now))
        .where('epoch', '=', epoch)
        .where('connected_since', 'is not', null)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    async allLeft(now) {
      // Nobody knows when they went: what is known to have been used counts.
      const rows = await database
        .updateTable('sessions')
        .set({
          ...goneAt(now),
          connected_ms: sql<number>`connected_ms + case when last_activity_at > connected_since then last_activity_at - connected_since else 0 end`,
        })
        .where('status', '=', 'active')
        .where('connected_since', 'is not', null)
        .returning('id')
        .execute();
      return rows.map(({ id }) => id);
    },

    async markGreeted(userId, id) {
      const result = await updateLive(id)
        .set({ greeted: 1 })
        .where('user_id', '=', userId)
        .where('greeted', '=', 0)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    async claim(id) {
      const row = await updateLive(id)
        .set((eb) => ({ epoch: eb('epoch', '+', 1) }))
        .returning('epoch')
        .executeTakeFirst();
      return row?.epoch;
    },

    async overdue(now, limit) {
      const rows = await database
        .selectFrom('sessions')
        .where('status', '=', 'active')
        .where('deadline_at', '<=', now)
        .orderBy('deadline_at')
        .limit(limit)
        .selectAll()
        .execute();
      return rows.map(toSession);
    },

    async nextDeadline() {
      const row = await database
        .selectFrom('sessions')
        .where('status', '=', 'active')
        .orderBy('deadline_at')
        .limit(1)
        .select('deadline_at')
        .executeTakeFirst();
      return row?.deadline_at;
    },

    async allLive() {
      const rows = await database.selectFrom('sessions').where('status', '=', 'active').selectAll().execute();
      return rows.map(toSession);
    },

    async statuses(ids) {
      if (ids.length === 0) return new Map();
      const rows = await database.selectFrom('sessions').where('id', 'in', ids).select(['id', 'status']).execute();
      return new Map(rows.map(({ id, status }) => [id, status]));
    },

    async delete(userId, id) {
      const result = await database
        .deleteFrom('sessions')
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .where('status', '=', 'completed')
        .executeTakeFirst();
      return result.numDeletedRows > 0n;
    },
  };
}

/** The idle deadline counts from `now`, but never past the session's last moment; while somebody is connected, none runs. */
function activityAt(now: number) {
  return {
    last_activity_at: now,
    deadline_at: sql<number>`case when connected_since is not null or ${now} + idle_timeout_ms > expires_at
      then expires_at else ${now} + idle_timeout_ms end`,
    deadline_reason: 'idle-timeout',
  };
}

function goneAt(now: number) {
  return {
    connected_ms: sql<number>`connected_ms + ${now} - connected_since`,
    connected_since: null,
    deadline_at: sql<number>`case when ${now} + rejoin_ms < expires_at then ${now} + rejoin_ms else expires_at end`,
    deadline_reason: 'client-gone',
  };
}

function toSession(row: Selectable<SessionTable>): Session {
  return {
    id: row.id,
    userId: row.user_id,
    agentId: row.agent_id,
    type: row.type,
    status: row.status,
    endReason: row.end_reason as Session['endReason'],
    language: row.language,
    metadata: JSON.parse(row.metadata) as Session['metadata'],
    video: row.video === null ? undefined : (JSON.parse(row.video) as Session['video']),
    warnings: JSON.parse(row.warnings) as string[],
    startedAt: row.started_at,
    endedAt: row.ended_at,
    createdAt: row.created_at,
    clientDuration: row.client_duration,
    clientTranscript: row.client_transcript,
    greeted: row.greeted === 1,
    epoch: row.epoch,
    idleTimeoutMs: row.idle_timeout_ms,
    deadlineAt: row.deadline_at,
    deadlineReason: row.deadline_reason as Session['deadlineReason'],
    rejoinMs: row.rejoin_ms,
    connectedSince: row.connected_since,
    connectedMs: row.connected_ms,
    expiresAt: row.expires_at,
    embedId: row.embed_id,
    setAsideMs: row.set_aside_ms,
  };
}

interface OverviewRow extends Selectable<SessionTable> {
  agent_name: string;
  avatar_id: number | null;
  avatar_name: string | null;
  avatar_url: string | null;
  voice_id: string | null;
}

function toOverview(row: OverviewRow): SessionOverview {
  return {
    ...toSession(row),
    agentName: row.agent_name,
    avatarId: row.avatar_id,
    avatarName: row.avatar_name,
    avatarUrl: row.avatar_url,
    voiceId: row.voice_id,
  };
}
