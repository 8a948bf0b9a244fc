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

  it('tells how long replies took, what was cut off, what failed and why sessions ended, day by day', async () => {
    const { user, apiKey } = await api.anotherUser();
    const as = { 'x-api-key': apiKey };
    const { agent_id } = (await api.call('POST', '/agents', { name: 'B' }, as)).body.agent;
    const { session_id } = (await api.call('POST', '/sessions', { agent_id, session_type: 'agent_chat' }, as)).body.session;
    const at = time - MINUTE_MS;
    const { messages } = api.storage.read;
    const say = (message: Parameters<typeof messages.insert>[2], when = at) =>
      api.storage.write((stores) => stores.messages.insert(user.id, session_id, message, when));
    for (let n = 1; n <= 20; n++) {
      const { id } = await say({ role: 'user', content: 'Q', source: 'text' });
      await api.storage.write((stores) => stores.messages.markAnswered(user.id, session_id, id));
      const reply = { role: 'assistant', content: 'A', source: 'text', turnId: id, interrupted: n === 1 } as const;
      await say({ ...reply, latency: { first_token: n * 10, total: 9_999 } });
    }
    const spoken = await say({ role: 'user', content: 'Q', source: 'speech' });
    const { id } = await say({
      role: 'assistant',
      content: 'A',
      source: 'speech',
      turnId: spoken.id,
      latency: { first_audio_sent: 700 },
    });
    await api.storage.write((stores) =>
      stores.messages.setLatency(user.id, session_id, id, { first_audio_sent: 700, first_audio_heard: 800 }),
    );
    await say({ role: 'assistant', content: 'A greeting', source: 'text', latency: { first_token: 1 } });
    await say({ role: 'user', content: 'without a reply', source: 'text' });
    await say({ role: 'user', content: 'just now', source: 'text' }, time);
    await api.call('PUT', `/sessions/${session_id}/end`, {}, as);
    const { status, body } = await api.call('GET', '/usage/quality?days=2', undefined, as);
    expect(status).toBe(200);
    const quiet = { latency: { text: null, speech: null }, replies: 0, interrupted: 0, failed: 0, end_reasons: {} };
    expect(body.days).toEqual([
      { date: '2024-02-29', ...quiet },
      {
        date: '2024-03-01',
        latency: { text: { replies: 20, p50_ms: 100, p95_ms: 190 }, speech: { replies: 1, p50_ms: 800, p95_ms: 800 } },
        replies: 21,
        interrupted: 1,
        failed: 1,
        end_reasons: { 'ended-by-client': 1 },
      },
    ]);
  });
});
