import { type Kysely, type Selectable, sql } from 'kysely';
import type { Agent, AgentChanges, AgentOverview, AgentStore, JsonObject } from '../core/agents/agent.ts';
import { decodeCursor } from '../core/cursor.ts';
import type { AgentTable, Database } from './schema.ts';

/** Agents in SQL. */
export function createAgentStore(database: Kysely<Database>): AgentStore {
  const owned = (userId: number, id: number) =>
    database
      .selectFrom('agents')
      .where('agents.id', '=', id)
      .where('agents.user_id', '=', userId)
      .where('deleted_at', 'is', null);

  const overviews = () =>
    database
      .selectFrom('agents')
      .leftJoin('avatars', 'avatars.id', 'agents.avatar_id')
      .selectAll('agents')
      .select((eb) => [
        'avatars.name as avatar_name',
        'avatars.url as avatar_url',
        'avatars.voice_id as voice_id',
        eb
          .selectFrom('sessions')
          .whereRef('sessions.agent_id', '=', 'agents.id')
          .select(eb.fn.countAll().as('n'))
          .as('total_sessions'),
        eb
          .selectFrom('sessions')
          .whereRef('sessions.agent_id', '=', 'agents.id')
          .where('sessions.status', '=', 'completed')
          .select(sql<number>`avg(ended_at - started_at)`.as('ms'))
          .as('average_ms'),
        eb
          .selectFrom('sessions')
          .whereRef('sessions.agent_id', '=', 'agents.id')
          .orderBy('sessions.id', 'desc')
          .limit(1)
          .select('sessions.started_at')
          .as('last_used_at'),
      ])
      .where('agents.deleted_at', 'is', null);

  return {
    async insert(userId, agent, now) {
      const row = await database
        .insertInto('agents')
        .values({
          ...columns(agent),
          user_id: userId,
          name: agent.name,
          language: agent.language,
          status: 'active',
          created_at: now,
          updated_at: now,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return toAgent(row);
    },

    async find(userId, id) {
      const row = await owned(userId, id).selectAll('agents').executeTakeFirst();
      return row && toAgent(row);
    },

    async overview(userId, id) {
      const row = await overviews().where('agents.id', '=', id).where('agents.user_id', '=', userId).executeTakeFirst();
      return row && toOverview(row);
    },

    async list(userId, { status, page }) {
      let query = overviews().where('agents.user_id', '=', userId);
      if (status !== 'all') query = query.where('agents.status', '=', status);
      if (page.cursor !== undefined) {
        const [updatedAt, id] = decodeCursor(page.cursor, 2);
        query = query.where((eb) =>
          eb.or([
            eb('agents.updated_at', '<', updatedAt),
            eb.and([eb('agents.updated_at', '=', updatedAt), eb('agents.id', '<', id)]),
          ]),
        );
      }
      const rows = await query.orderBy('agents.updated_at', 'desc').orderBy('agents.id', 'desc').limit(page.limit).execute();
      return rows.map(toOverview);
    },

    async update(userId, id, changes, now) {
      const result = await database
        .updateTable('agents')
        .set({ ...columns(changes), updated_at: now })
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .where('deleted_at', 'is', null)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    async delete(userId, id, now) {
      const result = await database
        .updateTable('agents')
        .set({
          deleted_at: now,
          custom_greeting: null,
          context: null,
          properties: null,
          memories: null,
          knowledge_base: null,
          background_key: null,
        })
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .where('deleted_at', 'is', null)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    async backgroundKeys() {
      const rows = await database.selectFrom('agents').where('background_key', 'is not', null).select('background_key').execute();
      return rows.flatMap(({ background_key }) => background_key ?? []);
    },
  };
}

function columns(changes: AgentChanges) {
  return {
    ...(changes.name !== undefined && { name: changes.name }),
    ...(changes.avatarId !== undefined && { avatar_id: changes.avatarId }),
    ...(changes.language !== undefined && { language: changes.language }),
    ...(changes.customGreeting !== undefined && { custom_greeting: changes.customGreeting }),
    ...(changes.context !== undefined && { context: changes.context }),
    ...(changes.properties !== undefined && { properties: json(changes.properties) }),
    ...(changes.memories !== undefined && { memories: json(changes.memories) }),
    ...(changes.knowledgeBase !== undefined && { knowledge_base: json(changes.knowledgeBase) }),
    ...(changes.status !== undefined && { status: changes.status }),
    ...(changes.backgroundKey !== undefined && { background_key: changes.backgroundKey }),
  };
}

const json = (value: JsonObject | null) => (value === null ? null : JSON.stringify(value));
const parse = (text: string | null): JsonObject | null => (text === null ? null : (JSON.parse(text) as JsonObject));

function toAgent(row: Selectable<AgentTable>): Agent {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    avatarId: row.avatar_id,
    language: row.language,
    customGreeting: row.custom_greeting,
    context: row.context,
    properties: parse(row.properties),
    memories: parse(row.memories),
    knowledgeBase: parse(row.knowledge_base),
    backgroundKey: row.background_key,
    status: row.status,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

interface OverviewRow extends Selectable<AgentTable> {
  avatar_name: string | null;
  avatar_url: string | null;
  voice_id: string | null;
  total_sessions: number | string | bigint | null;
  average_ms: number | null;
  last_used_at: number | null;
}

function toOverview(row: OverviewRow): AgentOverview {
  return {
    ...toAgent(row),
    lastUsedAt: row.last_used_at,
    totalSessions: Number(row.total_sessions),
    averageDurationSeconds: Math.round(Number(row.average_ms ?? 0) / 1000),
    avatarName: row.avatar_name,
    avatarUrl: row.avatar_url,
    voiceId: row.voice_id,
  };
}
