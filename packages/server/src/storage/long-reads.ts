import type { ResourceLimits, Worker } from 'node:worker_threads';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { ReadAnswer, ReadOrder } from './reading-thread.ts';
import type { Database } from './schema.ts';

/** Starts a thread from a module of this server, named as in the sources. */
export type StartThread = (entry: URL, limits: ResourceLimits, workerData: unknown) => Worker;

/** Of rows in hand; a page of a list is some hundred kilobytes. */
const THREAD_LIMITS = { maxOldGenerationSizeMb: 256 };

interface Waiting {
  resolve: (rows: unknown[]) => void;
  reject: (error: Error) => void;
}

/**
 * Reads of a SQLite file that may take long: SQLite runs queries to their end, so they run in a thread with a connection of its own, and
 * the event loop of this process only gets their rows. The thread starts with the first query; one that is lost fails the queries in
 * hand, and the next query starts another. `destroy()` ends it.
 */
export function openLongReads(file: string, startThread: StartThread): Kysely<Database> {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | undefined;
  let lastId = 0;
  let closed = false;

  const lost = (which: Worker, error: Error) => {
    if (thread !== which) return;
    thread = undefined;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };

  const start = (): Worker => {
    const started = startThread(new URL('./reading-thread.ts', import.meta.url), THREAD_LIMITS, file);
    started.on('message', (answer: ReadAnswer) => {
      const asker = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('rows' in answer) asker?.resolve(answer.rows);
      else asker?.reject(Object.assign(new Error(answer.error), { code: answer.code }));
      if (waiting.size === 0) started.unref();
    });
    started.on('error', (error) => lost(started, error));
    started.on('exit', () => lost(started, new Error('The thread that reads the database has ended')));
    return started;
  };

  const run = (sql: string, parameters: readonly unknown[]): Promise<unknown[]> =>
    new Promise((resolve, reject) => {
      if (closed) return reject(new Error('The database is closed'));
      thread ??= start();
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      // Nobody waits for a process that only has an idle thread.
      thread.ref();
      thread.postMessage({ id: lastId, sql, parameters } satisfies ReadOrder);
    });

  const connection: DatabaseConnection = {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      return { rows: (await run(sql, parameters)) as R[] };
    },
    // biome-ignore lint/correctness/useYield: rows come together
    async *streamQuery() {
      throw new Error('Long reads are not streamed');
    },
  };
  const readOnly = async () => {
    throw new Error('Long reads have no transactions');
  };
  const driver: Driver = {
    init: async () => undefined,
    acquireConnection: async () => connection,
    releaseConnection: async () => undefined,
    beginTransaction: readOnly,
    commitTransaction: readOnly,
    rollbackTransaction: readOnly,
    async destroy() {
      closed = true;
      const ending = thread;
      if (!ending) return;
      lost(ending, new Error('The database is closed'));
      await ending.terminate();
    },
  };
  return new Kysely<Database>({
    dialect: {
      createDriver: () => driver,
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createAdapter: () => new SqliteAdapter(),
      createIntrospector: (database) => new SqliteIntrospector(database),
    },
  });
}
