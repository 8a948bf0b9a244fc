import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

const PASSWORD = 'a sentence is better';
const WEEK_MS = 7 * 86_400_000;

let api: TestApi;
let time = Date.UTC(2024, 0, 15, 10, 30);
let people = 0;
beforeAll(async () => {
  api = await startTestApi({ now: () => time });
});
afterAll(() => api.close());

const nobody = { 'x-api-key': '' };
const address = () => `person-${++people}@example.org`;
const invite = (body: object = {}) => api.call('POST', '/users', { email: address(), ...body });
const tokenOf = (url: string) => new URLSearchParams(new URL(url).hash.slice(1)).get('token');
const setUp = (url: string, body: object = {}) =>
  api.call('POST', '/auth/setup', { token: tokenOf(url), password: PASSWORD, ...body }, nobody);

describe('users', () => {
  it('are invited with a link that carries its secret behind the #', async () => {
    const limits = { concurrent_sessions: 3, messages_per_minute: null };
    const { status, body } = await api.call('POST', '/users', { email: ' Grace@Example.org', name: 'Grace', limits });
    expect(status).toBe(201);
    expect(body).toEqual({
      success: true,
      message: expect.any(String),
      user: {
        user_id: expect.any(Number),
        email: 'grace@example.org',
        name: 'Grace',
        role: 'member',
        active: true,
        has_password: false,
        limits,
        created_at: '2024-01-15T10:30:00Z',
        updated_at: '2024-01-15T10:30:00Z',
      },
      invite_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:3000\/setup#token=[\w-]{43}&email=grace%40example\.org$/),
      expires_at: '2024-01-22T10:30:00Z',
    });
    expect(await api.call('POST', '/users', { email: 'GRACE@example.org' })).toMatchObject({
      status: 409,
      body: { code: 'email-taken' },
    });
  });

  it('set their own password within seven days, under the invited address', async () => {
    const { body } = await invite();
    expect((await setUp(body.invite_url, { email: 'other@example.org' })).body.details).toEqual({
      email: 'must be the address that was invited',
    });
    time += WEEK_MS - 1;
    const answer = await setUp(body.invite_url);
    expect(answer.body).toMatchObject({ success: true, user: { user_id: body.user.user_id, has_password: true } });
    expect((await setUp(body.invite_url)).body.code).toBe('set-up-link-invalid');

    const late = await invite();
    time += WEEK_MS;
    expect((await setUp(late.body.invite_url)).body.code).toBe('set-up-link-invalid');
  });

  it('get a new link when the first one was lost, and the first one dies', async () => {
    const { body } = await invite();
    const again = await api.call('POST', `/users/${body.user.user_id}/invite`);
    expect(again.status).toBe(201);
    expect((await setUp(body.invite_url)).status).toBe(400);
    expect((await setUp(again.body.invite_url)).status).toBe(200);
  });

  it('lose their sign-ins when a forgotten password is replaced over a link', async () => {
    const { body } = await invite();
    const first = await setUp(body.invite_url);
    const again = await api.call('POST', `/users/${body.user.user_id}/invite`);
    await setUp(again.body.invite_url, { password: 'another sentence' });
    const cookie = String(first.headers['set-cookie']).split(';')[0] ?? '';
    expect((await api.call('POST', '/auth/refresh', undefined, { ...nobody, cookie })).status).toBe(401);
  });

  it('change only in the fields that are sent', async () => {
    const { body } = await invite({ name: 'Before', limits: { concurrent_sessions: 1 } });
    const path = `/users/${body.user.user_id}`;
    expect((await api.call('PUT', path, { name: 'After' })).body.user).toMatchObject({
      name: 'After',
      limits: { concurrent_sessions: 1 },
    });
    expect((await api.call('PUT', path, { limits: {} })).body.user).toMatchObject({ name: 'After', limits: {} });
    expect((await api.call('PUT', path, {})).body.error).toBe('No fields to update');
    expect((await api.call('PUT', '/users/999999', { name: 'x' })).status).toBe(404);
  });

  it('are held to the limits they are given', async () => {
    const { user, apiKey } = await api.anotherUser();
    await api.call('PUT', `/users/${user.id}`, { limits: { concurrent_sessions: 1 } });
    const headers = { 'x-api-key': apiKey };
    const { body } = await api.call('POST', '/agents', { name: 'A' }, headers);
    const session = { agent_id: body.agent.agent_id, session_type: 'chat' };
    expect((await api.call('POST', '/sessions', session, headers)).status).toBe(201);
    expect((await api.call('POST', '/sessions', session, headers)).body.code).toBe('concurrency-limit');
  });

  it('that are deactivated are out at once, with everything they have running', async () => {
    const { user, apiKey } = await api.anotherUser();
    const headers = { 'x-api-key': apiKey };
    const { body } = await api.call('POST', '/agents', { name: 'A' }, headers);
    await api.call('POST', '/sessions', { agent_id: body.agent.agent_id, session_type: 'chat' }, headers);
    expect((await api.call('PUT', `/users/${user.id}`, { active: false })).body.user.active).toBe(false);
    expect((await api.call('GET', '/agents', undefined, headers)).body.error).toBe('API key has been deactivated');
    expect(await api.storage.read.sessions.countLive(user.id)).toBe(0);
    await api.call('PUT', `/users/${user.id}`, { active: true });
    expect((await api.call('GET', '/agents', undefined, headers)).status).toBe(200);
  });

  it('that are deleted take everything of theirs with them', async () => {
    const { user, apiKey } = await api.anotherUser();
    const headers = { 'x-api-key': apiKey };
    const { body } = await api.call('POST', '/agents', { name: 'A', custom_greeting: 'Hello' }, headers);
    const session = await api.call('POST', '/sessions', { agent_id: body.agent.agent_id, session_type: 'chat' }, headers);
    await api.call('POST', '/avatars', { name: 'Face', url: 'https://example.org/a.png' }, headers);
    await api.call('PUT', '/providers/mine', { base_url: 'https://mine.example/v1' }, headers);
    expect((await api.call('DELETE', `/users/${user.id}`)).body).toEqual({ success: true, message: 'User deleted successfully' });

    const { users, agents, sessions, avatars, providers, apiKeys, messages } = api.storage.read;
    const page = { limit: 10 };
    expect(await users.find(user.id)).toBeUndefined();
    expect(await agents.list(user.id, { status: 'all', page })).toEqual([]);
    expect(await sessions.list(user.id, { status: 'all', page })).toEqual([]);
    expect(await messages.turns(user.id, session.body.session.session_id)).toEqual([]);
    expect(await avatars.list(user.id, page)).toEqual([]);
    expect(await providers.list(user.id)).toEqual([]);
    expect(await apiKeys.list(user.id, page)).toEqual([]);
    expect((await api.call('GET', '/agents', undefined, headers)).body.error).toBe('Invalid API key');
    expect((await api.call('DELETE', `/users/${user.id}`)).status).toBe(404);
  });

  it('always leave an administrator who can get in', async () => {
    const { apiKey, user } = await api.anotherUser('administrator');
    const as = { 'x-api-key': apiKey };
    expect((await api.call('DELETE', `/users/${user.id}`, undefined, as)).body.code).toBe('own-account');
    expect((await api.call('PUT', `/users/${api.user.id}`, { role: 'member' }, as)).status).toBe(200);
    // Invited as an administrator, but without a password yet.
    await api.call('POST', '/users', { email: address(), role: 'administrator' }, as);
    const path = `/users/${user.id}`;
    for (const change of [{ role: 'member' }, { active: false }]) {
      expect(await api.call('PUT', path, change, as)).toMatchObject({ status: 409, body: { code: 'last-administrator' } });
    }
    expect(await api.call('DELETE', path, undefined, as)).toMatchObject({ status: 409, body: { code: 'last-administrator' } });
    expect((await api.call('GET', '/users', undefined, as)).status).toBe(200);
    await api.call('PUT', `/users/${api.user.id}`, { role: 'administrator' }, as);
  });

  it('are shown to administrators only, whatever the id', async () => {
    const { apiKey } = await api.anotherUser();
    const as = { 'x-api-key': apiKey };
    const answers = await Promise.all([
      api.call('GET', '/users', undefined, as),
      api.call('POST', '/users', { email: address() }, as),
      ...[api.user.id, 999_999].flatMap((id) => [
        api.call('PUT', `/users/${id}`, { name: 'x' }, as),
        api.call('POST', `/users/${id}/invite`, undefined, as),
        api.call('DELETE', `/users/${id}`, undefined, as),
      ]),
    ]);
    for (const { status, body } of answers) expect([status, body]).toEqual([answers[0]?.status, answers[0]?.body]);
    expect(answers[0]?.status).toBe(403);
  });

  it('do not include the system user', async () => {
    const system = await api.storage.write((stores) =>
      stores.users.insert({ role: 'system', email: null, name: 'Visavis', limits: {} }, time),
    );
    const { body } = await api.call('GET', '/users');
    expect(body.users.map((user: { user_id: number }) => user.user_id)).not.toContain(system.id);
    const missing = await api.call('PUT', '/users/999999', { name: 'x' });
    expect((await api.call('PUT', `/users/${system.id}`, { name: 'x' })).body).toEqual(missing.body);
    expect((await api.call('DELETE', `/users/${system.id}`)).body).toEqual(missing.body);
    expect((await api.call('POST', `/users/${system.id}/invite`)).body).toEqual(missing.body);
  });

  it('name the wrong field', async () => {
    const refused = async (body: object) => (await api.call('POST', '/users', body)).body.details;
    expect(await refused({})).toEqual({ email: 'is required' });
    expect(await refused({ email: 'nobody' })).toEqual({ email: 'must be an e-mail address' });
    expect(Object.keys(await refused({ email: 'a@b.org', role: 'system', limits: { concurrent_sessions: '3' } }))).toEqual([
      'role',
      'limits.concurrent_sessions',
    ]);
    expect(await refused({ email: 'a@b.org', limits: { concurent_sessions: 3 } })).toEqual({
      'limits.concurent_sessions': 'is not known; did you mean "concurrent_sessions"?',
    });
  });
});
