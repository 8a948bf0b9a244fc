import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestApi, type TestAnswer, type TestApi } from '../../testing/test-api.ts';

const SITE = 'https://shop.example';
const NOBODY = { authorization: '' };

let api: TestApi;
let time: number;
let agentId: number;
beforeEach(async () => {
  time = Date.UTC(2026, 0, 15, 10);
  api = await startTestApi({ now: () => time, publicUrl: 'https://talk.example.org' });
  agentId = (await api.call('POST', '/agents', { name: 'Ada', language: 'fr', custom_greeting: 'Bonjour' })).body.agent.agent_id;
});
afterEach(() => api.close());

const create = (more: object = {}) =>
  api.call('POST', '/embeds', { agent_id: agentId, name: 'Shop', allowed_origins: [SITE], ...more });
const created = async (more: object = {}) => (await create(more)).body.embed as { embed_id: string };
const start = (embedId: string, body: object = {}, origin: string | undefined = SITE) =>
  api.call('POST', `/embeds/${embedId}/sessions`, body, { ...NOBODY, ...(origin !== '' && { origin }) });
const usage = async (embedId: string) => (await api.call('GET', `/embeds/${embedId}`)).body.embed.usage_today;
const refusal = ({ status, body }: TestAnswer) => [status, body.code];

describe('an embed', () => {
  it('is made with sensible limits, and says what goes into the page', async () => {
    const { status, body } = await create({ appearance: { title: 'Ask Ada', accent_color: '#3366ff' } });
    expect(status).toBe(201);
    expect(body.embed).toMatchObject({
      embed_id: expect.stringMatching(/^emb_[\w-]{22}$/),
      agent_id: agentId,
      agent_name: 'Ada',
      session_types: ['agent_voice', 'agent_video', 'agent_chat'],
      sessions_per_day: 200,
      minutes_per_day: 300,
      minutes_per_session: 30,
      expires_at: null,
      enabled: true,
      usage_today: { sessions: 0, minutes: 0 },
    });
    expect(body.embed.snippet).toBe(
      `<script src="https://talk.example.org/widget.js" async></script>\n<visavis-agent embed="${body.embed.embed_id}"></visavis-agent>`,
    );
  });

  it('is refused with a reason for every origin that no browser sends', async () => {
    const problem = async (origin: string) => {
      const { status, body } = await create({ allowed_origins: [origin] });
      expect([origin, status]).toEqual([origin, 400]);
      return body.details['allowed_origins.0'] as string;
    };
    expect(await problem('https://shop.example/')).toContain('"https://shop.example"');
    expect(await problem('https://shop.example/page')).toContain('"https://shop.example"');
    expect(await problem('https://Shop.example:443')).toContain('written as browsers send it: "https://shop.example"');
    expect(await problem('shop.example')).toContain('such as "https://example.com"');
    for (const origin of [
      '*',
      'https://*',
      'https://*.com.',
      'https://a.*.example',
      'ftp://shop.example',
      'null',
      'https://*.1.2.3.4',
    ])
      await problem(origin);
    expect((await create({ allowed_origins: [] })).body.details.allowed_origins).toContain('at least one origin');
    expect((await create({ allowed_origins: ['http://localhost:5173', 'https://*.shop.example', SITE] })).status).toBe(201);
  });

  it('changes only in what is sent, and another user cannot see it', async () => {
    const { embed_id } = await created();
    const { body } = await api.call('PUT', `/embeds/${embed_id}`, { enabled: false, expires_at: '2027-01-01T01:00:00+01:00' });
    expect(body.embed).toMatchObject({
      name: 'Shop',
      enabled: false,
      expires_at: '2027-01-01T00:00:00Z',
      allowed_origins: [SITE],
    });
    const { apiKey } = await api.anotherUser();
    for (const [method, change] of [['GET'], ['PUT', { name: 'x' }], ['DELETE']] as const)
      expect(refusal(await api.call(method, `/embeds/${embed_id}`, change, { 'x-api-key': apiKey }))).toEqual([
        404,
        'embed-not-found',
      ]);
    expect((await api.call('PUT', `/embeds/${embed_id}`, {})).body.code).toBe('nothing-to-update');
  });

  it('goes with its agent, and ends its sessions when it is deleted', async () => {
    const [kept, gone] = [await created(), await created()];
    const { session } = (await start(gone.embed_id, { session_type: 'agent_chat' })).body;
    const { session: other } = (await start(kept.embed_id, { session_type: 'agent_chat' })).body;
    expect((await api.call('DELETE', `/embeds/${gone.embed_id}`)).status).toBe(200);
    const status = async (id: number) => (await api.call('GET', `/sessions/${id}`)).body.session.status;
    expect([await status(session.session_id), await status(other.session_id)]).toEqual(['completed', 'active']);
    expect((await api.call('DELETE', `/agents/${agentId}?end_sessions=true`)).status).toBe(200);
    expect(refusal(await start(kept.embed_id))).toEqual([404, 'embed-not-found']);
    expect((await api.call('GET', '/embeds')).body.embeds).toEqual([]);
  });
});

