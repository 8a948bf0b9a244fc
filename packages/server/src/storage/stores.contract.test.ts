import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeCursor } from '../core/cursor.ts';
import type { Storage } from '../core/stores.ts';
import type { User } from '../core/users/user.ts';
import { type TemporaryStorage, testEngines } from '../testing/temporary-storage.ts';

const HOUR = 3_600_000;
const engines = await testEngines();
afterAll(() => Promise.all(engines.map((engine) => engine.stop())));

for (const { engine, missing, open } of engines) {
  describe.skipIf(missing)(`the stores on ${engine}${missing ? ` (skipped: ${missing})` : ''}`, () => {
    let temporary: TemporaryStorage;
    let storage: Storage;
    let user: User;
    let other: User;

    beforeEach(async () => {
      temporary = await open();
      storage = temporary.storage;
      [user, other] = await storage.write(async ({ users }) => [
        await users.insert({ role: 'administrator', email: 'a@example.com', name: 'A', limits: { concurrentSessions: 3 } }, 1),
        await users.insert({ role: 'member', email: null, name: null, limits: {} }, 2),
      ]);
    });
    afterEach(() => temporary.remove());

    const newAgent = (name = 'Agent', now = 1_000) =>
      storage.write(({ agents }) =>
        agents.insert(
          user.id,
          {
            name,
            avatarId: null,
            language: 'en',
            customGreeting: 'Hi',
            context: null,
            properties: { llm: { temperature: 0.5 } },
            memories: null,
            knowledgeBase: null,
          },
          now,
        ),
      );
    const newSession = async (now = 1_000) => {
      const agent = await newAgent();
      return storage.write(({ sessions }) =>
        sessions.insert(
          user.id,
          {
            agentId: agent.id,
            type: 'agent_chat',
            language: 'en',
            metadata: { a: 1 },
            video: { aspect: '16:9', height: 360 },
            warnings: ['w'],
            idleTimeoutMs: HOUR,
            expiresAt: now + 4 * HOUR,
          },
          now,
        ),
      );
    };

    it('give back what was put in, with every type kept', async () => {
      expect(await storage.read.users.find(user.id)).toEqual(user);
      expect(user.limits).toEqual({ concurrentSessions: 3 });
      const agent = await newAgent('Ünïcode 🎈');
      expect(await storage.read.agents.find(user.id, agent.id)).toEqual(agent);
      const session = await newSession();
      expect(await storage.read.sessions.find(user.id, session.id)).toEqual(session);
      expect(session).toMatchObject({
        status: 'active',
        endReason: null,
        metadata: { a: 1 },
        video: { aspect: '16:9', height: 360 },
        warnings: ['w'],
        deadlineAt: 1_000 + HOUR,
      });
    });

    it('show no row to another user', async () => {
      const session = await newSession();
      const message = await storage.write(({ messages }) =>
        messages.insert(user.id, session.id, { role: 'user', content: 'Hi', source: 'text', idempotencyKey: 'k' }, 5),
      );
      const { read } = storage;
      expect(await read.agents.find(other.id, session.agentId)).toBeUndefined();
      expect(await read.agents.overview(other.id, session.agentId)).toBeUndefined();
      expect(await read.agents.list(other.id, { status: 'all', page: { limit: 9 } })).toEqual([]);
      expect(await read.sessions.find(other.id, session.id)).toBeUndefined();
      expect(await read.sessions.list(other.id, { status: 'all', page: { limit: 9 } })).toEqual([]);
      expect(await read.messages.find(other.id, session.id, message.id)).toBeUndefined();
      expect(await read.messages.findByKey(other.id, session.id, 'k')).toBeUndefined();
      expect(await read.messages.turns(other.id, session.id)).toEqual([]);
      await storage.write(async ({ agents, sessions }) => {
        expect(await agents.update(other.id, session.agentId, { name: 'stolen' }, 9)).toBe(false);
        expect(await agents.delete(other.id, session.agentId, 9)).toBe(false);
        expect(await sessions.end(other.id, session.id, { reason: 'ended-by-client' }, 9)).toBeUndefined();
        expect(await sessions.touch(other.id, session.id, 9)).toBe(false);
        expect(await sessions.changeType(other.id, session.id, 'agent_voice')).toBe(false);
        expect(await sessions.delete(other.id, session.id)).toBe(false);
      });
    });

    it('take everything back that a failed unit of work did, and nothing of its neighbours', async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) =>
          storage.write(async ({ agents }) => {
            const fields = {
              avatarId: null,
              language: 'en',
              customGreeting: null,
              context: null,
              properties: null,
              memories: null,
              knowledgeBase: null,
            };
            await agents.insert(user.id, { name: `Agent ${n}`, ...fields }, n);
            if (n % 3 === 0) throw new Error('changed my mind');
          }),
        ),
      );
      expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(7);
      const kept = await storage.read.agents.list(user.id, { status: 'all', page: { limit: 100 } });
      expect(kept.map(({ name }) => Number(name.slice(6))).sort((a, b) => a - b)).toEqual([
        1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19,
      ]);
    });

    it('list agents by their newest change, with their sessions counted', async () => {
      const [first, second] = [await newAgent('first', 10), await newAgent('second', 20)];
      await storage.write(({ agents }) => agents.update(user.id, first.id, { name: 'first again' }, 30));
      const page = await storage.read.agents.list(user.id, { status: 'active', page: { limit: 1 } });
      expect(page.map(({ name }) => name)).toEqual(['first again']);
      const rest = await storage.read.agents.list(user.id, {
        status: 'active',
        page: { limit: 9, cursor: encodeCursor([30, first.id]) },
      });
      expect(rest.map(({ id }) => id)).toEqual([second.id]);

      const session = await newSession(5_000);
      await storage.write(({ sessions }) =>
        sessions.end(user.id, session.id, { reason: 'ended-by-client', clientDuration: 1 }, 65_000),
      );
      expect(await storage.read.agents.overview(user.id, session.agentId)).toMatchObject({
        totalSessions: 1,
        averageDurationSeconds: 60,
        lastUsedAt: 5_000,
      });
    });

    it('end a session once, and never bring it back', async () => {
      const session = await newSession();
      const end = (reason: 'ended-by-client' | 'idle-timeout', now: number) =>
        storage.write(({ sessions }) => sessions.end(user.id, session.id, { reason, metadata: { b: 2 } }, now));
      expect(await end('ended-by-client', 2_000)).toMatchObject({
        status: 'completed',
        endedAt: 2_000,
        metadata: { a: 1, b: 2 },
      });
      expect(await end('idle-timeout', 3_000)).toBeUndefined();
      await storage.write(async ({ sessions }) => {
        expect(await sessions.touch(user.id, session.id, 4_000)).toBe(false);
        expect(await sessions.claim(session.id)).toBeUndefined();
      });
      expect(await storage.read.sessions.find(user.id, session.id)).toMatchObject({
        endReason: 'ended-by-client',
        endedAt: 2_000,
      });
    });

    it('move the idle deadline with activity, never past the last moment', async () => {
      const session = await newSession(1_000);
      const deadlineAfterTouch = async (now: number) => {
        await storage.write(({ sessions }) => sessions.touch(user.id, session.id, now));
        return (await storage.read.sessions.find(user.id, session.id))?.deadlineAt;
      };
      expect(await deadlineAfterTouch(2_000)).toBe(2_000 + HOUR);
      expect(await deadlineAfterTouch(1_000 + 3.5 * HOUR)).toBe(1_000 + 4 * HOUR);
      expect(await storage.read.sessions.nextDeadline()).toBe(1_000 + 4 * HOUR);
      expect(await storage.read.sessions.overdue(4 * HOUR, 10)).toEqual([]);
      expect((await storage.read.sessions.overdue(1_000 + 4 * HOUR, 10)).map(({ id }) => id)).toEqual([session.id]);
    });

    it('tell their status by their ids', async () => {
      const session = await newSession(1_000);
      const ended = await newSession(1_000);
      await storage.write(({ sessions }) => sessions.end(user.id, ended.id, { reason: 'ended-by-client' }, 2_000));
      expect(await storage.read.sessions.statuses([session.id, ended.id, 999_999])).toEqual(
        new Map([
          [session.id, 'active'],
          [ended.id, 'completed'],
        ]),
      );
      expect(await storage.read.sessions.statuses([])).toEqual(new Map());
    });

    it('wait for who is to join and for who is gone, and count the time somebody was there', async () => {
      const { id: agentId } = await newAgent();
      const wish = { agentId, type: 'agent_voice' as const, language: 'en', metadata: {}, warnings: [] };
      const limits = { idleTimeoutMs: HOUR, joinWithinMs: 120, rejoinMs: 60, expiresAt: 4 * HOUR };
      const { id } = await storage.write(({ sessions }) => sessions.insert(user.id, { ...wish, ...limits }, 0));
      const now = () => storage.read.sessions.find(user.id, id);
      expect(await now()).toMatchObject({ deadlineAt: 120, deadlineReason: 'nobody-joined', connectedSince: null, rejoinMs: 60 });
      const epoch = (await storage.write(({ sessions }) => sessions.claim(id))) ?? 0;
      expect(await storage.write(({ sessions }) => sessions.joined(id, epoch - 1, 50))).toBe(false);
      expect(await storage.write(({ sessions }) => sessions.joined(id, epoch, 50))).toBe(true);
      expect(await now()).toMatchObject({ deadlineAt: 4 * HOUR, connectedSince: 50 });
      await storage.write(({ sessions }) => sessions.touch(user.id, id, 60));
      expect(await now()).toMatchObject({ deadlineAt: 4 * HOUR });
      expect(await storage.write(({ sessions }) => sessions.left(id, epoch - 1, 70))).toBe(false);
      expect(await storage.write(({ sessions }) => sessions.left(id, epoch, 70))).toBe(true);
      expect(await now()).toMatchObject({
        deadlineAt: 130,
        deadlineReason: 'client-gone',
        connectedSince: null,
        connectedMs: 20,
      });
      expect(await storage.write(({ sessions }) => sessions.left(id, epoch, 90))).toBe(false);
      await storage.write(({ sessions }) => sessions.joined(id, epoch, 100));
      await storage.write(({ sessions }) => sessions.touch(user.id, id, 105));
      expect(await storage.write(({ sessions }) => sessions.allLeft(500))).toEqual([id]);
      expect(await now()).toMatchObject({ deadlineAt: 560, deadlineReason: 'client-gone', connectedMs: 25 });
      await storage.write(({ sessions }) => sessions.joined(id, epoch, 510));
      const ended = await storage.write(({ sessions }) => sessions.end(user.id, id, { reason: 'client-gone' }, 520));
      expect(ended).toMatchObject({ connectedMs: 35, connectedSince: null, endReason: 'client-gone' });
    });

    it('refuse a worker whose session was taken over', async () => {
      const session = await newSession();
      const claim = () => storage.write(({ sessions }) => sessions.claim(session.id));
      const [first, second] = [await claim(), await claim()];
      expect([first, second]).toEqual([1, 2]);
      await storage.write(async ({ sessions }) => {
        expect(await sessions.touchAs(session.id, 1, 9_000)).toBe(false);
        expect(await sessions.touchAs(session.id, 2, 9_000)).toBe(true);
      });
    });

    it('keep one reply a turn, and put it behind its question', async () => {
      const session = await newSession();
      const add = (message: Parameters<Storage['read']['messages']['insert']>[2]) =>
        storage.write(({ messages }) => messages.insert(user.id, session.id, message, 7));
      const one = await add({ role: 'user', content: 'one', source: 'text' });
      const two = await add({ role: 'user', content: 'two', source: 'text' });
      await add({
        role: 'assistant',
        content: 'reply to one',
        source: 'text',
        turnId: one.id,
        latency: { first_token: 1.5, total: 3 },
      });
      await add({ role: 'assistant', content: 'reply to two', source: 'text', turnId: two.id });
      await expect(add({ role: 'assistant', content: 'again', source: 'text', turnId: one.id })).rejects.toThrow();
      const contents = (rows: Array<{ content: string }>) => rows.map(({ content }) => content);
      expect(contents(await storage.read.messages.turns(user.id, session.id))).toEqual([
        'one',
        'reply to one',
        'two',
        'reply to two',
      ]);
      expect(contents(await storage.read.messages.list(user.id, session.id, { limit: 3, after: one.id }))).toEqual([
        'two',
        'reply to one',
        'reply to two',
      ]);
      expect(await storage.read.messages.replyTo(user.id, session.id, one.id)).toMatchObject({
        latency: { first_token: 1.5, total: 3 },
      });
    });

    it('keep one message and one answer per idempotency key', async () => {
      const session = await newSession();
      const keyed = { role: 'user', content: 'x', source: 'text', idempotencyKey: 'same' } as const;
      const insert = () => storage.write(({ messages }) => messages.insert(user.id, session.id, keyed, 1));
      await insert();
      await expect(insert()).rejects.toThrow();
      const answer = { bodyHash: 'h', status: 201, sealedBody: 's' };
      const keep = (path: string) => storage.write(({ idempotency }) => idempotency.insert(user.id, path, 'key', answer, 100));
      await keep('/agents');
      await keep('/sessions');
      await expect(keep('/agents')).rejects.toThrow();
      expect(await storage.read.idempotency.find(user.id, '/agents', 'key')).toEqual(answer);
      expect(await storage.read.idempotency.find(other.id, '/agents', 'key')).toBeUndefined();
      await storage.write(({ idempotency }) => idempotency.deleteBefore(101));
      expect(await storage.read.idempotency.find(user.id, '/agents', 'key')).toBeUndefined();
    });

    it('forget a deleted agent but for its name, and delete a session with its messages', async () => {
      const session = await newSession();
      await storage.write(({ messages }) =>
        messages.insert(user.id, session.id, { role: 'user', content: 'x', source: 'text' }, 1),
      );
      await storage.write(({ agents }) => agents.delete(user.id, session.agentId, 2));
      expect(await storage.read.agents.find(user.id, session.agentId)).toBeUndefined();
      expect(await storage.read.sessions.overview(user.id, session.id)).toMatchObject({ agentName: 'Agent' });
      await storage.write(({ sessions }) => sessions.end(user.id, session.id, { reason: 'ended-by-client' }, 3));
      expect(await storage.write(({ sessions }) => sessions.delete(user.id, session.id))).toBe(true);
      expect(await storage.read.messages.turns(user.id, session.id)).toEqual([]);
    });
  });
}
