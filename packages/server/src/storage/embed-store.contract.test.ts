import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewEmbed } from '../core/embeds/embed.ts';
import type { Storage } from '../core/stores.ts';
import { type TemporaryStorage, testEngines } from '../testing/temporary-storage.ts';

const DAY = 20_000;
const engines = await testEngines();
afterAll(() => Promise.all(engines.map((engine) => engine.stop())));

for (const { engine, missing, open } of engines) {
  describe.skipIf(missing)(`embeds on ${engine}${missing ? ` (skipped: ${missing})` : ''}`, () => {
    let temporary: TemporaryStorage;
    let storage: Storage;
    let userId: number;
    let agentId: number;
    const wish = (): NewEmbed => ({
      agentId,
      publicId: 'emb_one',
      name: 'Shop',
      allowedOrigins: ['https://shop.example'],
      sessionTypes: ['agent_chat'],
      sessionsPerDay: 3,
      minutesPerDay: null,
      minutesPerSession: 30,
      expiresAt: null,
      enabled: true,
      appearance: { title: 'Hi' },
    });
    beforeEach(async () => {
      temporary = await open();
      storage = temporary.storage;
      await storage.write(async ({ users, agents, embeds }) => {
        userId = (await users.insert({ role: 'member', email: null, name: null, limits: {} }, 1)).id;
        const agent = { name: 'Ada', avatarId: null, language: 'en', customGreeting: null, context: null };
        agentId = (await agents.insert(userId, { ...agent, properties: null, memories: null, knowledgeBase: null }, 1)).id;
        await embeds.insert(userId, wish(), 5);
      });
    });
    afterEach(() => temporary.remove());

    it('give back what was put in, with every type kept, and show it to their user only', async () => {
      const { embeds } = storage.read;
      const expected = { ...wish(), id: 1, userId, agentName: 'Ada', createdAt: 5, updatedAt: 5 };
      expect(await embeds.find(userId, 'emb_one')).toEqual(expected);
      expect(await embeds.findPublic('emb_one')).toEqual(expected);
      expect(await embeds.find(userId + 1, 'emb_one')).toBeUndefined();
      expect(await embeds.list(userId + 1, { page: { limit: 10 } })).toEqual([]);
      const change = (owner: number) =>
        storage.write((stores) => stores.embeds.update(owner, 'emb_one', { enabled: false, minutesPerDay: 7 }, 9));
      expect([await change(userId + 1), await change(userId)]).toEqual([false, true]);
      expect(await embeds.find(userId, 'emb_one')).toEqual({ ...expected, enabled: false, minutesPerDay: 7, updatedAt: 9 });
      const remove = (owner: number) => storage.write((stores) => stores.embeds.delete(owner, 'emb_one'));
      expect([await remove(userId + 1), await remove(userId), await remove(userId)]).toEqual([false, true, false]);
    });

    it('never give away more than their budget, whatever comes at once', async () => {
      const budgetMs = 100;
      const granted: number[] = [];
      const take = () =>
        storage
          .write(async ({ embeds }) => {
            await embeds.reserveSession('emb_one', DAY, 8);
            const milliseconds = await embeds.reserveTime('emb_one', DAY, { most: 30, least: 10, budget: budgetMs });
            if (milliseconds === undefined) throw new Error('exhausted');
            return milliseconds;
          })
          .then(
            (milliseconds) => void granted.push(milliseconds),
            (error: Error) => expect(error.message).toBe('exhausted'),
          );
      await Promise.all(Array.from({ length: 20 }, take));
      expect(granted.sort((a, b) => a - b)).toEqual([10, 30, 30, 30]);
      expect(await storage.read.embeds.use(['emb_one', 'emb_none'], DAY)).toEqual(
        new Map([['emb_one', { sessions: 4, milliseconds: 100 }]]),
      );
      expect(await storage.read.embeds.use(['emb_one'], DAY + 1)).toEqual(new Map());
    });

    it('get back what a session did not use when it ends, once', async () => {
      const startedAt = DAY * 86_400_000 + 7;
      const id = await storage.write(async ({ embeds, sessions }) => {
        await embeds.reserveSession('emb_one', DAY, null);
        await embeds.reserveTime('emb_one', DAY, { most: 60_000, least: 1, budget: undefined });
        await sessions.reserve(userId, null);
        const session = {
          agentId,
          type: 'agent_voice' as const,
          language: 'en',
          metadata: {},
          warnings: [],
          idleTimeoutMs: 9_000,
        };
        const wanted = { ...session, expiresAt: startedAt + 60_000, embedId: 'emb_one', setAsideMs: 60_000 };
        return (await sessions.insert(userId, wanted, startedAt)).id;
      });
      const held = (now: number) =>
        storage.read.sessions.heldOfEmbed('emb_one', { from: DAY * 86_400_000, to: (DAY + 1) * 86_400_000, now });
      expect(await held(startedAt)).toBe(60_000);
      await storage.write(async ({ sessions }) => {
        const epoch = await sessions.claim(id);
        await sessions.joined(id, epoch ?? 0, startedAt);
      });
      expect(await held(startedAt + 15_000)).toBe(45_000);
      const end = () =>
        storage.write(({ sessions }) => sessions.end(userId, id, { reason: 'ended-by-client' }, startedAt + 15_000));
      expect((await end())?.embedId).toBe('emb_one');
      expect(await end()).toBeUndefined();
      expect((await storage.read.embeds.use(['emb_one'], DAY)).get('emb_one')).toEqual({ sessions: 1, milliseconds: 15_000 });
    });

    it('go with their user and with their agent', async () => {
      await storage.write(({ embeds }) => embeds.deleteAllOfAgent(userId, agentId));
      expect(await storage.read.embeds.findPublic('emb_one')).toBeUndefined();
      await storage.write(async ({ embeds, users }) => {
        await embeds.insert(userId, wish(), 5);
        await embeds.reserveSession('emb_one', DAY, null);
        await users.delete(userId);
      });
      expect(await storage.read.embeds.findPublic('emb_one')).toBeUndefined();
      expect(await storage.read.embeds.use(['emb_one'], DAY)).toEqual(new Map());
    });
  });
}
