import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const TODAY = Date.UTC(2024, 2, 1);

let api: TestApi;
let time = TODAY;
let agentId: number;
beforeAll(async () => {
  api = await startTestApi({ now: () => time, rateLimit: true });
  agentId = (await api.call('POST', '/agents', { name: 'A' })).body.agent.agent_id;
});
afterAll(() => api.close());

/** A session from `start` for some minutes, somebody connected all the time; without them it stays live. */
async function session(type: 'agent_chat' | 'agent_voice', start: number, minutes?: number) {
  const expiresAt = start + 100 * DAY_MS;
  const created = await api.storage.write((stores) =>
    stores.sessions.insert(
      api.user.id,
      { agentId, type, language: 'en', metadata: {}, warnings: [], idleTimeoutMs: 100 * DAY_MS, expiresAt },
      start,
    ),
  );
  const epoch = (await api.storage.write((stores) => stores.sessions.claim(created.id))) ?? 0;
  if (type === 'agent_voice') await api.storage.write((stores) => stores.sessions.joined(created.id, epoch, start));
  if (minutes === undefined) return;
  const end = { reason: 'ended-by-client', clientDuration: 1 } as const;
  await api.storage.write((stores) => stores.sessions.end(api.user.id, created.id, end, start + minutes * MINUTE_MS));
}

const none = { agent_voice: 0, agent_video: 0, agent_chat: 0, webrtc_video: 0, total: 0 };

describe('usage', () => {
  it('is empty, day by day, where nothing was used', async () => {
    const { status, body } = await api.call('GET', '/usage?days=2');
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      days: [
        { date: '2024-02-29', sessions: none, minutes: none },
        { date: '2024-03-01', sessions: none, minutes: none },
      ],
      totals: { sessions: none, minutes: none },
      live: none,
      limits: { concurrent_sessions: 50, messages_per_minute: 120, requests_per_minute: 60 },
    });
    expect((await api.call('GET', '/usage')).body.days).toHaveLength(30);
  });

  it('adds up minutes and sessions by the day they started (UTC), as the server measured them', async () => {
    await session('agent_chat', TODAY - 1, 10);
    await session('agent_chat', TODAY, 1);
    await session('agent_chat', TODAY + 5 * MINUTE_MS, 1.5);
    await session('agent_voice', TODAY + MINUTE_MS);
    await session('agent_voice', TODAY - 10 * DAY_MS, 60);
    time = TODAY + 11 * MINUTE_MS;
    const { body } = await api.call('GET', '/usage?days=2');
    expect(body.days).toEqual([
      {
        date: '2024-02-29',
        sessions: { ...none, agent_chat: 1, total: 1 },
        minutes: { ...none, agent_chat: 10, total: 10 },
      },
      {
        date: '2024-03-01',
        sessions: { ...none, agent_chat: 2, agent_voice: 1, total: 3 },
        minutes: { ...none, agent_chat: 2.5, agent_voice: 10, total: 12.5 },
      },
    ]);
    expect(body.totals.sessions).toEqual({ ...none, agent_chat: 3, agent_voice: 1, total: 4 });
    expect(body.live).toEqual({ ...none, agent_voice: 1, total: 1 });
    expect((await api.call('GET', '/usage')).body.totals.minutes.agent_voice).toBe(70);
  });

  it('is the caller’s own, with the caller’s limits', async () => {
    const { user, apiKey } = await api.anotherUser();
    await api.call('PUT', `/users/${user.id}`, { limits: { concurrent_sessions: null, messages_per_minute: 7 } });
    const { body } = await api.call('GET', '/usage', undefined, { 'x-api-key': apiKey });
    expect(body.totals.sessions).toEqual(none);
    expect(body.live).toEqual(none);
    expect(body.limits).toEqual({ concurrent_sessions: null, messages_per_minute: 7, requests_per_minute: 60 });
    const created = await api.call('POST', '/keys', { name: 'slow', rate_limit: 5 });
    const own = await api.call('GET', '/usage', undefined, { 'x-api-key': created.body.key });
    expect(own.body.limits.requests_per_minute).toBe(5);
  });

  it('names the wrong field', async () => {
    for (const days of ['0', '367', '-1', '1.5', 'all', '']) {
      expect((await api.call('GET', `/usage?days=${days}`)).body.details).toHaveProperty('days');
    }
  });
});