describe('a page with an embed', () => {
  it('gets a session whose token is good for that session only, without what is the owner’s', async () => {
    const { embed_id } = await created({ appearance: { title: 'Ask' } });
    const { status, body, headers } = await start(embed_id);
    expect([status, headers['cache-control'], headers['access-control-allow-origin']]).toEqual([201, 'no-store', SITE]);
    expect(headers['access-control-allow-credentials']).toBeUndefined();
    expect(body.session).toMatchObject({ agent_name: 'Ada', session_type: 'agent_chat', language: 'fr' });
    expect(body.session).not.toHaveProperty('metadata');
    expect(body.widget).toMatchObject({ embed_id, agent_name: 'Ada', appearance: { title: 'Ask' } });
    const mine = { authorization: `Bearer ${body.session.session_token}`, origin: SITE };
    const seen = await api.call('GET', `/sessions/${body.session.session_id}`, undefined, mine);
    expect([seen.status, seen.headers['access-control-allow-origin'], seen.headers.vary]).toEqual([200, SITE, 'Origin']);
    expect(refusal(await api.call('GET', `/embeds/${embed_id}`, undefined, mine))).toEqual([403, 'scope-missing']);
    const full = (await api.call('GET', `/sessions/${body.session.session_id}`)).body.session;
    expect(full.metadata).toEqual({ source: 'embed', origin: SITE });
  });

  it('sees what the widget shows before it starts anything', async () => {
    const { embed_id } = await created();
    const { status, body, headers } = await api.call('GET', `/embeds/${embed_id}/widget`, undefined, { ...NOBODY, origin: SITE });
    expect([status, headers['access-control-allow-origin']]).toEqual([200, SITE]);
    expect(body.widget).toMatchObject({ agent_name: 'Ada', language: 'fr', avatar_url: null, recorded: false });
    expect(await usage(embed_id)).toEqual({ sessions: 0, minutes: 0 });
  });

  it('is refused with a code of its own for each reason, in a text that it can read', async () => {
    const { embed_id } = await created({ session_types: ['agent_chat'], expires_at: '2026-01-16T00:00:00Z' });
    const elsewhere = await start(embed_id, {}, 'https://evil.example');
    expect(refusal(elsewhere)).toEqual([403, 'origin-not-allowed']);
    expect(elsewhere.headers['access-control-allow-origin']).toBe('https://evil.example');
    expect(refusal(await start(embed_id, {}, 'null'))).toEqual([403, 'origin-not-allowed']);
    expect(refusal(await start(embed_id, {}, ''))).toEqual([403, 'origin-not-allowed']);
    expect(refusal(await start(embed_id, { session_type: 'agent_voice' }))).toEqual([403, 'session-type-not-allowed']);
    expect(refusal(await start('emb_unknown'))).toEqual([404, 'embed-not-found']);
    time = Date.UTC(2026, 0, 16);
    expect(refusal(await start(embed_id))).toEqual([403, 'embed-expired']);
    await api.call('PUT', `/embeds/${embed_id}`, { enabled: false });
    const off = await start(embed_id);
    expect(off.body).toEqual((await start('emb_unknown')).body);
    await api.call('PUT', `/embeds/${embed_id}`, { enabled: true, expires_at: null });
    await api.call('PUT', `/agents/${agentId}`, { status: 'archived' });
    expect((await start(embed_id)).body).toEqual(off.body);
  });

  it('of a subdomain is allowed by a wildcard, the domain itself and look-alikes are not', async () => {
    const { embed_id } = await created({ allowed_origins: ['https://*.shop.example'] });
    for (const origin of ['https://www.shop.example', 'https://a.b.shop.example'])
      expect((await start(embed_id, {}, origin)).status).toBe(201);
    for (const origin of [
      'https://shop.example',
      'https://evilshop.example',
      'http://www.shop.example',
      'https://www.shop.example:8443',
    ])
      expect(refusal(await start(embed_id, {}, origin))).toEqual([403, 'origin-not-allowed']);
    expect((await start(embed_id, {}, 'https://talk.example.org')).status, 'the server’s own pages show every embed').toBe(201);
  });

  it('asks first, and is told yes on an allowed origin only', async () => {
    const { embed_id } = await created();
    const ask = (origin: string) => api.call('OPTIONS', `/embeds/${embed_id}/sessions`, undefined, { ...NOBODY, origin });
    const yes = await ask(SITE);
    expect([yes.status, yes.headers['access-control-allow-origin']]).toEqual([204, SITE]);
    expect(yes.headers['access-control-allow-headers']).toContain('content-type');
    expect(yes.headers['access-control-allow-headers']).not.toContain('x-api-key');
    const no = await ask('https://evil.example');
    expect([no.status, no.headers['access-control-allow-origin']]).toEqual([403, undefined]);
  });
});

