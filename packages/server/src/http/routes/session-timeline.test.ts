import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenAiServer, startOpenAiServer } from '../../testing/openai-server.ts';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

let api: TestApi;
let models: OpenAiServer;
let sessionId: number;

beforeAll(async () => {
  models = await startOpenAiServer();
  api = await startTestApi({ models });
  const { body } = await api.call('POST', '/agents', { name: 'Shop' });
  const wish = { agent_id: body.agent.agent_id, session_type: 'chat' };
  sessionId = (await api.call('POST', '/sessions', wish)).body.session.session_id;
});
afterAll(async () => {
  await api.close();
  await models.close();
});

const timeline = async () => (await api.call('GET', `/sessions/${sessionId}/timeline`)).body;
const types = async () => (await timeline()).timeline.map(({ type }: { type: string }) => type);

describe('the timeline of a session', () => {
  it('grows while the session is live, and is there when it has ended', async () => {
    models.script(() => ({ status: 401 }));
    const failed = await api.call('POST', `/sessions/${sessionId}/messages`, { message: 'Hello?' });
    await expect.poll(types).toEqual(['created', 'reply-failed']);
    await api.call('PATCH', `/sessions/${sessionId}`, { session_type: 'agent_voice' });
    await api.call('PATCH', `/sessions/${sessionId}`, { session_type: 'agent_voice' });
    await api.call('PUT', `/sessions/${sessionId}/end`);
    const { timeline: entries, ...rest } = await timeline();
    expect(rest).toEqual({ success: true, left_out: 0 });
    const when = { at: expect.stringMatching(/Z$/), after_ms: expect.any(Number) };
    expect(entries).toEqual([
      { type: 'created', session_type: 'agent_chat', warnings: [], ...when, after_ms: 0 },
      { type: 'reply-failed', code: failed.body.code, ...when },
      { type: 'switched', session_type: 'agent_voice', ...when },
      { type: 'ended', reason: 'ended-by-client', ...when },
    ]);
  });

  it('is for whoever owns the session, not for those who only take part in it', async () => {
    const { body } = await api.call('POST', '/agents', { name: 'Other' });
    const started = await api.call('POST', '/sessions', { agent_id: body.agent.agent_id, session_type: 'chat' });
    const { session_id: id, session_token: token } = started.body.session;
    const asked = await api.call('GET', `/sessions/${id}/timeline`, undefined, {
      authorization: `Bearer ${token}`,
      'x-api-key': '',
    });
    expect([asked.status, asked.body.code]).toEqual([403, 'scope-missing']);
    const { apiKey } = await api.anotherUser();
    const stranger = await api.call('GET', `/sessions/${id}/timeline`, undefined, { 'x-api-key': apiKey });
    expect([stranger.status, stranger.body.code]).toEqual([404, 'session-not-found']);
  });
});
