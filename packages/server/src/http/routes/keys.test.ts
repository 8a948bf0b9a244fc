import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyUse } from '../../core/access/key-use.ts';
import { createTokens } from '../../core/access/tokens.ts';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const withKey = (apiKey: string) => ({ 'x-api-key': apiKey });
const create = async (body: object, headers?: Record<string, string>) =>
  (await api.call('POST', '/keys', { name: 'k', ...body }, headers)).body as { key: string; api_key: { key_id: number } };
const signedIn = (user: { id: number }) => ({
  authorization: `Bearer ${createTokens('a secret for tests only').sign({ kind: 'user', userId: user.id })}`,
});

describe('keys', () => {
  it('are created with every scope but admin, and shown once', async () => {
    const { status, body } = await api.call('POST', '/keys', { name: 'Website' });
    expect(status).toBe(201);
    expect(body).toEqual({
      success: true,
      message: 'API key created; it is shown this once',
      key: expect.stringMatching(/^ah_live_[\w-]{32}$/),
      api_key: {
        key_id: expect.any(Number),
        name: 'Website',
        prefix: 'ah_live_',
        last_four: body.key.slice(-4),
        scopes: ['sessions', 'agents', 'avatars'],
        rate_limit: null,
        active: true,
        created_at: expect.stringMatching(TIME),
        last_used_at: null,
      },
    });
    expect((await api.call('GET', '/agents', undefined, withKey(body.key))).status).toBe(200);
    const listed = await api.call('GET', '/keys');
    expect(listed.body.keys[0]).toEqual(body.api_key);
    expect(JSON.stringify(listed.body)).not.toContain(body.key.slice(8, 28));
  });

  it('for tests say so in their prefix', async () => {
    expect((await create({ test: true })).key).toMatch(/^ah_test_[\w-]{32}$/);
  });

  it('open only what their scopes cover', async () => {
    const { key } = await create({ scopes: ['sessions'] });
    expect((await api.call('GET', '/sessions', undefined, withKey(key))).status).toBe(200);
    expect(await api.call('POST', '/agents', { name: 'x' }, withKey(key))).toMatchObject({
      status: 403,
      body: { code: 'scope-missing' },
    });
  });

  it('are refused from the next request on when deactivated or deleted, and work again when activated', async () => {
    const { key, api_key } = await create({});
    const path = `/keys/${api_key.key_id}`;
    const used = () => api.call('GET', '/agents', undefined, withKey(key));
    const refused = { status: 401, body: { success: false, error: 'API key has been deactivated', code: 'api-key-deactivated' } };
    expect((await api.call('PUT', path, { active: false })).body).toMatchObject({ success: true, api_key: { active: false } });
    expect(await used()).toMatchObject(refused);
    await api.call('PUT', path, { active: true });
    expect((await used()).status).toBe(200);
    expect((await api.call('DELETE', path)).status).toBe(200);
    expect(await used()).toMatchObject(refused);
    expect(await api.call('PUT', path, { active: true })).toMatchObject({ status: 404, body: { error: 'API key not found' } });
  });

  it('change only in the fields that are sent', async () => {
    const { api_key } = await create({ rate_limit: 5 });
    const { body } = await api.call('PUT', `/keys/${api_key.key_id}`, {
      name: 'Renamed',
      scopes: ['avatars', 'agents', 'agents'],
    });
    expect(body.api_key).toMatchObject({ name: 'Renamed', scopes: ['agents', 'avatars'], rate_limit: 5, active: true });
    expect((await api.call('PUT', `/keys/${api_key.key_id}`, {})).body.error).toBe('No fields to update');
  });

  it('without the scope admin manage no keys', async () => {
    const { key, api_key } = await create({ scopes: ['sessions', 'agents', 'avatars'] });
    const headers = withKey(key);
    expect((await api.call('GET', '/keys', undefined, headers)).status).toBe(403);
    expect((await api.call('POST', '/keys', { name: 'more' }, headers)).status).toBe(403);
    expect((await api.call('PUT', `/keys/${api_key.key_id}`, { rate_limit: null }, headers)).status).toBe(403);
    expect((await api.call('DELETE', `/keys/${api_key.key_id}`, undefined, headers)).status).toBe(403);
    expect((await api.call('DELETE', '/keys/99999', undefined, headers)).status).toBe(404);
  });

  it('without the scope admin get no key out of a repeated request either', async () => {
    const { key } = await create({});
    const headers = { 'idempotency-key': 'once' };
    expect((await api.call('POST', '/keys', { name: 'Once' }, headers)).status).toBe(201);
    expect((await api.call('POST', '/keys', { name: 'Once' }, { ...headers, ...withKey(key) })).status).toBe(403);
  });

  it('are managed by a member who is signed in, but never with the scope admin', async () => {
    const { user } = await api.anotherUser();
    const { status, body } = await api.call('POST', '/keys', { name: 'Mine' }, signedIn(user));
    expect([status, body.api_key.scopes]).toEqual([201, ['sessions', 'agents', 'avatars']]);
    expect((await api.call('POST', '/keys', { name: 'Mine', scopes: ['admin'] }, signedIn(user))).status).toBe(403);
    const path = `/keys/${body.api_key.key_id}`;
    expect((await api.call('PUT', path, { scopes: ['agents', 'admin'] }, signedIn(user))).status).toBe(403);
    expect((await api.call('DELETE', path, undefined, signedIn(user))).status).toBe(200);
  });

  it('cannot give scopes that they do not have', async () => {
    const { key } = await create({ scopes: ['agents', 'admin'] });
    const { status, body } = await api.call('POST', '/keys', { name: 'x', scopes: ['sessions'] }, withKey(key));
    expect([status, body.code]).toEqual([403, 'scope-missing']);
    expect((await api.call('POST', '/keys', { name: 'x' }, withKey(key))).body.api_key.scopes).toEqual(['agents']);
  });

  it('of another user look exactly like missing ones', async () => {
    const { api_key } = await create({});
    const { apiKey } = await api.anotherUser();
    for (const [method, body] of [['PUT', { name: 'x' }], ['DELETE']] as const) {
      const theirs = await api.call(method, `/keys/${api_key.key_id}`, body, withKey(apiKey));
      const missing = await api.call(method, '/keys/999999', body, withKey(apiKey));
      expect(theirs.status).toBe(404);
      expect([theirs.status, theirs.body]).toEqual([missing.status, missing.body]);
    }
    const { body } = await api.call('GET', '/keys', undefined, withKey(apiKey));
    expect(body.keys).toHaveLength(1);
  });

  it('name the wrong field', async () => {
    const refused = async (body: object) => (await api.call('POST', '/keys', body)).body.details;
    expect(await refused({})).toEqual({ name: 'is required' });
    expect(Object.keys(await refused({ name: 7, scopes: 'all', rate_limit: 0, test: 1 }))).toEqual([
      'name',
      'scopes',
      'rate_limit',
      'test',
    ]);
    expect(Object.keys(await refused({ name: 'x', scopes: ['everything'] }))).toEqual(['scopes.0']);
    expect(Object.keys(await refused({ name: 'x', scopes: [] }))).toEqual(['scopes']);
  });

  it('are listed page by page', async () => {
    const all = (await api.call('GET', '/keys')).body.keys;
    const first = await api.call('GET', '/keys?limit=2');
    expect(first.body.keys).toEqual(all.slice(0, 2));
    expect((await api.call('GET', `/keys?limit=2&cursor=${first.headers['x-next-cursor']}`)).body.keys).toEqual(all.slice(2, 4));
  });

  it('show when they were used last, once that has been stored', async () => {
    const { api_key } = await create({});
    const at = Date.UTC(2024, 0, 15, 10, 30);
    const use = createKeyUse({ storage: api.storage, now: () => at });
    use.used(api_key.key_id);
    use.used(api_key.key_id);
    await use.flush();
    const { body } = await api.call('GET', '/keys');
    expect(body.keys.find((key: { key_id: number }) => key.key_id === api_key.key_id).last_used_at).toBe('2024-01-15T10:30:00Z');
  });
});

describe('the use of keys', () => {
  it('is kept where storing it fails', async () => {
    const stored: unknown[] = [];
    let failing = true;
    const storage: Pick<TestApi['storage'], 'write'> = {
      write: (work) => {
        if (failing) return Promise.reject(new Error('disk full'));
        return api.storage.write((stores) => {
          const touch = async (uses: ReadonlyMap<number, number>) => void stored.push(...uses);
          return work({ ...stores, apiKeys: { ...stores.apiKeys, touch } });
        });
      },
    };
    let time = 1;
    const use = createKeyUse({ storage, now: () => time++ });
    use.used(1);
    await expect(use.flush()).rejects.toThrow('disk full');
    use.used(2);
    use.used(1);
    failing = false;
    await use.flush();
    await use.flush();
    expect(stored).toEqual([
      [1, 3],
      [2, 2],
    ]);
  });
});
