import { Kysely, PostgresDialect } from 'kysely';
import type { OpenDatabase } from './engine.ts';
import { migrateToLatest } from './migrate.ts';
import type { Database } from './schema.ts';

const INT8 = 20;

/** How long a connection may take, in ms; also the wait for a free one. */
const CONNECT_WITHIN_MS = 10_000;

/** Thrown where the database server does not answer, or lets nobody in. */
export class DatabaseUnreachableError extends Error {
  override readonly name = 'DatabaseUnreachableError';
}

/** Opens (and migrates) a Postgres database. 64-bit integers arrive as numbers: ids and times stay below 2^53. */
export async function openPostgres(url: string): Promise<OpenDatabase> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
    },
  });
  // A connection that dies while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  await pool.query('select 1').catch(async (error: unknown) => {
    await pool.end();
    throw new DatabaseUnreachableError('The database cannot be reached', { cause: error });
  });
  const database = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  await migrateToLatest(database, 'postgres');
  return {
    engine: 'postgres',
    read: database,
    readLong: database,
    transaction: (work) => database.transaction().execute(work),
    close: () => database.destroy(),
  };
}
