import type { TurnLatency } from '@visavis/protocol';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Message, MessageStore } from '../core/sessions/message.ts';
import type { Database, MessageTable } from './schema.ts';

/** Messages in SQL. */
export function createMessageStore(database: Kysely<Database>): MessageStore {
  const inSession = (userId: number, sessionId: number) =>
    database.selectFrom('messages').where('session_id', '=', sessionId).where('user_id', '=', userId).selectAll();

  return {
    async insert(userId, sessionId, message, now) {
      const row = await database
        .insertInto('messages')
        .values({
          session_id: sessionId,
          user_id: userId,
          role: message.role,
          content: message.content,
          source: message.source,
          turn_id: message.turnId ?? null,
          answered: message.role === 'user' ? 0 : 1,
          attempts: message.role === 'user' ? 1 : 0,
          interrupted: message.interrupted ? 1 : 0,
          spoken_ms: message.spokenMs ?? null,
          said_at: message.saidAt ?? null,
          latency: message.latency ? JSON.stringify(message.latency) : null,
          answer_ms: message.turnId === undefined ? null : answerMs(message.source, message.latency),
          idempotency_key: message.idempotencyKey ?? null,
          body_hash: message.bodyHash ?? null,
          created_at: now,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return toMessage(row);
    },

    async find(userId, sessionId, id) {
      const row = await inSession(userId, sessionId).where('id', '=', id).executeTakeFirst();
      return row && toMessage(row);
    },

    async findByKey(userId, sessionId, idempotencyKey) {
      const row = await inSession(userId, sessionId).where('idempotency_key', '=', idempotencyKey).executeTakeFirst();
      return row && toMessage(row);
    },

    async replyTo(userId, sessionId, turnId) {
      const row = await inSession(userId, sessionId)
        .where('turn_id', '=', turnId)
        .where('role', '=', 'assistant')
        .executeTakeFirst();
      return row && toMessage(row);
    },

    async list(userId, sessionId, { limit, after }) {
      let query = inSession(userId, sessionId);
      if (after !== undefined) query = query.where('id', '>', after);
      return (await query.orderBy('id').limit(limit).execute()).map(toMessage);
    },

    async turns(userId, sessionId) {
      const rows = await inSession(userId, sessionId).orderBy(sql`coalesce(turn_id, id)`).orderBy('id').execute();
      return rows.map(toMessage);
    },

    async beginAttempt(userId, sessionId, id) {
      const row = await database
        .updateTable('messages')
        .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
        .where('id', '=', id)
        .where('session_id', '=', sessionId)
        .where('user_id', '=', userId)
        .returning('attempts')
        .executeTakeFirstOrThrow();
      return row.attempts;
    },

    async setLatency(userId, sessionId, id, latency) {
      const answer = answerMs('speech', latency);
      await database
        .updateTable('messages')
        .set({
          latency: JSON.stringify(latency),
          answer_ms: sql<number | null>`case when turn_id is null then null else ${answer} end`,
        })
        .where('id', '=', id)
        .where('session_id', '=', sessionId)
        .where('user_id', '=', userId)
        .execute();
    },

    async markAnswered(userId, sessionId, id) {
      await database
        .updateTable('messages')
        .set({ answered: 1 })
        .where('id', '=', id)
        .where('session_id', '=', sessionId)
        .where('user_id', '=', userId)
        .execute();
    },
  };
}

/** How long the user waited: for the first word of a written reply; from their last sound until a spoken one was heard or, unless that is known, sent. */
function answerMs(source: Message['source'], latency: TurnLatency | undefined): number | null {
  if (source === 'text') return latency?.first_token ?? null;
  return latency?.first_audio_heard ?? latency?.first_audio_sent ?? null;
}

function toMessage(row: Selectable<MessageTable>): Message {
  return {
    id: row.id,
    sessionId: row.session_id,
    userId: row.user_id,
    role: row.role,
    content: row.content,
    source: row.source,
    turnId: row.turn_id,
    answered: row.answered === 1,
    attempts: row.attempts,
    interrupted: row.interrupted === 1,
    spokenMs: row.spoken_ms,
    saidAt: row.said_at,
    latency: row.latency === null ? null : (JSON.parse(row.latency) as Message['latency']),
    bodyHash: row.body_hash,
    createdAt: row.created_at,
  };
}
