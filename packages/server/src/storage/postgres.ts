import { Kysely, PostgresDialect } from 'kysely';
import type { OpenDatabase } from './engine.ts';
import { migrateToLatest } from './migrate.ts';
import type { Database } from './schema.ts';

const INT8 = 20;

/** Opens (and migrates) a Postgres database. 64-bit integers arrive as numbers: ids and times stay below 2^53. */
export async function openPostgres(url: string): Promise<OpenDatabase> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
    },
  });
  // A connection that dies while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  const database = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  await migrateToLatest(database, 'postgres');
  return {
    engine: 'postgres',
    read: database,
    transaction: (work) => database.transaction().execute(work),
    close: () => database.destroy(),
  };
}
