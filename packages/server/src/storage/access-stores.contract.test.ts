import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SCOPES } from '../core/access/api-key.ts';
import type { Storage } from '../core/stores.ts';
import type { User } from '../core/users/user.ts';
import { type TemporaryStorage, testEngines } from '../testing/temporary-storage.ts';

const DAY_MS = 86_400_000;
const PAGE = { limit: 100 };
const engines = await testEngines();
afterAll(() => Promise.all(engines.map((engine) => engine.stop())));

for (const { engine, missing, open } of engines) {
  describe.skipIf(missing)(`on ${engine}${missing ? ` (skipped: ${missing})` : ''}`, () => {
    let temporary: TemporaryStorage;
    let storage: Storage;
    let user: User;
    let other: User;

    beforeEach(async () => {
      temporary = await open();
      storage = temporary.storage;
      [user, other] = await storage.write(async ({ users }) => [
        await users.insert({ role: 'administrator', email: 'a@example.com', name: 'A', limits: {} }, 1),
        await users.insert({ role: 'member', email: 'b@example.com', name: null, limits: {} }, 2),
      ]);
    });
    afterEach(() => temporary.remove());

    const key = (owner: User, hash: string) =>
      storage.write(({ apiKeys }) =>
        apiKeys.insert(
          owner.id,
          { name: 'k', prefix: 'ah_live_', lastFour: '1234', scopes: [...SCOPES], rateLimit: null, hash },
          5,
        ),
      );

    describe('users', () => {
      it('are found by their address and changed only in what is given', async () => {
        expect(await storage.read.users.findByEmail('b@example.com')).toEqual(other);
        expect(
          await storage.write(({ users }) => users.update(other.id, { active: false, limits: { concurrentSessions: null } }, 9)),
        ).toBe(true);
        expect(await storage.read.users.find(other.id)).toEqual({
          ...other,
          active: false,
          limits: { concurrentSessions: null },
          updatedAt: 9,
        });
        expect(await storage.write(({ users }) => users.update(999_999, { name: 'x' }, 9))).toBe(false);
      });

      it('are listed newest first, page by page, without the system user', async () => {
        const system = await storage.write(({ users }) =>
          users.insert({ role: 'system', email: null, name: null, limits: {} }, 3),
        );
        expect((await storage.read.users.list(PAGE)).map(({ id }) => id)).toEqual([other.id, user.id]);
        expect(await storage.write(({ users }) => users.update(system.id, { name: 'x' }, 9))).toBe(false);
        expect(await storage.write(({ users }) => users.delete(system.id))).toBe(false);
      });

      it('have another administrator only in one who is active and can get in', async () => {
        const has = () => storage.read.users.hasOtherAdministrator(user.id);
        const second = await storage.write(({ users }) =>
          users.insert({ role: 'administrator', email: 'c@example.com', name: null, limits: {} }, 3),
        );
        expect(await has()).toBe(false);
        const { id } = await key(second, 'hash');
        expect(await has()).toBe(true);
        await storage.write(({ apiKeys }) => apiKeys.delete(second.id, id, 4));
        expect(await has()).toBe(false);
        const account = { email: 'c@example.com', name: null, passwordHash: 'hash' };
        await storage.write(({ users }) => users.setPassword(second.id, account, 5));
        expect(await has()).toBe(true);
        await storage.write(({ users }) => users.update(second.id, { active: false }, 6));
        expect(await has()).toBe(false);
      });

      it('take everything of theirs with them, and nothing of others', async () => {
        await key(user, 'mine');
        await key(other, 'theirs');
        await storage.write(async (stores) => {
          const avatar = await stores.avatars.insert(
            other.id,
            {
              name: 'F',
              url: 'https://example.org/f.png',
              voiceId: null,
              isFavorite: false,
              isPublic: true,
              status: 'ready',
              reason: null,
              imageKey: null,
              consent: false,
            },
            1,
          );
          const agent = {
            name: 'A',
            language: 'en',
            customGreeting: null,
            context: null,
            properties: null,
            memories: null,
            knowledgeBase: null,
          };
          const kept = await stores.agents.insert(user.id, { ...agent, avatarId: avatar.id }, 1);
          const lost = await stores.agents.insert(other.id, { ...agent, avatarId: avatar.id }, 1);
          for (const { id, userId } of [kept, lost]) {
            const session = { agentId: id, type: 'agent_chat' as const, language: 'en', metadata: {}, warnings: [] };
            await stores.sessions.insert(userId, { ...session, idleTimeoutMs: 1, expiresAt: 10 }, 1);
          }
        });
        expect(await storage.write(({ users }) => users.delete(other.id))).toBe(true);
        expect(await storage.read.apiKeys.findByHash('theirs')).toBeUndefined();
        expect(await storage.read.apiKeys.findByHash('mine')).toBeDefined();
        expect((await storage.read.sessions.allLive()).map(({ userId }) => userId)).toEqual([user.id]);
        const [agent] = await storage.read.agents.list(user.id, { status: 'all', page: PAGE });
        expect(agent?.avatarId).toBeNull();
      });
    });

    describe('keys', () => {
      it('are their owner’s to find, change and delete', async () => {
        const { id } = await key(user, 'hash');
        const { apiKeys } = storage.read;
        expect(await apiKeys.find(other.id, id)).toBeUndefined();
        expect(await storage.write((stores) => stores.apiKeys.update(other.id, id, { active: false }))).toBe(false);
        expect(await storage.write((stores) => stores.apiKeys.delete(other.id, id, 9))).toBe(false);
        await storage.write((stores) => stores.apiKeys.update(user.id, id, { scopes: ['agents'], rateLimit: 7 }));
        expect(await apiKeys.find(user.id, id)).toMatchObject({ scopes: ['agents'], rateLimit: 7, active: true, name: 'k' });
        await storage.write((stores) => stores.apiKeys.delete(user.id, id, 9));
        expect(await apiKeys.list(user.id, PAGE)).toEqual([]);
        expect((await apiKeys.findByHash('hash'))?.key).toMatchObject({ active: false, deletedAt: 9 });
      });
    });

    describe('sign-ins', () => {
      it('are found by their token and by the one before it, until they expire', async () => {
        const insert = { hash: 'one', successorSecret: 's', expiresAt: 100 };
        await storage.write(({ signIns }) => signIns.insert(user.id, insert, 1));
        const found = await storage.read.signIns.findByHash('one', 50);
        expect(found).toEqual({
          signIn: { id: expect.any(Number), userId: user.id, successorSecret: 's', rotatedAt: null },
          token: 'current',
        });
        await storage.write(({ signIns }) => signIns.rotate(found?.signIn.id ?? 0, 'two', 200, 60));
        expect(await storage.read.signIns.findByHash('one', 150)).toMatchObject({ token: 'previous', signIn: { rotatedAt: 60 } });
        expect(await storage.read.signIns.findByHash('two', 150)).toMatchObject({ token: 'current' });
        await storage.write(({ signIns }) => signIns.rotate(found?.signIn.id ?? 0, 'three', 200, 70));
        expect(await storage.read.signIns.findByHash('one', 150)).toBeUndefined();
        expect(await storage.read.signIns.findByHash('three', 200)).toBeUndefined();
        await storage.write(({ signIns }) => signIns.deleteExpired(200));
        expect(await storage.read.signIns.findByHash('three', 0)).toBeUndefined();
      });
    });

    describe('set-up links', () => {
      it('are taken once', async () => {
        await storage.write(({ setUpLinks }) => setUpLinks.insert(other.id, { hash: 'link', expiresAt: 100 }, 1));
        const take = (now: number) => storage.write(({ setUpLinks }) => setUpLinks.take('link', now));
        expect(await take(100)).toBeUndefined();
        expect(await take(99)).toBe(other.id);
        expect(await take(99)).toBeUndefined();
      });
    });

    describe('try links', () => {
      it('are taken once, and leave with their time, their user and their agent', async () => {
        const agent = {
          name: 'A',
          avatarId: null,
          language: 'en',
          customGreeting: null,
          context: null,
          properties: null,
          memories: null,
          knowledgeBase: null,
        };
        const { id: agentId } = await storage.write(({ agents }) => agents.insert(other.id, agent, 1));
        const insert = (hash: string, expiresAt: number) =>
          storage.write(({ tryLinks }) => tryLinks.insert({ userId: other.id, agentId, hash, expiresAt }, 1));
        const take = (hash: string, now: number) => storage.write(({ tryLinks }) => tryLinks.take(hash, now));
        await insert('one', 100);
        await insert('two', 100);
        expect(await take('three', 1)).toBeUndefined();
        expect(await take('one', 100)).toBeUndefined();
        const both = await Promise.all([take('one', 99), take('one', 99)]);
        expect(both.filter(Boolean)).toEqual([{ userId: other.id, agentId }]);
        await storage.write(({ tryLinks }) => tryLinks.deleteExpired(99));
        expect(await take('two', 99)).toEqual({ userId: other.id, agentId });
        await insert('four', 100);
        await storage.write(({ tryLinks }) => tryLinks.deleteExpired(100));
        expect(await take('four', 1)).toBeUndefined();
        await insert('five', 100);
        expect(await storage.write(({ users }) => users.delete(other.id))).toBe(true);
        expect(await take('five', 1)).toBeUndefined();
      });
    });

    describe('providers', () => {
      it('are put once a name and owner', async () => {
        const provider = {
          name: 'mine',
          baseUrl: 'https://a.example',
          defaultModel: 'm',
          contextTokens: 9,
          sealedKey: 'x',
          keyLastFour: 'abcd',
        };
        const first = await storage.write(({ providers }) => providers.put(user.id, provider, 1));
        await storage.write(({ providers }) => providers.put(other.id, provider, 1));
        const changed = {
          ...provider,
          baseUrl: 'https://b.example',
          defaultModel: null,
          contextTokens: null,
          sealedKey: null,
          keyLastFour: null,
        };
        const second = await storage.write(({ providers }) => providers.put(user.id, changed, 2));
        expect(second).toEqual({ ...first, ...changed, updatedAt: 2 });
        expect(await storage.read.providers.list(user.id)).toEqual([second]);
        expect(await storage.write(({ providers }) => providers.delete(user.id, 'mine'))).toBe(true);
        expect(await storage.write(({ providers }) => providers.delete(user.id, 'mine'))).toBe(false);
        expect(await storage.read.providers.find(other.id, 'mine')).toMatchObject(provider);
      });
    });

    describe('usage', () => {
      it('is added up by day and type, for its owner only', async () => {
        const start = 100 * DAY_MS;
        await storage.write(async (stores) => {
          const agent = {
            name: 'A',
            avatarId: null,
            language: 'en',
            customGreeting: null,
            context: null,
            properties: null,
            memories: null,
            knowledgeBase: null,
          };
          for (const owner of [user, other]) {
            const { id } = await stores.agents.insert(owner.id, agent, 1);
            const session = {
              agentId: id,
              type: 'agent_chat' as const,
              language: 'en',
              metadata: {},
              warnings: [],
              idleTimeoutMs: 1,
              expiresAt: 1,
            };
            for (const at of [start - 1, start, start + DAY_MS - 1]) {
              const { id: sessionId } = await stores.sessions.insert(owner.id, session, at);
              await stores.sessions.end(owner.id, sessionId, { reason: 'ended-by-client' }, at + 1_500);
            }
            const call = await stores.sessions.insert(owner.id, { ...session, type: 'agent_voice' }, start + 500);
            await stores.sessions.joined(call.id, (await stores.sessions.claim(call.id)) ?? 0, start + 500);
          }
        });
        expect(await storage.read.usage.byDay(user.id, start - DAY_MS, start + 2_500)).toEqual(
          expect.arrayContaining([
            { day: 99, type: 'agent_chat', sessions: 1, milliseconds: 1_500 },
            { day: 100, type: 'agent_chat', sessions: 2, milliseconds: 3_000 },
            { day: 100, type: 'agent_voice', sessions: 1, milliseconds: 2_000 },
          ]),
        );
        expect(await storage.read.usage.byDay(user.id, start, start + 2_500)).toHaveLength(2);
        expect(await storage.read.usage.liveByType(user.id)).toEqual([{ type: 'agent_voice', count: 1 }]);
      });
    });
  });
}
