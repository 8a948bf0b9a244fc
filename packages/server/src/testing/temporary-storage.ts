import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Storage } from '../core/stores.ts';
import type { OpenDatabase } from '../storage/engine.ts';
import { openSqlite } from '../storage/sqlite.ts';
import { createStorage } from '../storage/storage.ts';

export interface TemporaryStorage {
  storage: Storage;
  database: OpenDatabase;
  folder: string;
  remove(): Promise<void>;
}

/** A fresh, migrated SQLite database in a folder of its own. */
export async function temporaryStorage(): Promise<TemporaryStorage> {
  const folder = await mkdtemp(join(tmpdir(), 'visavis-test-'));
  const database = await openSqlite(join(folder, 'visavis.db'));
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
