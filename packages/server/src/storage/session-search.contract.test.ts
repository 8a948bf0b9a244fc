import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionFilter } from '../core/sessions/session.ts';
import type { Storage } from '../core/stores.ts';
import { type TemporaryStorage, testEngines } from '../testing/temporary-storage.ts';

const engines = await testEngines();
afterAll(() => Promise.all(engines.map((engine) => engine.stop())));

for (const { engine, missing, open } of engines) {
  describe.skipIf(missing)(`the list of sessions on ${engine}${missing ? ` (skipped: ${missing})` : ''}`, () => {
    let temporary: TemporaryStorage;
    let storage: Storage;
    let userId: number;
    let otherId: number;
    let agentId: number;
    beforeEach(async () => {
      temporary = await open();
      storage = temporary.storage;
      await storage.write(async ({ users, agents }) => {
        userId = (await users.insert({ role: 'member', email: null, name: null, limits: {} }, 1)).id;
        otherId = (await users.insert({ role: 'member', email: null, name: null, limits: {} }, 1)).id;
        const agent = { name: 'Ada', avatarId: null, language: 'en', customGreeting: null, context: null };
        agentId = (await agents.insert(userId, { ...agent, properties: null, memories: null, knowledgeBase: null }, 1)).id;
      });
    });
    afterEach(() => temporary.remove());

    const session = (owner: number, said: string[], more: { at?: number; type?: 'agent_voice'; embedId?: string } = {}) =>
      storage.write(async ({ sessions, messages }) => {
        const at = more.at ?? 1_000;
        const settings = { language: 'en', metadata: {}, warnings: [], idleTimeoutMs: 9_000, expiresAt: at + 10_000 };
        await sessions.reserve(owner, null);
        const { embedId, type = 'agent_chat' } = more;
        const { id } = await sessions.insert(
          owner,
          { agentId, type, ...settings, ...(embedId !== undefined && { embedId }) },
          at,
        );
        for (const content of said) await messages.insert(owner, id, { role: 'user', content, source: 'text' }, at);
        return id;
      });
    const list = async (filter: Partial<SessionFilter>, limit = 100) =>
      (await storage.read.sessions.list(userId, { status: 'all', ...filter, page: { limit } })).map(({ id }) => id);
    const search = (text: string) => list({ search: text });

    it('is searched by words and their beginnings, all in one message, whatever stands between them', async () => {
      const museum = await session(userId, ['When does the Museum open?', 'Is it open on Sundays?']);
      const price = await session(userId, ['The ticket costs $12.50 – see www.example.com/tickets, or "Grüße" for Ελλάδα.']);
      expect(await search('museum')).toEqual([museum]);
      expect(await search('MUS ope')).toEqual([museum]);
      expect(await search('museum sundays'), 'two messages').toEqual([]);
      for (const text of ['12.50', '50', 'example', 'tickets', 'grüß', 'ΕΛΛΆΔΑ', 'ticket costs', '"ticket" OR (NOT) *'])
        expect([text, await search(text)]).toEqual([text, text.includes('OR') ? [] : [price]]);
      expect(await search('seum'), 'the middle of a word').toEqual([]);
      expect(await search("zz's' : & | ! <-> \\"), 'no query language').toEqual([]);
    });

    it('shows nobody what another user’s sessions say, whoever’s number is looked for', async () => {
      const mine = await session(userId, ['a secret word']);
      await session(otherId, ['a secret word', String(userId)]);
      expect(await search('secret')).toEqual([mine]);
      expect(await search(String(userId))).toEqual([]);
    });

    it('finds what a client sent as transcript, too, and nothing of a deleted session', async () => {
      const id = await session(userId, ['hello there']);
      await storage.write(({ sessions }) =>
        sessions.end(userId, id, { reason: 'ended-by-client', clientTranscript: 'User: about refunds' }, 2_000),
      );
      expect([await search('refunds'), await search('hello')]).toEqual([[id], [id]]);
      await storage.write(({ sessions }) => sessions.delete(userId, id));
      const again = await session(userId, ['something else']);
      expect([await search('refunds'), await search('hello'), await search('else')]).toEqual([[], [], [again]]);
    });

    it('is filtered by type, end, embed and time, newest first, page by page', async () => {
      const first = await session(userId, ['one word'], { at: 1_000 });
      const second = await session(userId, ['one word'], { at: 2_000, type: 'agent_voice', embedId: 'emb_one' });
      const third = await session(userId, ['one word'], { at: 3_000, embedId: 'emb_one' });
      await storage.write(({ sessions }) => sessions.end(userId, third, { reason: 'idle-timeout' }, 4_000));
      expect(await list({ type: 'agent_voice' })).toEqual([second]);
      expect(await list({ endReason: 'idle-timeout' })).toEqual([third]);
      expect(await list({ embedId: 'emb_one' })).toEqual([third, second]);
      expect(await list({ from: 2_000, to: 3_000 })).toEqual([second]);
      expect(await list({ search: 'word', from: 2_000, status: 'active' })).toEqual([second]);
      expect(await list({ search: 'word' }, 2)).toEqual([third, second]);
      expect(await list({})).toEqual([third, second, first]);
    });
  });
}
