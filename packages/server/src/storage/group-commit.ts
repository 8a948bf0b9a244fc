import { type Kysely, sql } from 'kysely';
import { AppError } from '../core/errors.ts';
import type { Database } from './schema.ts';

interface Job {
  work: (database: Kysely<Database>) => Promise<unknown>;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

/** More jobs than this wait for the next commit, so that one commit never holds the event loop for long. */
const LARGEST_GROUP = 64;

/**
 * Puts writes that arrive together into one SQLite transaction, each in a savepoint of its own: one fsync makes all of
 * them durable, and a job that fails takes only itself back. A job's promise settles after the commit.
 */
export function createGroupCommit(writer: Kysely<Database>) {
  const waiting: Job[] = [];
  let running = false;
  let idle: (() => void) | undefined;

  const runOne = async (database: Kysely<Database>, job: Job, alone: boolean): Promise<() => void> => {
    if (alone) {
      const value = await job.work(database);
      return () => job.resolve(value as never);
    }
    await sql`savepoint job`.execute(database);
    try {
      const value = await job.work(database);
      await sql`release job`.execute(database);
      return () => job.resolve(value as never);
    } catch (error) {
      // SQLite may have taken the whole transaction back: the group fails, with this reason.
      if (isDiskFull(error)) throw error;
      await sql`rollback to job`.execute(database);
      await sql`release job`.execute(database);
      return () => job.reject(error);
    }
  };

  const commitGroup = async (jobs: Job[]): Promise<void> => {
    try {
      const settle = await writer.connection().execute(async (database) => {
        await sql`begin immediate`.execute(database);
        try {
          const outcomes: Array<() => void> = [];
          for (const job of jobs) outcomes.push(await runOne(database, job, jobs.length === 1));
          await sql`commit`.execute(database);
          return outcomes;
        } catch (error) {
          // After a full disk SQLite has rolled back by itself already.
          await sql`rollback`.execute(database).catch(() => undefined);
          throw error;
        }
      });
      for (const outcome of settle) outcome();
    } catch (error) {
      const reason = isDiskFull(error) ? new AppError('storage-full', undefined, { cause: error }) : error;
      for (const job of jobs) job.reject(reason);
    }
  };

  const run = async (): Promise<void> => {
    await commitGroup(waiting.splice(0, LARGEST_GROUP));
    if (waiting.length > 0) setImmediate(() => void run());
    else {
      running = false;
      idle?.();
    }
  };

  return {
    submit<T>(work: (database: Kysely<Database>) => Promise<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        waiting.push({ work, resolve: resolve as Job['resolve'], reject });
        if (running) return;
        running = true;
        setImmediate(() => void run());
      });
    },
    /** Resolves when everything submitted has been settled. */
    async drain(): Promise<void> {
      if (running) await new Promise<void>((resolve) => (idle = resolve));
    },
  };
}

function isDiskFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE';
}
