import { type Kysely, sql } from 'kysely';
import type { Engine } from '../engine.ts';
import { POSTGRES_WORDS } from '../search-words.ts';

/** When messages were said, and an index of the words of all messages and of the transcripts that clients sent. */
export function search(engine: Engine) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .alterTable('messages')
        .addColumn('said_at', engine === 'postgres' ? 'bigint' : 'integer')
        .execute();
      await (engine === 'postgres' ? indexInPostgres(db) : indexInSqlite(db));
    },
  };
}

async function indexInPostgres(db: Kysely<unknown>): Promise<void> {
  await sql`create index messages_words on messages using gin (${POSTGRES_WORDS(sql`content`)})`.execute(db);
  await sql`create index sessions_words on sessions using gin (${POSTGRES_WORDS(sql`client_transcript`)})
            where client_transcript is not null`.execute(db);
}

/** The index holds words and rows, no second copy of the text; the owner is a word of each row, so that nobody else's are looked at. */
async function indexInSqlite(db: Kysely<unknown>): Promise<void> {
  for (const [index, table, column] of [
    ['messages_words', 'messages', 'content'],
    ['sessions_words', 'sessions', 'client_transcript'],
  ] as const) {
    const [words, of, text] = [sql.ref(index), sql.ref(table), sql.ref(column)];
    await sql`create virtual table ${words} using fts5(user_id, ${text}, content=${sql.lit(table)}, content_rowid='id',
              tokenize='unicode61 remove_diacritics 0', prefix='2 3')`.execute(db);
    const add = sql`insert into ${words} (rowid, user_id, ${text}) values (new.id, new.user_id, ${sql.raw(`new.${column}`)});`;
    const take = sql`insert into ${words} (${words}, rowid, user_id, ${text})
                     values ('delete', old.id, old.user_id, ${sql.raw(`old.${column}`)});`;
    const trigger = (name: string) => sql.ref(`${index}_${name}`);
    await sql`create trigger ${trigger('added')} after insert on ${of} begin ${add} end`.execute(db);
    await sql`create trigger ${trigger('removed')} after delete on ${of} begin ${take} end`.execute(db);
    await sql`create trigger ${trigger('changed')} after update of ${text} on ${of} begin ${take} ${add} end`.execute(db);
    await sql`insert into ${words} (${words}) values ('rebuild')`.execute(db);
  }
}
