import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operationsOf, VALID_BODIES } from '../../testing/api-operations.ts';
import { idOf, makeWorld, pathWith, type World } from '../../testing/api-world.ts';
import { startTestApi, type TestAnswer, type TestApi } from '../../testing/test-api.ts';

const limitHeaders = ({ headers }: TestAnswer) =>
  ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'].map((name) => headers[name]);

describe('checks', () => {
  let api: TestApi;
  let world: World;
  beforeAll(async () => {
    api = await startTestApi();
    world = await makeWorld(api, api, 'mine');
  });
  afterAll(() => api.close());

  const scopedKey = async (...scopes: string[]) =>
    (await api.call('POST', '/keys', { name: 'scoped', scopes })).body.key as string;

  it('begin with 401, whatever else is wrong, with one of the documented texts', async () => {
    const { key, api_key } = (await api.call('POST', '/keys', { name: 'off' })).body;
    await api.call('PUT', `/keys/${api_key.key_id}`, { active: false });
    const cases: Array<[Record<string, string>, string, string]> = [
      [{ 'x-api-key': '' }, 'API key required', 'api-key-required'],
      [{ authorization: 'Basic abc' }, 'API key required', 'api-key-required'],
      [{ 'x-api-key': 'ah_live_nobody' }, 'Invalid API key', 'invalid-api-key'],
      [{ 'x-api-key': key }, 'API key has been deactivated', 'api-key-deactivated'],
      [{ authorization: 'Bearer ah_live_nobody' }, 'Invalid API key', 'invalid-api-key'],
      [{ authorization: `Bearer ${key}` }, 'API key has been deactivated', 'api-key-deactivated'],
      [{ authorization: 'Bearer a.b.c' }, 'Invalid or expired token', 'invalid-token'],
      [{ authorization: `Bearer ${'x'.repeat(9_000)}` }, 'Invalid or expired token', 'invalid-token'],
    ];
    const operations = (await operationsOf(api)).filter(({ isPublic }) => !isPublic);
    for (const [headers, error, code] of cases) {
      for (const operation of operations) {
        const answer = await api.call(operation.method, pathWith(operation, 'abc'), '{', headers);
        expect([operation.id, answer.status, answer.body]).toEqual([operation.id, 401, { success: false, error, code }]);
      }
    }
  });

  it('go on with 400 before 404, 404 before 403, 403 before 409', async () => {
    const key = { 'x-api-key': await scopedKey('avatars') };
    expect((await api.call('PUT', '/agents/999999', { name: 7 }, key)).status).toBe(400);
    expect((await api.call('PUT', `/agents/${world.agentId}`, {}, key)).body.code).toBe('nothing-to-update');
    expect((await api.call('PUT', '/agents/999999', { name: 'x' }, key)).status).toBe(404);
    expect((await api.call('PUT', `/agents/${world.agentId}`, { name: 'x' }, key)).status).toBe(403);
    expect((await api.call('DELETE', `/agents/${world.agentId}`, undefined, key)).status).toBe(403);
    expect((await api.call('DELETE', `/agents/${world.agentId}`)).status).toBe(409);
    const wrongKey = { 'idempotency-key': 'ä' };
    expect((await api.call('POST', '/sessions', { agent_id: 999_999 }, wrongKey)).status).toBe(400);
    expect((await api.call('POST', '/sessions/999999/messages', { message: 'x' }, wrongKey)).status).toBe(400);
    expect((await api.call('POST', '/sessions/999999/messages', { message: 'x' }, { 'last-event-id': 'x' })).status).toBe(400);
    expect((await api.call('POST', '/sessions/999999/messages', { message: 'x' })).status).toBe(404);
  });

  it('tell of too many live sessions only once all else is well', async () => {
    const { user, apiKey } = await api.anotherUser();
    await api.call('PUT', `/users/${user.id}`, { limits: { concurrent_sessions: 0 } });
    const key = { 'x-api-key': apiKey };
    const agentId = (await api.call('POST', '/agents', { name: 'A' }, key)).body.agent.agent_id;
    const create = (body: object) => api.call('POST', '/sessions', body, key);
    expect((await create({ agent_id: agentId, session_type: 'fax' })).status).toBe(400);
    expect((await create({ agent_id: world.agentId })).status).toBe(404);
    expect(await create({ agent_id: agentId })).toMatchObject({ status: 429, body: { code: 'concurrency-limit' } });
  });

  it('let a session token see its own session only, and nothing of what a user may', async () => {
    const token = { authorization: `Bearer ${world.sessionToken}` };
    const allowed = new Set(['getSession', 'changeSessionType', 'endSession', 'endSessionByPost', 'renewSessionToken']);
    for (const id of ['connectSession', 'readSessionEvents', 'sendMessage', 'listMessages', 'cancelReply']) allowed.add(id);
    allowed.add('getSessionRecording');
    const another = (await api.call('POST', '/sessions', { agent_id: world.agentId })).body.session.session_id;
    for (const operation of (await operationsOf(api)).filter(({ isPublic, takesForm }) => !isPublic && !takesForm)) {
      const body = VALID_BODIES[operation.id]?.(world);
      if (operation.path.startsWith('/sessions/{id}')) {
        for (const id of [another, 999_999]) {
          const answer = await api.call(operation.method, pathWith(operation, id), body, token);
          expect([operation.id, answer.status, answer.body.code]).toEqual([operation.id, 404, 'session-not-found']);
        }
      }
      if (allowed.has(operation.id)) continue;
      const answer = await api.call(operation.method, pathWith(operation, idOf(operation, world)), body, token);
      expect([operation.id, answer.status, answer.body.code]).toEqual([operation.id, 403, 'scope-missing']);
    }
  });

  it('answer errors with three keys, the same for every request', async () => {
    for (const [method, path, body] of [
      ['GET', '/agents/999999', undefined],
      ['GET', '/nothing', undefined],
      ['POST', '/sessions', { agent_id: 'x' }],
      ['GET', '/agents/%ff', undefined],
      ['GET', `/providers/${'x'.repeat(2_000)}`, undefined],
    ] as const) {
      const [one, two] = [await api.call(method, path, body), await api.call(method, path, body)];
      expect(one.body).toEqual(two.body);
      expect(Object.keys(one.body).filter((key) => key !== 'details')).toEqual(['success', 'error', 'code']);
      expect(one.headers['x-request-id']).toEqual(expect.any(String));
      expect(one.headers['x-request-id']).not.toBe(two.headers['x-request-id']);
      expect(one.headers['content-type']).toMatch(/^application\/json/);
    }
  });
});