describe('the session of an embed', () => {
  it('is good on the pages of its embed only, on every route', async () => {
    const { embed_id } = await created();
    const { session_id: id, session_token: token } = (await start(embed_id)).body.session;
    const routes: Array<[method: string, path: string, body?: object]> = [
      ['GET', `/sessions/${id}`],
      ['GET', `/sessions/${id}/messages`],
      ['POST', `/sessions/${id}/messages`, { message: 'Hi' }],
      ['POST', `/sessions/${id}/connect`, { sdp: 'v=0' }],
      ['GET', `/sessions/${id}/events`],
      ['GET', `/sessions/${id}/recording`],
      ['POST', `/sessions/${id}/token`],
      ['PATCH', `/sessions/${id}`, { session_type: 'agent_voice' }],
      ['PUT', `/sessions/${id}/end`],
    ];
    for (const [method, path, body] of routes) {
      const answer = await api.call(method, path, body, { authorization: `Bearer ${token}`, origin: 'https://evil.example' });
      expect([path, ...refusal(answer)]).toEqual([path, 403, 'origin-not-allowed']);
    }
    const renewed = await api.call('POST', `/sessions/${id}/token`, undefined, {
      authorization: `Bearer ${token}`,
      origin: SITE,
    });
    expect(renewed.status).toBe(201);
    // What is allowed is looked at anew with every request.
    await api.call('PUT', `/embeds/${embed_id}`, { allowed_origins: ['https://other.example'] });
    const later = { authorization: `Bearer ${renewed.body.session_token}`, origin: SITE };
    expect(refusal(await api.call('GET', `/sessions/${id}`, undefined, later))).toEqual([403, 'origin-not-allowed']);
  });

  it('is switched by its visitor to allowed types only, by its owner to any', async () => {
    const { embed_id } = await created({ session_types: ['agent_chat', 'agent_voice'] });
    const { session_id: id, session_token: token } = (await start(embed_id)).body.session;
    const visitor = { authorization: `Bearer ${token}`, origin: SITE };
    const change = (session_type: string, headers?: Record<string, string>) =>
      api.call('PATCH', `/sessions/${id}`, { session_type }, headers);
    expect(refusal(await change('agent_video', visitor))).toEqual([403, 'session-type-not-allowed']);
    expect((await change('agent_voice', visitor)).status).toBe(200);
    expect((await change('agent_video')).status).toBe(200);
  });
});

