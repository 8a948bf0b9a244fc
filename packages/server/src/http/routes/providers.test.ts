import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProviderProbe, ServerProviders } from '../../core/providers/provider.ts';
import { testVendor } from '../../providers/cloud-speech/vendor-rest.ts';
import { createLanguageModelConnections } from '../../providers/openai-compatible/connections.ts';
import { testEndpoint } from '../../providers/openai-compatible/test-endpoint.ts';
import { assertPublicUrl } from '../../providers/private-network.ts';
import { type OpenAiServer, startOpenAiServer } from '../../testing/openai-server.ts';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

const SECRET = 'sk-very-secret-0123456789';
const connections = createLanguageModelConnections();
const probe: ProviderProbe = {
  check: async (url) => assertPublicUrl(url),
  test: (endpoint, signal) => testEndpoint(connections, endpoint, signal),
  testVendor: (vendor, access, signal) => testVendor(connections.getJson, vendor, access, signal),
};
const serverProviders: ServerProviders = {
  default: () => ({ provider: 'openai', model: 'mini' }),
  find: (name) =>
    name === 'openai'
      ? { baseUrl: 'http://10.0.0.1/v1', apiKey: 'sk-of-the-server', defaultModel: 'mini', models: ['mini'] }
      : undefined,
  names: () => ['openai'],
  local: () => ({ state: 'downloading', retryAfterSeconds: 30 }),
  vendor: () => undefined,
};

let api: TestApi;
let model: OpenAiServer;
const lines: string[] = [];
beforeAll(async () => {
  model = await startOpenAiServer();
  api = await startTestApi({ probe, serverProviders, log: (line) => void lines.push(line) });
});
afterAll(async () => {
  await api.close();
  await model.close();
  await connections.close();
});

const put = (name: string, body: object, headers?: Record<string, string>) =>
  api.call('PUT', `/providers/${name}`, body, headers);
const BASE = { base_url: 'https://models.example/v1' };

