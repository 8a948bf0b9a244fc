import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const url = 'https://example.com/avatar.jpg';

const created = async (body: object = {}, headers = {}): Promise<number> =>
  (await api.call('POST', '/avatars', { name: 'Ada', url, ...body }, headers)).body.id;
const read = async (id: number) => (await api.call('GET', `/avatars/${id}`)).body;
const ids = (answer: { body: Array<{ id: number }> }) => answer.body.map((avatar) => avatar.id);

async function member() {
  const { user, apiKey } = await api.anotherUser();
  return { user, headers: { 'x-api-key': apiKey } };
}

describe('avatars', () => {
  it('are created from an address that nobody fetches before answering', async () => {
    const { status, body } = await api.call('POST', '/avatars', { name: 'Ada', url, voice_id: '21m00Tcm4TlvDq8ikWAM' });
    expect(status).toBe(201);
    expect(body).toEqual({ id: expect.any(Number), message: 'Avatar created' });
    expect(await read(body.id)).toEqual({
      id: body.id,
      user_id: api.user.id,
      name: 'Ada',
      url,
      voice_id: '21m00Tcm4TlvDq8ikWAM',
      is_favorite: 0,
      is_public: 0,
      created_at: TIME,
      updated_at: TIME,
      status: 'building',
      reason: null,
      reason_text: null,
      preview_url: null,
      preview_clip_url: null,
      face_url: null,
      consent: false,
    });
  });

  it('need a name and an address', async () => {
    for (const body of [{}, { name: 'Ada' }, { url }, { name: '', url }, { name: 'Ada', url: null }]) {
      expect(await api.call('POST', '/avatars', body)).toMatchObject({
        status: 400,
        body: { success: false, error: 'name and url required', code: 'name-and-url-required' },
      });
    }
    expect((await api.call('POST', '/avatars', {})).body.details).toEqual({ name: 'is required', url: 'is required' });
    expect((await api.call('POST', '/avatars')).body.error).toBe('name and url required');
  });

  it('are refused with the wrong field named', async () => {
    const refused = async (body: unknown) => {
      const answer = await api.call('POST', '/avatars', body);
      expect(answer.status).toBe(400);
      return answer.body.details;
    };
    const address = { url: 'must be an http: or https: address' };
    for (const wrong of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'data:image/png;base64,AA',
      'ftp://a/b',
      '/avatars/files/a.webp',
      'http://',
      'x',
    ]) {
      expect(await refused({ name: 'Ada', url: wrong }), wrong).toEqual(address);
    }
    expect(await refused({ name: 5, url })).toEqual({ name: 'must be of type string, not number' });
    expect(await refused({ name: '   ', url })).toHaveProperty('name');
    expect(await refused({ name: 'x'.repeat(201), url })).toHaveProperty('name');
    expect(await refused({ name: 'Ada', url: `https://example.com/${'x'.repeat(2_048)}` })).toHaveProperty('url');
    expect(await refused({ name: 'Ada', url, voice_id: 7 })).toHaveProperty('voice_id');
    expect(await refused([])).toHaveProperty('body');
  });

  it('are listed as a bare array, newest first', async () => {
    const first = await created({ name: 'First' });
    const second = await created({ name: 'Second' });
    const list = await api.call('GET', '/avatars');
    expect(list.status).toBe(200);
    expect(Array.isArray(list.body)).toBe(true);
    expect(ids(list).slice(0, 2)).toEqual([second, first]);
    expect(list.body[0]).toEqual(await read(second));
    expect((await api.call('GET', '/v1/avatars')).body).toEqual(list.body);
  });

  it('are listed page by page, with the cursor in the header', async () => {
    const all = ids(await api.call('GET', '/avatars'));
    const seen: number[] = [];
    let cursor: unknown = '';
    do {
      const page = await api.call('GET', `/avatars?limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...ids(page));
      cursor = page.headers['x-next-cursor'];
    } while (cursor);
    expect(seen).toEqual(all);
  });

  it('are listed under their user’s id too, and nobody else’s', async () => {
    expect((await api.call('GET', `/avatars/user/${api.user.id}`)).body).toEqual((await api.call('GET', '/avatars')).body);
    const { user } = await member();
    const theirs = await api.call('GET', `/avatars/user/${user.id}`);
    const missing = await api.call('GET', '/avatars/user/999999');
    expect(theirs.status).toBe(404);
    expect([theirs.status, theirs.body]).toEqual([missing.status, missing.body]);
    expect((await api.call('GET', '/avatars/user/me')).status).toBe(400);
  });

  it('change only in the fields that are sent; flags are 0, 1 or booleans', async () => {
    const id = await created({ voice_id: 'local/mei', consent: true });
    const change = async (body: object) =>
      expect(await api.call('PUT', `/avatars/${id}`, body)).toMatchObject({ status: 200, body: { success: true } });
    await change({ name: 'Grace', is_favorite: true });
    expect(await read(id)).toMatchObject({ name: 'Grace', is_favorite: 1, url, voice_id: 'local/mei', consent: true });
    await change({ is_favorite: 0 });
    expect(await read(id)).toMatchObject({ name: 'Grace', is_favorite: 0 });
    await change({ voice_id: null, is_favorite: 1 });
    expect(await read(id)).toMatchObject({ voice_id: null, is_favorite: 1 });
    await change({ consent: 0, is_favorite: false });
    expect(await read(id)).toMatchObject({ consent: false, is_favorite: 0 });
    for (const wrong of [2, '1', null, -1])
      expect((await api.call('PUT', `/avatars/${id}`, { is_favorite: wrong })).status).toBe(400);
  });

  it('are not changed by nothing', async () => {
    const id = await created();
    for (const body of [{}, { unknown: 1 }, undefined]) {
      expect(await api.call('PUT', `/avatars/${id}`, body)).toMatchObject({
        status: 400,
        body: { error: 'No fields to update' },
      });
    }
  });

  it('lose their consent with their picture, unless it is given for the new one', async () => {
    const id = await created({ consent: true });
    await api.call('PUT', `/avatars/${id}`, { url, name: 'Same picture' });
    expect((await read(id)).consent).toBe(true);
    await api.call('PUT', `/avatars/${id}`, { url: 'https://example.com/other.jpg' });
    expect(await read(id)).toMatchObject({ consent: false, url: 'https://example.com/other.jpg' });
    await api.call('PUT', `/avatars/${id}`, { url, consent: 1 });
    expect((await read(id)).consent).toBe(true);
  });

  it('are deleted although agents use them; those lose the reference', async () => {
    const id = await created();
    const { agent } = (await api.call('POST', '/agents', { name: 'Agent', avatar_id: id })).body;
    expect(await api.call('DELETE', `/avatars/${id}`)).toMatchObject({ status: 200, body: { success: true } });
    expect(await api.call('DELETE', `/avatars/${id}`)).toMatchObject({ status: 404, body: { error: 'Avatar not found' } });
    expect((await api.call('GET', `/agents/${agent.agent_id}`)).body.avatar_id).toBeNull();
  });

  it('of another user look exactly like missing ones', async () => {
    const id = await created();
    const { headers } = await member();
    for (const [method, body] of [['GET'], ['PUT', { name: 'x' }], ['PUT', { is_public: 1 }], ['PUT', {}], ['DELETE']] as const) {
      const theirs = await api.call(method, `/avatars/${id}`, body, headers);
      const missing = await api.call(method, '/avatars/999999', body, headers);
      expect(theirs.status).toBe(body && Object.keys(body).length === 0 ? 400 : 404);
      expect([theirs.status, theirs.body]).toEqual([missing.status, missing.body]);
    }
    expect(await api.call('POST', '/agents', { name: 'x', avatar_id: id }, headers)).toMatchObject({
      status: 400,
      body: { code: 'avatar-not-found' },
    });
    expect((await api.call('GET', '/avatars', undefined, headers)).body).toEqual([]);
    expect((await read(id)).name).toBe('Ada');
  });

  it('keep their place in the idempotency of a create', async () => {
    const headers = { 'idempotency-key': 'avatar-1' };
    const first = await api.call('POST', '/avatars', { name: 'Once', url }, headers);
    expect(await api.call('POST', '/avatars', { url, name: 'Once' }, headers)).toMatchObject({ status: 201, body: first.body });
    expect((await api.call('POST', '/avatars', { name: 'Twice', url }, headers)).status).toBe(409);
  });

  it('need the scope "avatars"; a missing one is still missing without it', async () => {
    const created = await api.storage.write((stores) =>
      import('../../core/access/issue-api-key.ts').then(({ issueApiKey }) =>
        issueApiKey({ stores, now: Date.now }, api.user.id, { name: 'agents only', scopes: ['agents'], rateLimit: null }),
      ),
    );
    const headers = { 'x-api-key': created.text };
    expect((await api.call('GET', '/avatars', undefined, headers)).status).toBe(403);
    expect((await api.call('DELETE', '/avatars/999999', undefined, headers)).status).toBe(404);
    expect((await api.call('GET', '/avatars', undefined, { 'x-api-key': 'ah_live_none' })).status).toBe(401);
  });
});

describe('public avatars', () => {
  it('are made by administrators, read and used by everybody, changed by their owner', async () => {
    const id = await created({ name: 'For all' });
    await api.call('PUT', `/avatars/${id}`, { is_public: true, is_favorite: true });
    const { headers } = await member();
    const seen = await api.call('GET', `/avatars/${id}`, undefined, headers);
    expect(seen).toMatchObject({ status: 200, body: { name: 'For all', is_public: 1, is_favorite: 0 } });
    expect((await api.call('GET', '/avatars/public', undefined, headers)).body).toContainEqual(seen.body);
    expect(ids(await api.call('GET', '/avatars', undefined, headers))).toEqual([]);
    const { agent } = (await api.call('POST', '/agents', { name: 'Theirs', avatar_id: id }, headers)).body;
    expect(agent.avatar_id).toBe(id);
    for (const [method, body] of [['PUT', { name: 'x' }], ['PUT', { is_public: 0 }], ['DELETE']] as const) {
      expect(await api.call(method, `/avatars/${id}`, body, headers)).toMatchObject({
        status: 404,
        body: { error: 'Avatar not found' },
      });
    }

    await api.call('PUT', `/avatars/${id}`, { is_public: 0 });
    expect((await api.call('GET', `/avatars/${id}`, undefined, headers)).status).toBe(404);
    expect((await api.call('GET', '/avatars/public', undefined, headers)).body).toEqual([]);
    // What is private again does not shine through another user's agent.
    expect((await api.call('GET', '/agents', undefined, headers)).body.agents[0]).toMatchObject({
      avatar_id: null,
      avatar_url: null,
    });
  });

  it('are not made by members, and not with a key without the scope "admin"', async () => {
    const { headers } = await member();
    const id = await created({}, headers);
    const refused = await api.call('PUT', `/avatars/${id}`, { is_public: 1, name: 'Not even this' }, headers);
    expect(refused).toMatchObject({ status: 403, body: { code: 'scope-missing' } });
    expect((await api.call('GET', `/avatars/${id}`, undefined, headers)).body).toMatchObject({ name: 'Ada', is_public: 0 });
  });
});

describe('voices', () => {
  it('are listed with their documented keys, and none pretends to be heard already', async () => {
    const { status, body } = await api.call('GET', '/voices');
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['success', 'voices']);
    expect(body.voices.length).toBeGreaterThan(0);
    for (const voice of body.voices) {
      expect(voice).toEqual({
        voice_id: expect.stringMatching(/^local\/[\w-]+$/),
        name: expect.any(String),
        provider: 'local',
        language: 'en',
        gender: expect.stringMatching(/^(female|male|neutral)$/),
        preview_url: null,
        available: false,
      });
    }
  });
});
