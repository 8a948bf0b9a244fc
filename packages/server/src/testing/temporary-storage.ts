import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Storage } from '../core/stores.ts';
import { startEngineThread } from '../providers/engine-process/engine-thread.ts';
import type { Engine, OpenDatabase } from '../storage/engine.ts';
import { openPostgres } from '../storage/postgres.ts';
import { openSqlite } from '../storage/sqlite.ts';
import { createStorage } from '../storage/storage.ts';
import { startPostgres } from './postgres-server.ts';

export interface TemporaryStorage {
  storage: Storage;
  database: OpenDatabase;
  folder: string;
  remove(): Promise<void>;
}

/** A fresh, migrated SQLite database in a folder of its own. */
export async function temporaryStorage(): Promise<TemporaryStorage> {
  const folder = await mkdtemp(join(tmpdir(), 'visavis-test-'));
  const database = await openSqlite(join(folder, 'visavis.db'), startEngineThread);
  return {
    storage: createStorage(database),
    database,
    folder,
    async remove() {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An engine that the contract suites run on. */
export interface TestEngine {
  engine: Engine;
  /** Why it cannot be had here; its tests are skipped with this reason. */
  missing: string | undefined;
  open(): Promise<TemporaryStorage>;
  stop(): Promise<void>;
}

/** Every engine there is; started once per test file. */
export async function testEngines(): Promise<TestEngine[]> {
  const postgres = await startPostgres();
  const missing = typeof postgres === 'string' ? postgres : undefined;
  return [
    { engine: 'sqlite', missing: undefined, open: temporaryStorage, stop: async () => undefined },
    {
      engine: 'postgres',
      missing,
      async open() {
        if (typeof postgres === 'string') throw new Error(postgres);
        const database = await openPostgres(await postgres.newDatabase());
        return { storage: createStorage(database), database, folder: '', remove: () => database.close() };
      },
      stop: async () => (typeof postgres === 'string' ? undefined : postgres.stop()),
    },
  ];
}
