import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEngineThread } from '../providers/engine-process/engine-thread.ts';
import { type TemporaryStorage, temporaryStorage } from '../testing/temporary-storage.ts';
import { openLongReads } from './long-reads.ts';

let temporary: TemporaryStorage;
let threads: Worker[];
let reads: ReturnType<typeof openLongReads>;
beforeEach(async () => {
  temporary = await temporaryStorage();
  threads = [];
  reads = openLongReads(join(temporary.folder, 'visavis.db'), (...given) => {
    const thread = startEngineThread(...given);
    threads.push(thread);
    return thread;
  });
});
afterEach(async () => {
  await reads.destroy();
  await temporary.remove();
});

/** A thread ends after the query in hand. */
const LONG = sql`with recursive n(i) as (select 1 union all select i + 1 from n limit 1000000) select count(*) from n`;
const one = () => sql<{ one: number }>`select 1 as one`.execute(reads);
const lastThread = () => threads.at(-1) as Worker;

describe('a long read', () => {
  it('keeps nothing else waiting, and sees what was committed before it', async () => {
    const insert = (name: string) =>
      temporary.storage.write(({ users }) => users.insert({ role: 'member', email: null, name, limits: {} }, 1));
    await insert('Ada');
    const names = () => reads.selectFrom('users').select('name').where('name', 'is not', null).execute();
    expect(await names()).toEqual([{ name: 'Ada' }]);
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 1);
    const counted = sql`with recursive n(i) as (select 1 union all select i + 1 from n limit 300000) select count(*) as n from n`;
    expect((await counted.execute(reads)).rows).toEqual([{ n: 300_000 }]);
    clearInterval(ticking);
    expect(ticks, 'turns of the event loop meanwhile').toBeGreaterThan(3);
    await insert('Ben');
    expect(await names()).toHaveLength(2);
    expect(threads).toHaveLength(1);
  });

  it('fails with SQLite’s own error, writes nothing, and the next one works', async () => {
    await expect(sql`select word from nowhere`.execute(reads)).rejects.toThrow('no such table: nowhere');
    await expect(sql`delete from users returning id`.execute(reads)).rejects.toThrow('readonly');
    expect((await one()).rows).toEqual([{ one: 1 }]);
  });

  it('fails where its thread is lost, and the next one gets another', async () => {
    await one();
    const failed = expect(LONG.execute(reads)).rejects.toThrow('has ended');
    void lastThread().terminate();
    await failed;
    expect((await one()).rows).toEqual([{ one: 1 }]);
    expect(threads).toHaveLength(2);
  });

  it('has no thread before the first and none after the end, and is refused then', async () => {
    expect(threads).toHaveLength(0);
    await one();
    const ended = new Promise((resolve) => lastThread().once('exit', resolve));
    await reads.destroy();
    await ended;
    await expect(one()).rejects.toThrow();
  });
});
