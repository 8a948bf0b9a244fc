import { type RawBuilder, sql } from 'kysely';
import type { Engine } from './engine.ts';

const SEPARATORS = '.,;:/\\@-_+~#%&=?!\'"()[]{}<>|*^$`’‘“”„«»…–—¿¡·。、，！？：；（）「」';

/**
 * The words of a column, as both engines find them: small, and parted at everything that is neither letter nor digit. Postgres' own
 * parser would keep addresses and numbers whole.
 */
export const POSTGRES_WORDS = (column: RawBuilder<unknown>) =>
  sql`to_tsvector('simple', translate(${column}, ${sql.lit(SEPARATORS)}, ${sql.lit(' '.repeat(SEPARATORS.length))}))`;

/** The words of what somebody searches for; the more, the fewer results. */
export function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu)
      ?.slice(0, 12) ?? []
  );
}

/** The ids of the user's sessions in which one message, or the client's transcript, has every word, or one that begins with it. */
export function sessionsWithWords(engine: Engine, userId: number, text: string): RawBuilder<number> {
  const words = wordsOf(text);
  if (engine === 'postgres') {
    const query = sql`to_tsquery('simple', ${words.map((word) => `'${word}':*`).join(' & ')})`;
    return sql`(select session_id from messages where user_id = ${userId} and ${POSTGRES_WORDS(sql`content`)} @@ ${query}
      union select id from sessions where user_id = ${userId} and client_transcript is not null
      and ${POSTGRES_WORDS(sql`client_transcript`)} @@ ${query})`;
  }
  const all = words.map((word) => `"${word}" *`).join(' AND ');
  return sql`(select session_id from messages where id in
      (select rowid from messages_words where messages_words match ${`user_id : "${userId}" AND content : (${all})`})
    union select rowid from sessions_words where sessions_words match ${`user_id : "${userId}" AND client_transcript : (${all})`})`;
}
