import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashSecret } from '../../core/access/secrets.ts';
import { startTestApi, type TestAnswer, type TestApi } from '../../testing/test-api.ts';

const QUARTER_HOUR = 15 * 60_000;
const NOBODY = { authorization: '' };

let api: TestApi;
let time: number;
let log: string[];
let agentId: number;
beforeEach(async () => {
  time = 1_700_000_000_000;
  log = [];
  api = await startTestApi({ now: () => time, log: (line) => void log.push(line), publicUrl: 'https://talk.example.org' });
  agentId = (await api.call('POST', '/agents', { name: 'Ada', language: 'fr' })).body.agent.agent_id;
});
afterEach(() => api.close());

const link = (body?: object, headers?: Record<string, string>) => api.call('POST', `/agents/${agentId}/try-links`, body, headers);
const tokenOf = ({ body }: TestAnswer) => new URL(body.url).hash.replace('#token=', '');
const exchange = (token: string, more: object = {}) => api.call('POST', '/try-links/exchange', { token, ...more }, NOBODY);

describe('a link for trying an agent', () => {
  it('has its token behind the #, is good for 15 minutes, and only its hash is stored', async () => {
    const made = await link();
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      success: true,
      url: expect.stringMatching(new RegExp(`^https://talk\\.example\\.org/try/${agentId}#token=[\\w-]{43}$`)),
      expires_at: '2023-11-14T22:28:20Z',
    });
    expect(made.headers['cache-control']).toBe('no-store');
    const token = tokenOf(made);
    expect(await api.storage.write(({ tryLinks }) => tryLinks.take(token, time))).toBeUndefined();
    expect(await api.storage.write(({ tryLinks }) => tryLinks.take(hashSecret(token), time))).toEqual({
      userId: api.user.id,
      agentId,
    });
  });

  it('gives one session to somebody without an account, and only one', async () => {
    const token = tokenOf(await link());
    const { status, body, headers } = await exchange(token);
    expect([status, headers['cache-control']]).toEqual([201, 'no-store']);
    const { session } = body;
    expect(Object.keys(session).sort()).toEqual(
      'agent_id agent_name expires_at language realtime session_id session_token session_type started_at warnings'.split(' '),
    );
    expect(session).toMatchObject({ agent_id: agentId, agent_name: 'Ada', language: 'fr', session_type: 'agent_voice' });
    const mine = { authorization: `Bearer ${session.session_token}` };
    expect((await api.call('GET', `/sessions/${session.session_id}`, undefined, mine)).status).toBe(200);
    expect((await api.call('GET', `/agents/${agentId}`, undefined, mine)).status).toBe(403);

    const again = await exchange(token);
    expect(again).toMatchObject({ status: 400, body: { code: 'try-link-invalid', error: 'This link is not valid any more' } });
    expect((await exchange('never-made')).body).toEqual(again.body);
    expect((await api.call('GET', '/sessions')).body.sessions).toHaveLength(1);
    expect(log.join('')).not.toContain(token);
  });

  it('gives the kind of session that is asked for', async () => {
    const { body } = await exchange(tokenOf(await link()), { session_type: 'agent_chat' });
    expect(body.session.session_type).toBe('agent_chat');
    expect((await exchange(tokenOf(await link()), { session_type: 'dance' })).status).toBe(400);
  });

  it('is too old after 15 minutes', async () => {
    const token = tokenOf(await link());
    time += QUARTER_HOUR;
    expect((await exchange(token)).body.code).toBe('try-link-invalid');
  });

  it('stays good where its session could not be started', async () => {
    const token = tokenOf(await link());
    await api.storage.write(({ users }) => users.update(api.user.id, { limits: { concurrentSessions: 0 } }, time));
    expect((await exchange(token)).body.code).toBe('concurrency-limit');
    await api.storage.write(({ users }) => users.update(api.user.id, { limits: {} }, time));
    expect((await exchange(token)).status).toBe(201);
  });

  it('dies with its agent’s activity and its user’s', async () => {
    const [first, second] = [tokenOf(await link()), tokenOf(await link())];
    await api.storage.write(({ users }) => users.update(api.user.id, { active: false }, time));
    expect((await exchange(first)).body.code).toBe('try-link-invalid');
    await api.storage.write(({ users }) => users.update(api.user.id, { active: true }, time));
    await api.call('PUT', `/agents/${agentId}`, { status: 'archived' });
    expect((await exchange(second)).body.code).toBe('agent-not-found');
    expect((await link()).body.code).toBe('agent-not-found');
  });

  it('is made by the agent’s owner only, with the scope for agents', async () => {
    const other = await api.anotherUser();
    expect((await link(undefined, { 'x-api-key': other.apiKey })).body.code).toBe('agent-not-found');
    const { key } = (await api.call('POST', '/keys', { name: 'k', scopes: ['sessions'] })).body;
    expect((await link(undefined, { 'x-api-key': key })).body.code).toBe('scope-missing');
    expect((await link(undefined, NOBODY)).status).toBe(401);
  });

  it('is the same one where the request is repeated with its Idempotency-Key', async () => {
    const key = { 'x-api-key': api.apiKey, 'idempotency-key': 'once' };
    expect((await link(undefined, key)).body).toEqual((await link(undefined, key)).body);
  });

  it('cannot be guessed at: an address that fails too often has to wait', async () => {
    const codes: string[] = [];
    for (let attempt = 0; attempt < 31; attempt += 1) codes.push((await exchange(`guess-${attempt}`)).body.code);
    expect(codes.slice(0, 30).every((code) => code === 'try-link-invalid')).toBe(true);
    expect(codes[30]).toBe('too-many-attempts');
  });
});
