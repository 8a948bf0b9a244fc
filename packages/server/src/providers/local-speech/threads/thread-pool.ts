import type { Worker } from 'node:worker_threads';
import { startEngineThread } from '../../engine-process/engine-thread.ts';

/** Too much is waiting already: more would only make everybody wait longer. */
export class PoolBusyError extends Error {
  constructor() {
    super('Too much speech is waiting for the processor');
    this.name = 'PoolBusyError';
  }
}

export interface RunOptions {
  /** Smaller goes first; equal ones in the order of their arrival. */
  urgency: number;
  /** A task that waits is dropped; one that runs is let finish, and its result thrown away. */
  signal: AbortSignal;
}

/** A fixed number of threads that work off tasks, one at a time each. */
export interface ThreadPool<Task, Result> {
  /** @throws PoolBusyError, the signal's reason, or the Error with which the task failed. */
  run(task: Task, options: RunOptions): Promise<Result>;
  /** How many tasks wait. */
  waiting(): number;
  /** Ends the threads; what runs or waits fails. */
  close(): Promise<void>;
}

export interface ThreadPoolOptions {
  /** The module that a thread runs, named as it is in the sources (`.ts`); it answers every `{ id, task }` with `{ id, result }` or `{ id, error }`. */
  entry: URL;
  threads: number;
  mostWaiting: number;
}

interface Job<Task, Result> {
  id: number;
  task: Task;
  urgency: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

interface Thread<Task, Result> {
  worker: Worker;
  job: Job<Task, Result> | undefined;
}

/** What a thread answers. */
export type ThreadAnswer<Result> = { id: number; result: Result } | { id: number; error: string };

/** Starts the threads. One that dies (native code may crash) fails its task and is replaced when the next task comes. */
export function createThreadPool<Task, Result>(options: ThreadPoolOptions): ThreadPool<Task, Result> {
  const threads: Thread<Task, Result>[] = [];
  const queue: Job<Task, Result>[] = [];
  let nextId = 1;
  let closed = false;

  function startThread(): Thread<Task, Result> {
    const worker = startEngineThread(options.entry);
    const thread: Thread<Task, Result> = { worker, job: undefined };
    const lose = (error: Error) => {
      const at = threads.indexOf(thread);
      if (at >= 0) threads.splice(at, 1);
      thread.job?.reject(error);
      thread.job = undefined;
      dispatch();
    };
    worker.on('message', (answer: ThreadAnswer<Result>) => {
      const { job } = thread;
      if (job?.id !== answer.id) return;
      thread.job = undefined;
      if ('error' in answer) job.reject(new Error(answer.error));
      else job.resolve(answer.result);
      dispatch();
    });
    worker.once('error', lose);
    worker.once('exit', (code) => lose(new Error(`A speech thread ended with code ${code}`)));
    worker.unref();
    threads.push(thread);
    return thread;
  }

  function dispatch(): void {
    while (!closed && queue.length > 0) {
      const thread =
        threads.find((each) => each.job === undefined) ?? (threads.length < options.threads ? startThread() : undefined);
      if (!thread) return;
      let first = 0;
      for (let at = 1; at < queue.length; at += 1) if ((queue[at]?.urgency ?? 0) < (queue[first]?.urgency ?? 0)) first = at;
      const [job] = queue.splice(first, 1);
      if (!job) return;
      thread.job = job;
      thread.worker.postMessage({ id: job.id, task: job.task });
    }
  }

  return {
    run(task, { urgency, signal }) {
      return new Promise<Result>((resolve, reject) => {
        signal.throwIfAborted();
        if (closed) throw new Error('The speech threads have ended');
        if (queue.length >= options.mostWaiting) throw new PoolBusyError();
        const job: Job<Task, Result> = {
          id: nextId++,
          task,
          urgency,
          resolve(result) {
            signal.removeEventListener('abort', onAbort);
            resolve(result);
          },
          reject(error) {
            signal.removeEventListener('abort', onAbort);
            reject(error);
          },
        };
        const onAbort = () => {
          const at = queue.indexOf(job);
          if (at >= 0) queue.splice(at, 1);
          job.reject(signal.reason);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        queue.push(job);
        dispatch();
      });
    },
    waiting: () => queue.length,
    async close() {
      closed = true;
      const error = new Error('The speech threads have ended');
      for (const job of queue.splice(0)) job.reject(error);
      await Promise.all(threads.splice(0).map(({ worker }) => worker.terminate()));
    },
  };
}