describe('the session of a developer’s own backend', () => {
  it('may be used by pages of any origin with its token, never with credentials or a key', async () => {
    const { body } = await api.call('POST', '/sessions', { agent_id: agentId, session_type: 'agent_chat' });
    const { session_id: id, session_token: token } = body.session;
    const page = { origin: 'https://developer.example' };
    const asked = await api.call('OPTIONS', `/sessions/${id}/messages`, undefined, { ...NOBODY, ...page });
    expect([asked.status, asked.headers['access-control-allow-origin']]).toEqual([204, '*']);
    expect(asked.headers['access-control-allow-headers']).toMatch(/authorization/);
    expect(asked.headers['access-control-allow-headers']).not.toMatch(/x-api-key/);
    const read = await api.call('GET', `/sessions/${id}/messages`, undefined, { authorization: `Bearer ${token}`, ...page });
    expect([read.status, read.headers['access-control-allow-origin']]).toEqual([200, '*']);
    expect(read.headers['access-control-allow-credentials']).toBeUndefined();
    const late = await api.call('GET', `/sessions/${id}/messages`, undefined, { authorization: 'Bearer too.old', ...page });
    expect([late.status, late.headers['access-control-allow-origin']]).toEqual([401, '*']);
    const key = await api.call('GET', `/sessions/${id}/messages`, undefined, { 'x-api-key': api.apiKey, ...page });
    expect([key.status, key.headers['access-control-allow-origin']]).toEqual([200, undefined]);
    const list = await api.call('GET', '/sessions', undefined, { 'x-api-key': api.apiKey, ...page });
    expect(list.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('a widget that asks twice with the same Idempotency-Key', () => {
  const keyed = (embedId: string, key: string, more: { type?: string; origin?: string } = {}) =>
    api.call(
      'POST',
      `/embeds/${embedId}/sessions`,
      { session_type: more.type ?? 'agent_chat' },
      { ...NOBODY, origin: more.origin ?? SITE, 'idempotency-key': key },
    );

  it('gets the one session it has started, which is counted once', async () => {
    const { embed_id } = await created({ sessions_per_day: 1 });
    const answers = await Promise.all([keyed(embed_id, 'one'), keyed(embed_id, 'one')]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[1]?.body).toEqual(answers[0]?.body);
    expect(await usage(embed_id)).toMatchObject({ sessions: 1 });
    expect(refusal(await keyed(embed_id, 'one', { type: 'agent_voice' }))).toEqual([409, 'idempotency-mismatch']);
    expect(refusal(await keyed(embed_id, 'two'))).toEqual([429, 'embed-budget-exhausted']);
  });

  it('gets nobody else’s session, and leaves nothing behind where it is refused', async () => {
    const { embed_id } = await created({ allowed_origins: [SITE, 'https://other.example'], sessions_per_day: 2 });
    const mine = await keyed(embed_id, 'same');
    const theirs = await keyed(embed_id, 'same', { origin: 'https://other.example' });
    expect(theirs.body.session.session_id).not.toBe(mine.body.session.session_id);
    for (const key of ['a', 'b', 'c']) expect((await keyed(embed_id, key)).status).toBe(429);
    // The sessions' limits hold for what is kept, too: answers of two sessions, and of no refusal.
    time += 86_400_000;
    expect((await keyed(embed_id, 'a')).status).toBe(201);
  });
});
