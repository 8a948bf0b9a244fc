import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';

export type Engine = 'sqlite' | 'postgres';

/** An open, migrated database. */
export interface OpenDatabase {
  engine: Engine;
  /** Sees what has been committed, and nothing else. */
  read: Kysely<Database>;
  /** The same for queries that may take long: they keep nothing else waiting. */
  readLong: Kysely<Database>;
  /** Runs `work` atomically; resolves when its writes are on disk. `work` may only await the database. */
  transaction<T>(work: (database: Kysely<Database>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