describe('rate limits', () => {
  let api: TestApi;
  let time = Date.parse('2024-01-15T10:30:00Z');
  beforeAll(async () => {
    api = await startTestApi({ rateLimit: true, now: () => time });
    time += 1_000;
  });
  afterAll(() => api.close());

  it('are told on every answer, good or bad, in Unix seconds', async () => {
    const answers = [
      await api.call('GET', '/agents'),
      await api.call('GET', '/agents/999999'),
      await api.call('POST', '/agents', '{'),
      await api.call('GET', '/agents/%ff'),
      await api.call('GET', '/no-such-endpoint'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 400, 400, 404]);
    expect(answers.map((answer) => limitHeaders(answer)[0])).toEqual(['60', '60', '60', '60', '60']);
    expect(answers.map((answer) => limitHeaders(answer)[1])).toEqual(['59', '58', '57', '56', '55']);
    for (const answer of answers) expect(Number(limitHeaders(answer)[2])).toBeGreaterThan(time / 1000);
    for (const answer of answers) expect(Number(limitHeaders(answer)[2])).toBeLessThanOrEqual(time / 1000 + 60);
    const nobody = await api.call('GET', '/agents', undefined, { 'x-api-key': 'wrong' });
    expect([nobody.status, limitHeaders(nobody)[0]]).toEqual([401, '120']);
    expect(limitHeaders(await api.call('POST', '/auth/logout'))[0]).toBe('120');
  });

  it('of a key of its own come first, and end in the documented refusal', async () => {
    const { apiKey } = await api.anotherUser();
    const asOther = { 'x-api-key': apiKey };
    const { key } = (await api.call('POST', '/keys', { name: 'slow', rate_limit: 2 }, asOther)).body;
    const slow = { 'x-api-key': key };
    expect(limitHeaders(await api.call('GET', '/agents', undefined, slow)).slice(0, 2)).toEqual(['2', '1']);
    await api.call('GET', '/agents', undefined, slow);
    const refused = await api.call('POST', '/agents/abc', '{', slow);
    expect(refused).toMatchObject({
      status: 429,
      body: { success: false, error: 'Too many requests. Please retry after 1 minute.', code: 'rate-limited' },
    });
    expect(limitHeaders(refused).slice(0, 2)).toEqual(['2', '0']);
    const after = Number(refused.headers['retry-after']);
    expect(Number.isInteger(after) && after >= 1 && after <= 60).toBe(true);
    expect((await api.call('GET', '/agents', undefined, asOther)).status).toBe(200);
  });

  it('are counted for users, session tokens and addresses in buckets of their own', async () => {
    const { apiKey } = await api.anotherUser();
    const asOther = { 'x-api-key': apiKey };
    const agentId = (await api.call('POST', '/agents', { name: 'A' }, asOther)).body.agent.agent_id;
    const { session } = (await api.call('POST', '/sessions', { agent_id: agentId }, asOther)).body;
    const token = { authorization: `Bearer ${session.session_token}` };
    expect(limitHeaders(await api.call('GET', `/sessions/${session.session_id}`, undefined, token)).slice(0, 2)).toEqual([
      '120',
      '119',
    ]);
  });

  it('are not spoken of where there are none', async () => {
    const unlimited = await startTestApi({ rateLimit: false });
    try {
      for (const [method, path] of [
        ['GET', '/agents'],
        ['GET', '/agents/9'],
        ['GET', '/nothing'],
        ['POST', '/auth/logout'],
      ] as const) {
        expect(limitHeaders(await unlimited.call(method, path))).toEqual([undefined, undefined, undefined]);
      }
    } finally {
      await unlimited.close();
    }
  });
});