describe('providers', () => {
  it('are the server’s, with their state and without their addresses and keys', async () => {
    const { apiKey } = await api.anotherUser();
    const { body } = await api.call('GET', '/providers', undefined, { 'x-api-key': apiKey });
    const nothing = {
      source: 'server',
      base_url: null,
      default_model: null,
      models: null,
      context_tokens: null,
      has_api_key: false,
      api_key_last_four: null,
      created_at: null,
      updated_at: null,
    };
    expect(body).toEqual({
      success: true,
      providers: [
        { ...nothing, name: 'local', state: 'downloading' },
        { ...nothing, name: 'ollama', state: 'absent' },
        { ...nothing, name: 'openai', state: 'ready', default_model: 'mini', models: ['mini'], has_api_key: true },
      ],
      default: { provider: 'openai', model: 'mini' },
    });
  });

  it('of one’s own are added, replaced and deleted; their key is never told', async () => {
    const { status, body } = await put('mine', { ...BASE, base_url: `${BASE.base_url}/`, api_key: SECRET, default_model: 'big' });
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      provider: {
        name: 'mine',
        source: 'user',
        state: 'ready',
        base_url: 'https://models.example/v1',
        default_model: 'big',
        models: null,
        context_tokens: null,
        has_api_key: true,
        api_key_last_four: '6789',
        created_at: expect.any(String),
        updated_at: expect.any(String),
      },
    });
    expect((await api.call('GET', '/providers/mine')).body).toEqual(body);
    expect((await put('mine', { ...BASE, context_tokens: 9000 })).body.provider).toMatchObject({
      default_model: null,
      context_tokens: 9000,
      has_api_key: true,
      api_key_last_four: '6789',
    });
    expect((await put('mine', { ...BASE, api_key: null })).body.provider).toMatchObject({
      has_api_key: false,
      api_key_last_four: null,
    });
    expect((await api.call('DELETE', '/providers/mine')).status).toBe(200);
    expect(await api.call('DELETE', '/providers/mine')).toMatchObject({ status: 404, body: { error: 'Provider not found' } });
  });

  it('keep their key only while the address stays where it is', async () => {
    await put('moving', { ...BASE, api_key: SECRET });
    expect((await put('moving', { base_url: 'https://models.example/v2' })).body.provider.has_api_key).toBe(true);
    const moved = await put('moving', { base_url: 'https://thief.example/v1' });
    expect([moved.status, Object.keys(moved.body.details)]).toEqual([400, ['api_key']]);
    const downgraded = await put('moving', { base_url: 'http://models.example/v1' });
    expect(downgraded.status).toBe(400);
    expect((await put('moving', { base_url: 'https://thief.example/v1', api_key: 'another-key-1234' })).status).toBe(200);
  });

  it('hide the server’s of the same name, but cannot take the built-in names', async () => {
    const { apiKey } = await api.anotherUser();
    const as = { 'x-api-key': apiKey };
    expect((await put('openai', BASE, as)).status).toBe(200);
    const { body } = await api.call('GET', '/providers', undefined, as);
    expect(body.providers.map(({ name, source }: { name: string; source: string }) => [name, source])).toEqual([
      ['local', 'server'],
      ['ollama', 'server'],
      ['openai', 'user'],
    ]);
    expect((await api.call('GET', '/providers/openai')).body.provider.source).toBe('server');
    for (const name of ['local', 'ollama']) expect((await put(name, BASE, as)).body.details).toHaveProperty('name');
  });

  it('may be on the private network for administrators only', async () => {
    const { apiKey } = await api.anotherUser();
    const as = { 'x-api-key': apiKey };
    for (const host of [
      'localhost:11434',
      '127.0.0.1',
      '169.254.169.254',
      '192.168.1.10',
      '[::1]',
      '[::ffff:10.0.0.1]',
      '0x7f.1',
    ]) {
      const { status, body } = await put('inside', { base_url: `http://${host}/v1` }, as);
      expect([status, body.code, Object.keys(body.details)]).toEqual([400, 'address-not-allowed', ['base_url']]);
    }
    expect((await put('inside', { base_url: 'http://127.0.0.1:9/v1' })).status).toBe(200);
  });

  it('may be there for everybody where the configuration says so', async () => {
    const open = await startTestApi({ probe, allowPrivateProviders: true });
    try {
      const { apiKey } = await open.anotherUser();
      const body = { base_url: 'http://192.168.1.10/v1' };
      expect((await open.call('PUT', '/providers/inside', body, { 'x-api-key': apiKey })).status).toBe(200);
    } finally {
      await open.close();
    }
  });

  it('are tried with a real completion', async () => {
    model.script(() => ({ tokens: 'OK' }));
    await put('real', { base_url: model.url, api_key: SECRET, default_model: 'tiny' });
    const { status, body } = await api.call('POST', '/providers/real/test');
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      result: { ok: true, model: expect.any(String), latency_ms: expect.any(Number), problem: null, detail: null },
    });
    expect(model.requests.at(-1)).toMatchObject({ body: { model: 'tiny' }, headers: { authorization: `Bearer ${SECRET}` } });
    await api.call('POST', '/providers/real/test', { model: 'other' });
    expect(model.requests.at(-1)?.body.model).toBe('other');
  });

  it('say what is wrong with them without the key', async () => {
    model.script(() => ({ status: 401, error: { message: `Incorrect API key provided: ${SECRET}` } }));
    await put('real', { base_url: model.url, api_key: SECRET, default_model: 'tiny' });
    const { body } = await api.call('POST', '/providers/real/test');
    expect(body.result).toMatchObject({ ok: false, problem: 'unauthorized', latency_ms: null });
    expect(JSON.stringify(body)).not.toContain(SECRET);
  });

  it('that are not there, or not ready, are not tried', async () => {
    expect((await api.call('POST', '/providers/unknown/test')).body.code).toBe('provider-not-found');
    const local = await api.call('POST', '/providers/local/test');
    expect([local.status, local.body.code, local.headers['retry-after']]).toEqual([503, 'language-model-loading', '30']);
    expect((await api.call('POST', '/providers/ollama/test')).body.code).toBe('no-language-model');
    await put('vague', BASE);
    expect((await api.call('POST', '/providers/vague/test')).body.details).toHaveProperty('model');
  });

  it('of another user look exactly like missing ones', async () => {
    await put('hidden', BASE);
    const { apiKey } = await api.anotherUser();
    const as = { 'x-api-key': apiKey };
    for (const [method, suffix] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/test'],
    ] as const) {
      const theirs = await api.call(method, `/providers/hidden${suffix}`, undefined, as);
      const missing = await api.call(method, `/providers/missing${suffix}`, undefined, as);
      expect(theirs.status).toBe(404);
      expect([theirs.status, theirs.body]).toEqual([missing.status, missing.body]);
    }
  });

  it('name the wrong field', async () => {
    const refused = async (body: object, name = 'x') => Object.keys((await put(name, body)).body.details);
    expect(await refused({})).toEqual(['base_url']);
    expect(await refused({ base_url: 'ftp://models.example' })).toEqual(['base_url']);
    expect(await refused({ base_url: 'https://user:word@models.example/v1' })).toEqual(['base_url']);
    expect(await refused({ base_url: 'https://models.example/v1?key=1' })).toEqual(['base_url']);
    expect(await refused({ ...BASE, api_key: 5, default_model: '', context_tokens: 1.5 })).toEqual([
      'api_key',
      'default_model',
      'context_tokens',
    ]);
    expect(await refused({ ...BASE, api_key: 'two\nlines' })).toEqual(['api_key']);
    expect(await refused(BASE, 'Not_Kebab')).toEqual(['name']);
  });
});

describe('the key of a provider', () => {
  it('is sealed in storage and in no line of the log', async () => {
    await put('sealed', { ...BASE, api_key: SECRET });
    const stored = await api.storage.read.providers.find(api.user.id, 'sealed');
    expect(stored?.sealedKey).toBeTruthy();
    expect(stored?.sealedKey).not.toContain(SECRET);
    expect(Buffer.from(stored?.sealedKey ?? '', 'base64').toString('latin1')).not.toContain(SECRET);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('')).not.toContain(SECRET);
  });
});
