import Sqlite from 'better-sqlite3';
import { Kysely, SqliteAdapter, SqliteDialect } from 'kysely';
import type { OpenDatabase } from './engine.ts';
import { createGroupCommit } from './group-commit.ts';
import { openLongReads, type StartThread } from './long-reads.ts';
import { migrateToLatest } from './migrate.ts';
import type { Database } from './schema.ts';

/** Statements kept prepared; the server has fewer different ones than this. */
const STATEMENTS_KEPT = 500;

/**
 * Opens (and migrates) a SQLite file: WAL, `synchronous=FULL`, so that what was acknowledged survives `kill -9` and a
 * power cut. One connection writes, another one reads and sees only what was committed, a third one does so in a thread.
 */
export async function openSqlite(file: string, startThread: StartThread): Promise<OpenDatabase> {
  const writerHandle = new Sqlite(file, { timeout: 5_000 });
  writerHandle.pragma('journal_mode = WAL');
  writerHandle.pragma('synchronous = FULL');
  writerHandle.pragma('foreign_keys = ON');
  const writer = kyselyOver(writerHandle);
  await migrateToLatest(writer, 'sqlite');

  const readerHandle = new Sqlite(file, { readonly: true, timeout: 5_000 });
  const read = kyselyOver(readerHandle);
  const readLong = openLongReads(file, startThread);
  const commits = createGroupCommit(writer);
  return {
    engine: 'sqlite',
    read,
    readLong,
    transaction: commits.submit,
    async close() {
      await commits.drain();
      await readLong.destroy();
      await read.destroy();
      try {
        writerHandle.pragma('wal_checkpoint(TRUNCATE)');
      } catch {
        // A full disk, for one: everything is in the log, which the next start reads.
      }
      await writer.destroy();
    },
  };
}

/**
 * Has Kysely migrate in a transaction, which SQLite can do and Kysely by itself does not: a first start that is killed, or
 * fills the disk, would leave half a schema that no later start gets past.
 */
class MigratingDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function kyselyOver(handle: Sqlite.Database): Kysely<Database> {
  const prepared = new Map<string, Sqlite.Statement>();
  return new Kysely<Database>({
    dialect: new MigratingDialect({
      database: {
        close: () => handle.close(),
        prepare(sqlText) {
          // Where the disk is full SQLite has rolled back by itself; a second time would hide the reason.
          if (sqlText === 'rollback' && !handle.inTransaction) return handle.prepare('select 1') as never;
          let statement = prepared.get(sqlText);
          if (!statement) {
            statement = handle.prepare(sqlText);
            if (prepared.size >= STATEMENTS_KEPT) prepared.clear();
            prepared.set(sqlText, statement);
          }
          return statement as never;
        },
      },
    }),
  });
}
