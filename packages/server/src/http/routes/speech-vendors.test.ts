import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSecretBox } from '../../core/access/secrets.ts';
import type { ProviderProbe, ServerProviders } from '../../core/providers/provider.ts';
import type { ServerVendors } from '../../core/providers/speech-vendor.ts';
import { listVendorVoices, testVendor } from '../../providers/cloud-speech/vendor-rest.ts';
import { createLanguageModelConnections } from '../../providers/openai-compatible/connections.ts';
import { assertPublicUrl } from '../../providers/private-network.ts';
import { type CartesiaServer, startCartesiaServer } from '../../testing/cartesia-server.ts';
import { startDeepgramServer } from '../../testing/deepgram-server.ts';
import { type ElevenLabsServer, startElevenLabsServer } from '../../testing/elevenlabs-server.ts';
import type { SpeechVendor } from '../../testing/speech-vendor.ts';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

const connections = createLanguageModelConnections();
const probe: ProviderProbe = {
  check: async (url) => assertPublicUrl(url),
  test: () => Promise.reject(new Error('No language model is tried here')),
  testVendor: (vendor, access, signal) => testVendor(connections.getJson, vendor, access, signal),
};
/** What the server has keys of; changed by the tests. */
let vendors: ServerVendors = {};
const serverProviders: ServerProviders = {
  default: () => undefined,
  find: () => undefined,
  names: () => [],
  local: () => ({ state: 'absent' }),
  vendor: (name) => vendors[name],
};

let clock = 1_000_000;
let api: TestApi;
let deepgram: SpeechVendor;
let elevenLabs: ElevenLabsServer;
let cartesia: CartesiaServer;
const lines: string[] = [];
beforeAll(async () => {
  [deepgram, elevenLabs, cartesia] = await Promise.all([startDeepgramServer(), startElevenLabsServer(), startCartesiaServer()]);
  api = await startTestApi({
    probe,
    serverProviders,
    now: () => clock,
    fetchVoices: (vendor, access, signal) => listVendorVoices(connections.getJson, vendor, access, signal),
    log: (line) => void lines.push(line),
  });
});
afterAll(async () => {
  await Promise.all([api.close(), deepgram.close(), elevenLabs.close(), cartesia.close()]);
  await connections.close();
});

const ofServer = (vendor: SpeechVendor) => ({ baseUrl: vendor.origin, apiKey: vendor.apiKey });
const voiceIds = async (headers?: Record<string, string>) =>
  (await api.call('GET', '/voices', undefined, headers)).body.voices
    .map(({ voice_id }: { voice_id: string }) => voice_id)
    .filter((id: string) => !id.startsWith('local/'));

describe('a vendor of speech', () => {
  it('needs no more than a key', async () => {
    const { apiKey } = await api.anotherUser('member');
    const headers = { 'x-api-key': apiKey };
    const { status, body } = await api.call('PUT', '/providers/elevenlabs', { api_key: 'secret-key-of-eleven' }, headers);
    expect([status, body.provider]).toEqual([
      200,
      expect.objectContaining({ base_url: 'https://api.elevenlabs.io', has_api_key: true, api_key_last_four: 'even' }),
    ]);
    expect((await api.call('PUT', '/providers/mine', { api_key: 'k' }, headers)).body).toMatchObject({
      code: 'invalid-request',
      details: { base_url: 'is required' },
    });
    const inside = await api.call('PUT', '/providers/deepgram', { api_key: 'k', base_url: 'http://10.0.0.1' }, headers);
    expect(inside.body.code).toBe('address-not-allowed');
  });

  it('is shown where the server has its key, without it', async () => {
    vendors = { deepgram: ofServer(deepgram) };
    const { body } = await api.call('GET', '/providers/deepgram');
    expect(body.provider).toMatchObject({
      source: 'server',
      state: 'ready',
      base_url: null,
      default_model: 'nova-3',
      has_api_key: true,
    });
    const { providers } = (await api.call('GET', '/providers')).body;
    expect(providers.map(({ name }: { name: string }) => name)).toEqual(['local', 'ollama', 'deepgram']);
    vendors = {};
    expect((await api.call('GET', '/providers/deepgram')).status).toBe(404);
  });

  it('is tried with its key alone', async () => {
    vendors = {
      deepgram: ofServer(deepgram),
      elevenlabs: ofServer(elevenLabs),
      cartesia: { ...ofServer(cartesia), apiKey: 'wrong' },
    };
    const tried = async (name: string) => (await api.call('POST', `/providers/${name}/test`, {})).body.result;
    expect(await tried('deepgram')).toMatchObject({ ok: true, model: 'nova-3', latency_ms: expect.any(Number) });
    expect(await tried('elevenlabs')).toMatchObject({ ok: true, model: 'eleven_flash_v2_5' });
    expect(await tried('cartesia')).toMatchObject({ ok: false, problem: 'unauthorized' });
    deepgram.fault({ how: 'status', status: 429 });
    expect(await tried('deepgram')).toMatchObject({ ok: false, problem: 'rate-limited' });
    deepgram.fault({ how: 'none' });
    const own = await api.call('PUT', '/providers/cartesia', { base_url: cartesia.origin, api_key: cartesia.apiKey });
    expect(own.status).toBe(200);
    expect(await tried('cartesia')).toMatchObject({ ok: true, model: 'sonic-2' });
    await api.call('DELETE', '/providers/cartesia');
    vendors = {};
  });

  it('of a member is not tried on this machine', async () => {
    const { user, apiKey } = await api.anotherUser('member');
    // As if its name led here now.
    const wish = { name: 'deepgram', baseUrl: deepgram.origin, defaultModel: null, contextTokens: null, keyLastFour: null };
    const sealedKey = createSecretBox('a secret for tests only', 'storage').seal('k');
    await api.storage.write((stores) => stores.providers.put(user.id, { ...wish, sealedKey }, 1));
    const before = deepgram.requests.length;
    const { body } = await api.call('POST', '/providers/deepgram/test', {}, { 'x-api-key': apiKey });
    expect(body.result).toMatchObject({ ok: false, problem: 'not-allowed' });
    expect(deepgram.requests.length).toBe(before);
  });
});

