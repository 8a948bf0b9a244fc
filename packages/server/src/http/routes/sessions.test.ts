import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

let api: TestApi;
let agentId: number;
let time = Date.parse('2024-01-15T10:30:00Z');

beforeAll(async () => {
  api = await startTestApi({ now: () => time });
  const { body } = await api.call('POST', '/agents', { name: 'Sales Support Agent', custom_greeting: 'Hello! How can I help?' });
  agentId = body.agent.agent_id;
});
afterAll(() => api.close());

const start = async (body: object = {}) =>
  (await api.call('POST', '/sessions', { agent_id: agentId, session_type: 'agent_chat', ...body })).body.session;
const sorted = (object: object) => Object.keys(object).sort();

describe('starting a session', () => {
  it('answers the published example with exactly the documented keys and types', async () => {
    const { status, body } = await api.call('POST', '/sessions', {
      agent_id: agentId,
      session_type: 'agent_voice',
      metadata: { source: 'web_app', device: 'desktop' },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      success: true,
      message: 'Session started successfully',
      session: {
        session_id: expect.any(Number),
        agent_id: agentId,
        agent_name: 'Sales Support Agent',
        session_type: 'agent_voice',
        status: 'active',
        started_at: '2024-01-15T10:30:00Z',
        metadata: { source: 'web_app', device: 'desktop' },
        avatar_id: null,
        avatar_name: null,
        avatar_url: null,
        voice_id: null,
        expires_at: '2024-01-15T14:30:00Z',
        warnings: ['voice-unavailable', 'no-language-model'],
      },
    });
    expect(body.usage.concurrency).toEqual({ current: 1, max: 50, available: 49 });
  });

  it('reads the older spellings and answers in the new ones', async () => {
    for (const [older, newer] of [
      ['voice', 'agent_voice'],
      ['video', 'agent_video'],
      ['chat', 'agent_chat'],
    ]) {
      expect((await start({ session_type: older })).session_type).toBe(newer);
    }
    const { body } = await api.call('POST', '/sessions', { agent_id: agentId });
    expect(body.session).toMatchObject({ session_type: 'agent_voice', metadata: {} });
  });

  it('refuses metadata that is no object or too large, naming the field', async () => {
    for (const metadata of [null, [], 'text', 5, { big: 'x'.repeat(16 * 1024) }]) {
      const { status, body } = await api.call('POST', '/sessions', { agent_id: agentId, metadata });
      expect([status, Object.keys(body.details)]).toEqual([400, ['metadata']]);
    }
  });

  it('keeps how its face is to be shown, and refuses what no face can be shown as', async () => {
    const video = { aspect: '16:9', height: 360, background: '#102030' };
    const { session_id } = await start({ session_type: 'agent_video', video });
    expect((await api.call('GET', `/sessions/${session_id}`)).body.session.video).toEqual(video);
    const without = await start({ session_type: 'agent_video' });
    expect((await api.call('GET', `/sessions/${without.session_id}`)).body.session).not.toHaveProperty('video');
    for (const bad of [{ height: 9_000 }, { background: 'javascript:' }, { size: 5 }, null]) {
      const { status, body } = await api.call('POST', '/sessions', { agent_id: agentId, video: bad });
      expect([status, Object.keys(body.details)[0]]).toEqual([400, expect.stringMatching(/^video/)]);
    }
  });

  it('knows no archived, foreign or missing agent', async () => {
    const { body } = await api.call('POST', '/agents', { name: 'Archived' });
    await api.call('PUT', `/agents/${body.agent.agent_id}`, { status: 'archived' });
    const other = await api.anotherUser();
    for (const answer of [
      await api.call('POST', '/sessions', { agent_id: body.agent.agent_id }),
      await api.call('POST', '/sessions', { agent_id: 999_999 }),
      await api.call('POST', '/sessions', { agent_id: agentId }, { 'x-api-key': other.apiKey }),
    ]) {
      expect(answer).toMatchObject({
        status: 404,
        body: { success: false, error: 'Agent not found or access denied', code: 'agent-not-found' },
      });
    }
  });

  it('stops at the limit of live sessions, whatever arrives at once', async () => {
    const { user, apiKey } = await api.anotherUser();
    const asOther = { 'x-api-key': apiKey };
    const { body } = await api.call('POST', '/agents', { name: 'Busy' }, asOther);
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => api.call('POST', '/sessions', { agent_id: body.agent.agent_id }, asOther)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(50);
    expect(answers.filter(({ status, body }) => status === 429 && body.code === 'concurrency-limit')).toHaveLength(10);
    expect(await api.storage.read.sessions.countLive(user.id)).toBe(50);
  });
});

