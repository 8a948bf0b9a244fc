import type { AgentProperties } from '@visavis/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TemporaryStorage, temporaryStorage } from '../../testing/temporary-storage.ts';
import { createSecretBox } from '../access/secrets.ts';
import { AppError } from '../errors.ts';
import type { ServerProvider } from '../providers/provider.ts';
import type { ServerVendors } from '../providers/speech-vendor.ts';
import type { User } from '../users/user.ts';
import type { Voice } from '../voices/voice.ts';
import type { LocalSpeechAccess } from './local-speech-access.ts';
import { resolveSpeech } from './resolve-speech.ts';

const box = createSecretBox('a secret for tests only', 'storage');
let temporary: TemporaryStorage;
let administrator: User;
let member: User;

beforeAll(async () => {
  temporary = await temporaryStorage();
  const { storage } = temporary;
  const user = (role: User['role']) =>
    storage.write((stores) => stores.users.insert({ role, email: null, name: null, limits: {} }, 1));
  [administrator, member] = [await user('administrator'), await user('member')];
  const own = (owner: User, name: string, baseUrl: string, key: string | null) =>
    storage.write((stores) =>
      stores.providers.put(
        owner.id,
        { name, baseUrl, defaultModel: null, contextTokens: null, sealedKey: key && box.seal(key), keyLastFour: null },
        1,
      ),
    );
  await own(administrator, 'elevenlabs', 'https://eleven.example', 'own-eleven');
  await own(administrator, 'studio', 'https://studio.example/v1', null);
  await own(administrator, 'cartesia', 'https://cartesia.example', null);
});
afterAll(() => temporary.remove());

const ADDRESS = { url: 'ws://127.0.0.1:9', apiKey: 'local-key' };
const LOCAL = { kind: 'local', ...ADDRESS };
const voice = (id: string, language: string, available = true): Voice => ({
  id,
  name: id,
  provider: 'local',
  language,
  gender: 'neutral',
  previewUrl: null,
  available,
});
const VOICES = [
  voice('local/samuel', 'en-US'),
  voice('local/mei', 'en-US', false),
  voice('local/emma', 'en-GB'),
  voice('local/lena', 'de-DE'),
];
const localWith = (state: { listening?: AppError; speaking?: AppError } = {}): LocalSpeechAccess => ({
  listening: () => state.listening ?? ADDRESS,
  speaking: () => state.speaking ?? ADDRESS,
  voices: async () => VOICES,
});
const OFF = new AppError('no-speech-model', 'This server was started without speech.');
const LOADING = new AppError('speech-model-loading', undefined, { retryAfterSeconds: 7 });
const SERVER_VENDORS: ServerVendors = {
  deepgram: { baseUrl: 'https://api.deepgram.com', apiKey: 'server-deepgram' },
  elevenlabs: { baseUrl: 'https://api.elevenlabs.io', apiKey: 'server-eleven' },
  cartesia: { baseUrl: 'https://api.cartesia.ai', apiKey: 'server-cartesia' },
};
const OPENAI: ServerProvider = { baseUrl: 'https://api.openai.com/v1', apiKey: 'sk-server' };

interface World {
  speech?: AgentProperties['speech'];
  voiceId?: string | null;
  language?: string;
  user?: User;
  vendors?: ServerVendors;
  openai?: ServerProvider;
  local?: LocalSpeechAccess;
}
const resolve = ({ speech, voiceId = null, language = 'en', user = member, vendors = {}, openai, local = localWith() }: World) =>
  resolveSpeech(
    {
      stores: temporary.storage.read,
      serverProviders: { find: (name) => (name === 'openai' ? openai : undefined), vendor: (name) => vendors[name] },
      box,
      allowPrivateProviders: false,
      local,
    },
    user,
    { language, properties: speech ? { speech } : null },
    voiceId,
  );
const named = (endpoints: ReadonlyArray<{ kind: string; voice?: string; model?: string }>) =>
  endpoints.map((endpoint) => [endpoint.kind, endpoint.voice ?? endpoint.model].filter(Boolean).join(':'));
const voicesOf = async (world: World) => {
  const { voices, warnings } = await resolve(world);
  return [...named(voices), ...warnings.map((warning) => `! ${warning}`)];
};
const earsOf = async (world: World) => named((await resolve(world)).ears);