describe('GET /voices', () => {
  it('shows the voices of vendors with a key, asked for once in ten minutes', async () => {
    vendors = { elevenlabs: ofServer(elevenLabs), cartesia: ofServer(cartesia), deepgram: ofServer(deepgram) };
    const before = elevenLabs.requests.length;
    const { voices } = (await api.call('GET', '/voices')).body;
    expect(voices.filter(({ provider }: { provider: string }) => provider !== 'local')).toEqual([
      {
        voice_id: 'elevenlabs/21m00Tcm4TlvDq8ikWAM',
        name: 'Rachel',
        provider: 'elevenlabs',
        language: 'en',
        gender: 'female',
        preview_url: 'https://storage.example/rachel.mp3',
        available: true,
      },
      expect.objectContaining({ voice_id: 'elevenlabs/pNInz6obpgDQGcFmaJgB', gender: 'male', preview_url: null }),
      expect.objectContaining({ voice_id: expect.stringMatching(/^cartesia\//), gender: 'male', language: 'en' }),
      expect.objectContaining({ voice_id: expect.stringMatching(/^cartesia\//), gender: 'female', language: 'fr' }),
    ]);
    await Promise.all([voiceIds(), voiceIds(), voiceIds()]);
    expect(elevenLabs.requests.length).toBe(before + 1);
    clock += 10 * 60_000 + 1;
    await voiceIds();
    expect(elevenLabs.requests.length).toBe(before + 2);
  });

  it('goes on without a vendor that fails, with what it said last', async () => {
    clock += 10 * 60_000 + 1;
    elevenLabs.fault({ how: 'status', status: 500 });
    const ids = await voiceIds();
    expect(ids).toContain('elevenlabs/21m00Tcm4TlvDq8ikWAM');
    vendors = { elevenlabs: { ...ofServer(elevenLabs), apiKey: 'another' } };
    expect(await voiceIds()).toEqual([]);
    elevenLabs.fault({ how: 'none' });
    vendors = { elevenlabs: ofServer(elevenLabs) };
    clock += 31_000;
    expect(await voiceIds()).toHaveLength(2);
    vendors = {};
  });

  it('shows a user’s own voices to that user alone', async () => {
    await api.call('PUT', '/providers/cartesia', { base_url: cartesia.origin, api_key: cartesia.apiKey });
    expect(await voiceIds()).toHaveLength(2);
    const { apiKey } = await api.anotherUser('member');
    expect(await voiceIds({ 'x-api-key': apiKey })).toEqual([]);
  });
});

it('no key is in the log', () => {
  expect(lines.length).toBeGreaterThan(0);
  for (const secret of [deepgram.apiKey, 'secret-key-of-eleven']) expect(lines.join('')).not.toContain(secret);
});
