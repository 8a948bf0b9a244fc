import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';

/** One query; numbers, texts and nulls only. */
export interface ReadOrder {
  id: number;
  sql: string;
  parameters: readonly unknown[];
}

export type ReadAnswer = { id: number; rows: unknown[] } | { id: number; error: string; code: string | undefined };

/** The entry of the thread that runs long queries on a connection of its own. `workerData`: the file. */
function serve(port: NonNullable<typeof parentPort>): void {
  const database = new Sqlite(workerData as string, { readonly: true, timeout: 5_000 });
  port.on('message', ({ id, sql, parameters }: ReadOrder) => {
    let answer: ReadAnswer;
    try {
      answer = { id, rows: database.prepare(sql).all(...parameters) };
    } catch (error) {
      const { message, code } = error as Error & { code?: string };
      answer = { id, error: message, code };
    }
    port.postMessage(answer);
  });
  port.on('close', () => database.close());
}

if (parentPort === null) throw new Error('This module is the entry of a thread');
serve(parentPort);