describe('lists', () => {
  let api: TestApi;
  let world: World;
  let clock = Date.parse('2024-01-15T10:30:00Z');
  beforeAll(async () => {
    const now = () => (clock += 1_500);
    api = await startTestApi({ now });
    world = await makeWorld(api, api, 'mine', now);
    for (let n = 0; n < 3; n++) {
      const session = (await api.call('POST', '/sessions', { agent_id: world.agentId, session_type: 'agent_chat' })).body.session;
      if (n === 1) await api.call('PUT', `/sessions/${session.session_id}/end`);
      await api.call('POST', '/avatars', { name: `N${n}`, url: 'https://example.com' });
      await api.call('POST', '/agents', { name: `N${n}` });
      await api.call('POST', '/keys', { name: `N${n}` });
      await api.anotherUser();
      await api.storage.write((stores) =>
        stores.messages.insert(api.user.id, world.sessionId, { role: 'user', content: `${n}`, source: 'text' }, clock),
      );
    }
  });
  afterAll(() => api.close());

  const paged = (): Array<[path: string, wrapped: string | undefined]> => [
    ['/sessions', 'sessions'],
    [`/agents/${world.agentId}/sessions`, 'sessions'],
    [`/sessions/${world.sessionId}/messages`, 'messages'],
    ['/agents', 'agents'],
    ['/avatars', undefined],
    [`/avatars/user/${world.userId}`, undefined],
    ['/keys', 'keys'],
    ['/users', 'users'],
  ];

  it('are whole without a limit, and page by page the same, with the cursor in header and body', async () => {
    for (const [path, wrapped] of paged()) {
      const rowsOf = (answer: TestAnswer): unknown[] => (wrapped ? answer.body[wrapped] : answer.body);
      const whole = await api.call('GET', path);
      expect(whole.headers['x-next-cursor']).toBeUndefined();
      expect(rowsOf(whole).length).toBeGreaterThan(2);
      const seen: unknown[] = [];
      let cursor: unknown;
      do {
        const page = await api.call('GET', `${path}?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
        seen.push(...rowsOf(page));
        cursor = page.headers['x-next-cursor'];
        if (wrapped) expect(page.body.next_cursor).toBe(cursor);
      } while (cursor);
      expect([path, seen]).toEqual([path, rowsOf(whole)]);
    }
  });

  it('refuse limits and cursors that are none', async () => {
    for (const [path] of paged()) {
      for (const limit of ['0', '501', '-1', '1.5', '1e2', '', 'x', '%00', '1&limit=2', '99999999999999999999']) {
        const answer = await api.call('GET', `${path}?limit=${limit}`);
        expect([path, limit, answer.status, Object.keys(answer.body.details)]).toEqual([path, limit, 400, ['limit']]);
      }
      for (const cursor of ['x', '', '%00', 'MSwyLDM', 'LTE', 'MS41', 'x'.repeat(201), 'MQ&cursor=MQ']) {
        const answer = await api.call('GET', `${path}?cursor=${cursor}`);
        expect([path, cursor, answer.status, Object.keys(answer.body.details)]).toEqual([path, cursor, 400, ['cursor']]);
      }
    }
  });

  it('have the newest first, messages the oldest first', async () => {
    const times = async (path: string, key: string, wrapped?: string) => {
      const { body } = await api.call('GET', path);
      return ((wrapped ? body[wrapped] : body) as Array<Record<string, string>>).map((row) => row[key] ?? '');
    };
    const newestFirst = (list: string[]) => [...list].sort().reverse();
    for (const [path, key, wrapped] of [
      ['/sessions', 'started_at', 'sessions'],
      [`/agents/${world.agentId}/sessions`, 'created_at', 'sessions'],
      ['/agents', 'updated_at', 'agents'],
      ['/avatars', 'created_at', undefined],
    ] as const) {
      const list = await times(path, key, wrapped);
      expect(list).toEqual(newestFirst(list));
      expect(new Set(list).size).toBe(list.length);
    }
    const messages = await times(`/sessions/${world.sessionId}/messages`, 'created_at', 'messages');
    expect(messages).toEqual([...messages].sort());
  });

  it('of sessions are filtered by agent and status', async () => {
    const list = async (query: string) =>
      (await api.call('GET', `/sessions?${query}`)).body.sessions as Array<{ status: string }>;
    const [all, active, completed] = [await list('status=all'), await list('status=active'), await list('status=completed')];
    expect(active.every(({ status }) => status === 'active') && completed.every(({ status }) => status === 'completed')).toBe(
      true,
    );
    expect([all.length, completed.length]).toEqual([active.length + completed.length, 2]);
    expect(await list(`agent_id=${world.agentId}`)).toEqual(all);
    expect(await list('agent_id=999999')).toEqual([]);
    for (const query of ['status=ended', 'status=', 'agent_id=0', 'agent_id=x', 'agent_id=1.5']) {
      expect((await api.call('GET', `/sessions?${query}`)).status).toBe(400);
    }
  });
});
