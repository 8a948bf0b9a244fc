import { setMaxListeners } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createThreadPool, PoolBusyError, type ThreadPool, type ThreadPoolOptions } from './thread-pool.ts';

/** What a thread of these tests does: tell its number, wait for a hand, fail, or die. */
type Task = { do: 'echo'; value: number } | { do: 'wait'; hand: SharedArrayBuffer } | { do: 'fail' | 'exit' | 'throw' };

const ANSWERING = `
  import { threadId } from 'node:worker_threads';
  import { answerTasks } from ${JSON.stringify(new URL('./answer-tasks.ts', import.meta.url).href)};
  answerTasks(async (task) => {
    if (task.do === 'echo') return { value: task.value, thread: threadId };
    if (task.do === 'fail') throw new Error('The task failed');
    if (task.do === 'exit') process.exit(3);
    if (task.do === 'throw') return new Promise(() => setImmediate(() => { throw new Error('A bug'); }));
    const hand = new Int32Array(task.hand);
    Atomics.store(hand, 1, 1);
    Atomics.wait(hand, 0, 0);
    return { value: -1, thread: threadId };
  });
`;

let folder: string;
let entry: URL;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-threads-'));
  const file = join(folder, 'thread.mts');
  await writeFile(file, ANSWERING);
  entry = pathToFileURL(file);
});
afterAll(() => rm(folder, { recursive: true }));

type Answer = { value: number; thread: number };
const pools: ThreadPool<Task, Answer>[] = [];
function createPool(options: Partial<ThreadPoolOptions> = {}): ThreadPool<Task, Answer> {
  const pool = createThreadPool<Task, Answer>({ entry, threads: 1, mostWaiting: 16, ...options });
  pools.push(pool);
  return pool;
}
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A task that holds its thread until it is let go. */
function holding() {
  const hand = new SharedArrayBuffer(8);
  const view = new Int32Array(hand);
  return {
    task: { do: 'wait', hand } as const,
    begun: async () => {
      while (Atomics.load(view, 1) === 0) await turn();
    },
    letGo() {
      Atomics.store(view, 0, 1);
      Atomics.notify(view, 0);
    },
  };
}
const never = new AbortController().signal;
const run = { urgency: 0, signal: never };
const echo = (value: number): Task => ({ do: 'echo', value });

describe('a pool of threads', () => {
  it('takes the most urgent task first, and equal ones in the order of their arrival', async () => {
    const pool = createPool();
    const held = holding();
    const first = pool.run(held.task, run);
    await held.begun();
    const done: number[] = [];
    const waiting = [2, 0, 1, 0, 2, 1].map((urgency, at) =>
      pool.run(echo(at), { urgency, signal: never }).then(({ value }) => done.push(value)),
    );
    expect(pool.waiting()).toBe(6);
    held.letGo();
    await Promise.all([first, ...waiting]);
    expect(done).toEqual([1, 3, 2, 5, 0, 4]);
  });

  it('works with as many threads as it may, and no more', async () => {
    const pool = createPool({ threads: 2 });
    const [one, two] = [holding(), holding()];
    const running = [pool.run(one.task, run), pool.run(two.task, run)];
    await Promise.all([one.begun(), two.begun()]);
    const third = pool.run(echo(3), run);
    expect(pool.waiting()).toBe(1);
    two.letGo();
    expect((await third).value).toBe(3);
    one.letGo();
    const threads = await Promise.all(running);
    expect(new Set(threads.map(({ thread }) => thread)).size).toBe(2);
  });

  it('refuses what is more than may wait, and takes tasks again afterwards', async () => {
    const pool = createPool({ mostWaiting: 2 });
    const held = holding();
    const tasks = [pool.run(held.task, run)];
    await held.begun();
    tasks.push(pool.run(echo(1), run), pool.run(echo(2), run));
    await expect(pool.run(echo(3), run)).rejects.toBeInstanceOf(PoolBusyError);
    held.letGo();
    await Promise.all(tasks);
    expect((await pool.run(echo(4), run)).value).toBe(4);
  });

  it('drops a task that is not wanted any more while it waits', async () => {
    const pool = createPool({ mostWaiting: 1 });
    const held = holding();
    const first = pool.run(held.task, run);
    await held.begun();
    const stop = new AbortController();
    const dropped = pool.run(echo(1), { urgency: 0, signal: stop.signal });
    stop.abort(new Error('Not wanted'));
    await expect(dropped).rejects.toThrow('Not wanted');
    expect(pool.waiting()).toBe(0);
    const next = pool.run(echo(2), run);
    held.letGo();
    await first;
    expect((await next).value).toBe(2);
    await expect(pool.run(echo(3), { urgency: 0, signal: stop.signal })).rejects.toThrow('Not wanted');
  });

  it('throws away the result of a running task that is not wanted any more, and gives its thread nothing else meanwhile', async () => {
    const pool = createPool();
    const held = holding();
    const stop = new AbortController();
    const running = pool.run(held.task, { urgency: 0, signal: stop.signal });
    await held.begun();
    stop.abort(new Error('Not wanted'));
    await expect(running).rejects.toThrow('Not wanted');
    const next = pool.run(echo(2), run);
    expect(pool.waiting()).toBe(1);
    held.letGo();
    expect((await next).value).toBe(2);
  });

  it('passes on why a task failed, and keeps the thread', async () => {
    const pool = createPool();
    const before = await pool.run(echo(1), run);
    await expect(pool.run({ do: 'fail' }, run)).rejects.toThrow('The task failed');
    expect((await pool.run(echo(2), run)).thread).toBe(before.thread);
  });

  it.each([
    ['exit', 'A speech thread ended with code 3'],
    ['throw', 'A bug'],
  ] as const)('replaces a thread that dies by %s, which fails its own task only', async (how, why) => {
    const pool = createPool({ threads: 2 });
    const held = holding();
    const other = pool.run(held.task, run);
    await held.begun();
    const before = await pool.run(echo(0), run);
    const dying = pool.run({ do: how }, run);
    const waiting = [pool.run(echo(1), run), pool.run(echo(2), run)];
    await expect(dying).rejects.toThrow(why);
    const after = await Promise.all(waiting);
    expect(after.map(({ value }) => value)).toEqual([1, 2]);
    expect(after[0]?.thread).not.toBe(before.thread);
    held.letGo();
    expect((await other).value).toBe(-1);
  });

  it('fails what runs and what waits when it is closed, and takes nothing more', async () => {
    const pool = createPool();
    const held = holding();
    const running = pool.run(held.task, run);
    await held.begun();
    const waiting = pool.run(echo(1), run);
    const both = Promise.allSettled([running, waiting]);
    await pool.close();
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(pool.run(echo(2), run)).rejects.toThrow('have ended');
    await pool.close();
  });

  it('leaves no listener and no handle of a thousand tasks', async () => {
    const pool = createPool({ threads: 2, mostWaiting: 1000 });
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    let listeners = 0;
    const add = stop.signal.addEventListener.bind(stop.signal);
    const remove = stop.signal.removeEventListener.bind(stop.signal);
    stop.signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    stop.signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    const handles = () => process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length;
    await pool.run(echo(0), run);
    const before = handles();
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, at) => pool.run(echo(at), { urgency: at % 3, signal: stop.signal })),
    );
    expect(answers.map(({ value }) => value)).toEqual(Array.from({ length: 1000 }, (_, at) => at));
    expect(new Set(answers.map(({ thread }) => thread)).size).toBe(2);
    expect(listeners).toBe(0);
    expect(handles()).toBeLessThanOrEqual(before + 1); // The second thread.
  });
});