describe('a session', () => {
  it('is greeted, listed, read, ended and read again', async () => {
    const { session_id } = await start({ metadata: { a: 1, b: 1 } });
    time += 90_000;
    const listed = (await api.call('GET', '/sessions?status=active')).body.sessions[0];
    expect(sorted(listed)).toEqual(
      [
        'session_id',
        'agent_id',
        'session_type',
        'status',
        'started_at',
        'ended_at',
        'duration',
        'created_at',
        'agent_name',
        'embed_id',
        'end_reason',
        'avatar_id',
        'avatar_name',
        'avatar_url',
        'voice_id',
      ].sort(),
    );
    expect(listed).toMatchObject({ session_id, ended_at: null, duration: null });

    const ended = await api.call('PUT', `/sessions/${session_id}/end`, { metadata: { b: 2 } });
    expect(ended).toMatchObject({
      status: 200,
      body: {
        message: 'Session ended successfully',
        session: {
          session_id,
          status: 'completed',
          duration: 90,
          transcript: 'Assistant: Hello! How can I help?',
          metadata: { a: 1, b: 2 },
        },
      },
    });
    time += 1_000;
    expect((await api.call('POST', `/sessions/${session_id}/end`, { duration: 7, transcript: 'other' })).body).toEqual(
      ended.body,
    );
    expect((await api.call('GET', `/sessions/${session_id}`)).body.session).toMatchObject({
      status: 'completed',
      end_reason: 'ended-by-client',
      duration: 90,
      metadata: { a: 1, b: 2 },
    });
  });

  it('keeps what the client reports beside its own measure', async () => {
    const { session_id } = await start();
    time += 10_000;
    const { body } = await api.call('PUT', `/sessions/${session_id}/end`, { duration: 3, transcript: 'User: hi' });
    expect(body.session).toMatchObject({ duration: 3, transcript: 'User: hi' });
    expect((await api.call('GET', `/agents/${agentId}`)).body.avg_duration).toBeGreaterThan(3);
  });

  it('takes its token, and only its own', async () => {
    const [mine, other] = [await start(), await start()];
    const bearer = { authorization: `Bearer ${mine.session_token}` };
    const read = await api.call('GET', `/sessions/${mine.session_id}`, undefined, bearer);
    expect(read.status).toBe(200);
    expect(read.body.session).not.toHaveProperty('metadata');
    expect(read.body.session).not.toHaveProperty('usage');
    expect((await api.call('GET', `/sessions/${other.session_id}`, undefined, bearer)).body).toEqual(
      (await api.call('GET', '/sessions/999999', undefined, bearer)).body,
    );
    expect((await api.call('GET', '/agents', undefined, bearer)).status).toBe(403);
    expect((await api.call('POST', `/sessions/${mine.session_id}/token`, undefined, bearer)).status).toBe(201);
    expect((await api.call('PUT', `/sessions/${mine.session_id}/end`, { duration: 1 }, bearer)).status).toBe(403);
    expect((await api.call('PUT', `/sessions/${mine.session_id}/end`, undefined, bearer)).status).toBe(200);
    expect(await api.call('GET', `/sessions/${mine.session_id}`, undefined, bearer)).toMatchObject({
      status: 401,
      body: { code: 'invalid-token' },
    });
  });

  it('of another user looks exactly like a missing one, at every endpoint', async () => {
    const { session_id } = await start();
    const other = { 'x-api-key': (await api.anotherUser()).apiKey };
    for (const [method, path, body] of [
      ['GET', ''],
      ['DELETE', ''],
      ['PATCH', '', { session_type: 'agent_chat' }],
      ['PUT', '/end', {}],
      ['POST', '/end', {}],
      ['POST', '/token'],
      ['POST', '/connect', { sdp: 'v=0' }],
      ['GET', '/messages'],
      ['POST', '/messages', { message: 'hi' }],
      ['DELETE', '/messages/current'],
    ] as const) {
      const theirs = await api.call(method, `/sessions/${session_id}${path}`, body, other);
      const missing = await api.call(method, `/sessions/999999${path}`, body, other);
      expect([method, path, theirs.status, theirs.body]).toEqual([method, path, missing.status, missing.body]);
      expect(theirs).toMatchObject({ status: 404, body: { error: 'Session not found' } });
    }
  });

  it('switches between chat, voice and video, never to or from webrtc_video', async () => {
    const { session_id } = await start();
    const patch = (session_type: string) => api.call('PATCH', `/sessions/${session_id}`, { session_type });
    expect((await patch('video')).body.session.session_type).toBe('agent_video');
    expect(await patch('webrtc_video')).toMatchObject({ status: 409, body: { code: 'session-type-conflict' } });
    expect((await patch('voice')).body.session.session_type).toBe('agent_voice');
  });

  it('stores nothing when no language model is there, and says the way out', async () => {
    const { session_id } = await start();
    const answer = await api.call('POST', `/sessions/${session_id}/messages`, { message: 'Hello' });
    expect(answer).toMatchObject({ status: 503, body: { code: 'no-language-model' } });
    expect((await api.call('GET', `/sessions/${session_id}/messages`)).body.messages).toHaveLength(1);
  });

  it('is deleted when it has ended, not before', async () => {
    const { session_id } = await start();
    expect(await api.call('DELETE', `/sessions/${session_id}`)).toMatchObject({ status: 409, body: { code: 'session-active' } });
    await api.call('PUT', `/sessions/${session_id}/end`);
    expect((await api.call('DELETE', `/sessions/${session_id}`)).status).toBe(200);
    expect((await api.call('GET', `/sessions/${session_id}`)).status).toBe(404);
  });

  it('keeps its agent from being deleted, unless it may be ended with it', async () => {
    const { body } = await api.call('POST', '/agents', { name: 'Short-lived' });
    const { session_id } = await start({ agent_id: body.agent.agent_id });
    const path = `/agents/${body.agent.agent_id}`;
    expect(await api.call('DELETE', path)).toMatchObject({ status: 409, body: { code: 'agent-in-use' } });
    expect((await api.call('DELETE', `${path}?end_sessions=true`)).status).toBe(200);
    expect((await api.call('GET', `/sessions/${session_id}`)).body.session).toMatchObject({
      status: 'completed',
      end_reason: 'agent-deleted',
      agent_name: 'Short-lived',
    });
    expect((await api.call('GET', path)).status).toBe(404);
  });

  it('ends at its idle deadline and at its longest length', async () => {
    const quiet = await start();
    time += 30 * 60_000 - 1;
    expect(await api.live.deadlines.sweep()).toBeGreaterThanOrEqual(0);
    expect((await api.call('GET', `/sessions/${quiet.session_id}`)).body.session.status).toBe('active');
    time += 1;
    await api.live.deadlines.sweep();
    expect((await api.call('GET', `/sessions/${quiet.session_id}`)).body.session).toMatchObject({
      status: 'completed',
      end_reason: 'idle-timeout',
    });
    const lost = await start();
    time += 5 * 60 * 60_000;
    await api.live.deadlines.sweep({ recovering: true });
    expect((await api.call('GET', `/sessions/${lost.session_id}`)).body.session.end_reason).toBe('server-recovered');
  });
});
