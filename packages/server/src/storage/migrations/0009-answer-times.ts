import { type Kysely, sql } from 'kysely';
import type { Engine } from '../engine.ts';

/** How long replies took, where it can be sorted by. Replies that are older have it in their timings. */
export function answerTimes(engine: Engine) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .alterTable('messages')
        .addColumn('answer_ms', engine === 'postgres' ? 'double precision' : 'real')
        .execute();
      const stage = (name: string) =>
        engine === 'postgres'
          ? sql`(latency::json ->> ${sql.lit(name)})::float`
          : sql`json_extract(latency, ${sql.lit(`$.${name}`)})`;
      await sql`update messages set answer_ms = case when source = 'speech'
        then coalesce(${stage('first_audio_heard')}, ${stage('first_audio_sent')}) else ${stage('first_token')} end
        where latency is not null and turn_id is not null`.execute(db);
      await db.schema.createIndex('messages_user').on('messages').columns(['user_id', 'created_at']).execute();
    },
  };
}