describe('the speech of an agent', () => {
  it('is this machine’s where nobody wishes for another', async () => {
    expect(await resolve({ vendors: SERVER_VENDORS })).toEqual({
      ears: [LOCAL],
      voices: [{ ...LOCAL, speed: 1 }],
      warnings: [],
    });
  });

  it('listens with whom it names, then with the fallbacks, then with this machine', async () => {
    const speech = {
      listen: { provider: 'deepgram', model: 'nova-2', fallbacks: [{ provider: 'openai' }, { provider: 'ollama' }] },
    };
    expect(await earsOf({ speech, vendors: SERVER_VENDORS, openai: OPENAI })).toEqual([
      'deepgram:nova-2',
      'openai:whisper-1',
      'local',
    ]);
    expect((await resolve({ speech, vendors: SERVER_VENDORS })).ears[0]).toEqual({
      kind: 'deepgram',
      ...SERVER_VENDORS.deepgram,
      model: 'nova-2',
      privateNetwork: true,
    });
    expect(await earsOf({ speech })).toEqual(['local']);
    // Not twice.
    expect(await earsOf({ speech: { listen: { provider: 'local' } } })).toEqual(['local']);
  });

  it.each<[string, World, string[]]>([
    ['a local one', { voiceId: 'local/emma' }, ['local:local/emma']],
    ['a local one that is not there', { voiceId: 'local/mei' }, ['local', '! voice-substituted']],
    ['a local one nobody has heard of', { voiceId: 'local/nobody' }, ['local', '! voice-substituted']],
    [
      'one of ElevenLabs, by its own id',
      { voiceId: '21m00Tcm4TlvDq8ikWAM', vendors: SERVER_VENDORS },
      ['elevenlabs:21m00Tcm4TlvDq8ikWAM', 'local'],
    ],
    ['one of ElevenLabs, without a key', { voiceId: '21m00Tcm4TlvDq8ikWAM' }, ['local', '! voice-substituted']],
    ['one of ElevenLabs, named', { voiceId: 'elevenlabs/abc', vendors: SERVER_VENDORS }, ['elevenlabs:abc', 'local']],
    ['one of Cartesia', { voiceId: 'cartesia/a0-e9', vendors: SERVER_VENDORS }, ['cartesia:a0-e9', 'local']],
    ['one of OpenAI', { voiceId: 'openai/nova', openai: OPENAI }, ['openai:nova', 'local']],
    ['one of a vendor that only listens', { voiceId: 'deepgram/x', vendors: SERVER_VENDORS }, ['local', '! voice-substituted']],
    ['one of nobody', { voiceId: 'nobody/x' }, ['local', '! voice-substituted']],
    ['a word', { voiceId: 'alloy', vendors: SERVER_VENDORS, openai: OPENAI }, ['local', '! voice-substituted']],
    ['an address', { voiceId: 'https://evil.example/x' }, ['local', '! voice-substituted']],
  ])('speaks with the avatar’s voice: %s', async (_, world, expected) => {
    expect(await voicesOf(world)).toEqual(expected);
  });

  it('speaks with the voice of its properties before the avatar’s, and at its speed', async () => {
    const speak = {
      provider: 'cartesia',
      voice: 'v1',
      model: 'sonic-3',
      speed: 1.2,
      fallbacks: [{ provider: 'openai', voice: 'ash' }],
    };
    const world = { speech: { speak }, voiceId: 'local/emma', vendors: SERVER_VENDORS, openai: OPENAI };
    expect(await voicesOf(world)).toEqual(['cartesia:v1', 'openai:ash', 'local']);
    const { voices } = await resolve(world);
    expect(voices.map(({ speed }) => speed)).toEqual([1.2, 1.2, 1.2]);
    expect(voices[0]).toEqual({
      kind: 'cartesia',
      ...SERVER_VENDORS.cartesia,
      voice: 'v1',
      model: 'sonic-3',
      speed: 1.2,
      privateNetwork: true,
    });
    expect(await voicesOf({ ...world, vendors: {} })).toEqual(['openai:ash', 'local', '! voice-substituted']);
    expect(await voicesOf({ speech: { speak: { speed: 1.2 } }, voiceId: 'local/emma' })).toEqual(['local:local/emma']);
    expect(await voicesOf({ speech: { speak: { voice: 'local/emma' } }, voiceId: 'local/lena' })).toEqual(['local:local/emma']);
  });

  it('has the local voice of its language stand in', async () => {
    expect(await voicesOf({ language: 'de' })).toEqual(['local:local/lena']);
    expect(await voicesOf({ language: 'en-GB' })).toEqual(['local:local/emma']);
    expect(await voicesOf({ language: 'de', voiceId: 'elevenlabs/x', vendors: SERVER_VENDORS })).toEqual([
      'elevenlabs:x',
      'local:local/lena',
    ]);
    expect(await voicesOf({ language: 'fr' })).toEqual(['local']);
  });

  it('uses the user’s own key before the server’s, and guards its address', async () => {
    const speech = { speak: { provider: 'elevenlabs', voice: 'v' } };
    const { voices } = await resolve({ speech, user: administrator, vendors: SERVER_VENDORS });
    expect(voices[0]).toMatchObject({ baseUrl: 'https://eleven.example', apiKey: 'own-eleven', privateNetwork: true });
    // An own provider without a key hides the server's: whoever made it wants no call.
    expect(await voicesOf({ voiceId: 'cartesia/x', user: administrator, vendors: SERVER_VENDORS })).toEqual([
      'local',
      '! voice-substituted',
    ]);
    const studio = await resolve({ speech: { listen: { provider: 'studio', model: 'm' } }, user: administrator });
    expect(studio.ears[0]).toEqual({
      kind: 'openai',
      provider: 'studio',
      baseUrl: 'https://studio.example/v1',
      model: 'm',
      privateNetwork: true,
    });
    expect(await earsOf({ speech: { listen: { provider: 'studio' } } })).toEqual(['local']);
  });

  it('does without this machine where it cannot, and says what is missing where nothing can listen', async () => {
    const off = localWith({ listening: OFF, speaking: OFF });
    expect(await resolve({ local: off, vendors: SERVER_VENDORS })).toMatchObject({
      ears: [{ kind: 'deepgram', model: 'nova-3' }],
      voices: [{ kind: 'elevenlabs' }, { kind: 'cartesia' }],
      warnings: [],
    });
    const { deepgram } = SERVER_VENDORS;
    expect(await resolve({ local: off, vendors: { deepgram: deepgram as never } })).toMatchObject({
      voices: [],
      warnings: ['voice-unavailable'],
    });
    await expect(resolve({ local: off, speech: { listen: { provider: 'openai' } } })).rejects.toMatchObject({
      code: 'no-speech-model',
      message: expect.stringMatching(/"openai" does not exist.*started without speech.*Ways out/),
    });
    await expect(resolve({ local: localWith({ listening: LOADING }) })).rejects.toBe(LOADING);
    expect(await earsOf({ local: localWith({ listening: LOADING }), vendors: SERVER_VENDORS })).toEqual(['deepgram:nova-3']);
  });
});
