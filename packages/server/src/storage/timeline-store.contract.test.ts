import { TIMELINE_ENTRIES } from '@visavis/protocol';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recoverPresence } from '../core/sessions/timeline.ts';
import type { Storage } from '../core/stores.ts';
import { type TemporaryStorage, testEngines } from '../testing/temporary-storage.ts';

const engines = await testEngines();
afterAll(() => Promise.all(engines.map((engine) => engine.stop())));

for (const { engine, missing, open } of engines) {
  describe.skipIf(missing)(`the timeline of a session on ${engine}${missing ? ` (skipped: ${missing})` : ''}`, () => {
    let temporary: TemporaryStorage;
    let storage: Storage;
    let userId: number;
    let otherId: number;
    let id: number;
    beforeEach(async () => {
      temporary = await open();
      storage = temporary.storage;
      await storage.write(async ({ users, agents, sessions }) => {
        userId = (await users.insert({ role: 'member', email: null, name: null, limits: {} }, 1)).id;
        otherId = (await users.insert({ role: 'member', email: null, name: null, limits: {} }, 1)).id;
        const agent = { name: 'Ada', avatarId: null, language: 'en', customGreeting: null, context: null };
        const given = { ...agent, properties: null, memories: null, knowledgeBase: null };
        const { id: agentId } = await agents.insert(userId, given, 1);
        await sessions.reserve(userId, null);
        const settings = { language: 'en', metadata: {}, warnings: [], idleTimeoutMs: 9_000, expiresAt: 90_000 };
        id = (await sessions.insert(userId, { agentId, type: 'agent_voice', ...settings }, 1_000)).id;
      });
    });
    afterEach(() => temporary.remove());

    const list = () => storage.read.timeline.list(userId, id);
    const joined = (at: number) => storage.write(({ timeline }) => timeline.add(id, { type: 'joined' }, at));
    const end = () =>
      storage.write(async ({ sessions, timeline }) => {
        await sessions.end(userId, id, { reason: 'client-gone' }, 80_000);
        await timeline.add(id, { type: 'ended', reason: 'client-gone' }, 80_000);
      });

    it('is kept in order, with its times, for its owner alone, and nothing comes after the end', async () => {
      await joined(1_500);
      await storage.write(({ timeline }) => timeline.add(id, { type: 'left', reason: 'said-goodbye' }, 3_000));
      await end();
      await joined(81_000);
      expect(await list()).toEqual({
        entries: [
          { at: 1_500, afterMs: 500, event: { type: 'joined' } },
          { at: 3_000, afterMs: 2_000, event: { type: 'left', reason: 'said-goodbye' } },
          { at: 80_000, afterMs: 79_000, event: { type: 'ended', reason: 'client-gone' } },
        ],
        leftOut: 0,
      });
      expect(await storage.read.timeline.list(otherId, id)).toEqual({ entries: [], leftOut: 0 });
    });

    it('has an upper bound: the oldest stay, the rest is counted, and the end is told in any case', async () => {
      await storage.write(async ({ timeline }) => {
        for (let n = 0; n < TIMELINE_ENTRIES + 7; n++) await timeline.add(id, { type: 'joined' }, 2_000 + n);
      });
      await end();
      const { entries, leftOut } = await list();
      expect([entries.length, leftOut]).toEqual([TIMELINE_ENTRIES + 1, 7]);
      expect(entries.at(-2)?.at).toBe(2_000 + TIMELINE_ENTRIES - 1);
      expect(entries.at(-1)?.event).toEqual({ type: 'ended', reason: 'client-gone' });
    });

    it('is deleted with its session, and an event of a session that is gone is no error', async () => {
      await joined(1_500);
      await end();
      await storage.write(({ sessions }) => sessions.delete(userId, id));
      await joined(82_000);
      const { n } = await temporary.database.read
        .selectFrom('session_events')
        .select((eb) => eb.fn.countAll().as('n'))
        .executeTakeFirstOrThrow();
      expect(Number(n)).toBe(0);
    });

    it('tells who was cut off when the server went down', async () => {
      const epoch = (await storage.write(({ sessions }) => sessions.claim(id))) ?? 0;
      await storage.write(({ sessions }) => sessions.joined(id, epoch, 2_000));
      await storage.write((stores) => recoverPresence(stores, 5_000));
      await storage.write((stores) => recoverPresence(stores, 6_000));
      expect((await list()).entries).toEqual([{ at: 5_000, afterMs: 4_000, event: { type: 'left', reason: 'server-lost' } }]);
    });
  });
}
