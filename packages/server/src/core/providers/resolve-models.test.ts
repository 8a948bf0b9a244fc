import type { AgentProperties } from '@visavis/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TemporaryStorage, temporaryStorage } from '../../testing/temporary-storage.ts';
import { createSecretBox } from '../access/secrets.ts';
import type { User } from '../users/user.ts';
import type { LocalModelState, ServerProvider, ServerProviders } from './provider.ts';
import { resolveModels } from './resolve-models.ts';

const box = createSecretBox('a secret for tests only', 'storage');
let temporary: TemporaryStorage;
let administrator: User;
let member: User;

beforeAll(async () => {
  temporary = await temporaryStorage();
  const user = (role: User['role']) =>
    temporary.storage.write((stores) => stores.users.insert({ role, email: null, name: null, limits: {} }, 1));
  administrator = await user('administrator');
  member = await user('member');
  const mine = { name: 'mine', baseUrl: 'https://mine.example/v1', defaultModel: 'big', contextTokens: 9000 };
  const keyless = { sealedKey: null, keyLastFour: null };
  for (const owner of [administrator, member]) {
    await temporary.storage.write((stores) =>
      stores.providers.put(owner.id, { ...mine, sealedKey: box.seal('sk-secret'), keyLastFour: 'cret' }, 1),
    );
  }
  await temporary.storage.write((stores) =>
    stores.providers.put(member.id, { ...mine, ...keyless, name: 'openai', baseUrl: 'https://own.example/v1' }, 1),
  );
  await temporary.storage.write((stores) =>
    stores.providers.put(member.id, { ...mine, ...keyless, name: 'vague', defaultModel: null }, 1),
  );
});
afterAll(() => temporary.remove());

const LOCAL: ServerProvider = { baseUrl: 'http://127.0.0.1:9/v1', models: ['small'], contextTokens: 4096 };
const OPENAI: ServerProvider = { baseUrl: 'https://api.openai.com/v1', apiKey: 'sk-server', defaultModel: 'mini' };

function serverWith(providers: Record<string, ServerProvider>, standard?: string, local?: LocalModelState): ServerProviders {
  const [provider, model] = standard?.split('/') ?? [];
  return {
    default: () => (provider && model ? { provider, model } : undefined),
    find: (name) => providers[name],
    names: () => Object.keys(providers).filter((name) => name !== 'local'),
    local: () => local ?? { state: providers.local ? 'ready' : 'absent' },
    vendor: () => undefined,
  };
}

const EVERYTHING = serverWith({ local: LOCAL, openai: OPENAI }, 'local/small');

const resolve = (wishes: AgentProperties['llm'], serverProviders = EVERYTHING, user = member) =>
  resolveModels({ stores: temporary.storage.read, serverProviders, box, allowPrivateProviders: false }, user, wishes);
const names = async (wishes: AgentProperties['llm'], serverProviders?: ServerProviders, user?: User) =>
  (await resolve(wishes, serverProviders, user)).map(({ provider, model, baseUrl }) => [provider, model, new URL(baseUrl).host]);
const refusal = (wishes: AgentProperties['llm'], serverProviders?: ServerProviders) =>
  resolve(wishes, serverProviders).catch((error: unknown) => error);

describe('the models of an agent', () => {
  it('are the server’s default where it chooses none', async () => {
    expect(await resolve(undefined)).toEqual([
      {
        provider: 'local',
        model: 'small',
        baseUrl: LOCAL.baseUrl,
        maxTokens: 512,
        contextTokens: 4096,
        privateNetwork: true,
        firstTokenTimeoutMs: expect.any(Number),
        nextTokenTimeoutMs: expect.any(Number),
      },
    ]);
    expect(await resolve({ temperature: 0.3, max_tokens: 50 })).toMatchObject([{ temperature: 0.3, maxTokens: 50 }]);
  });

  it('are its choice and its fallbacks, in order and nothing else', async () => {
    expect(await names({ provider: 'mine', fallbacks: [{ provider: 'openai', model: 'gpt' }, { provider: 'local' }] })).toEqual([
      ['mine', 'big', 'mine.example'],
      ['openai', 'gpt', 'own.example'],
      ['local', 'small', '127.0.0.1:9'],
    ]);
    expect(await names({ provider: 'mine' })).toHaveLength(1);
    expect(await names({ fallbacks: [{ provider: 'local', model: 'small' }, { provider: 'mine' }] })).toEqual([
      ['local', 'small', '127.0.0.1:9'],
      ['mine', 'big', 'mine.example'],
    ]);
  });

  it('come from the user’s own provider before the server’s of the same name', async () => {
    expect(await names({ provider: 'openai' })).toEqual([['openai', 'big', 'own.example']]);
    expect(await names({ provider: 'openai' }, EVERYTHING, administrator)).toEqual([['openai', 'mini', 'api.openai.com']]);
  });

  it('carry the opened key, and may reach the private network only for an administrator', async () => {
    expect(await resolve({ provider: 'mine' })).toMatchObject([
      { apiKey: 'sk-secret', contextTokens: 9000, privateNetwork: false },
    ]);
    expect(await resolve({ provider: 'mine' }, EVERYTHING, administrator)).toMatchObject([{ privateNetwork: true }]);
    expect(await resolve({ provider: 'local' })).toMatchObject([{ privateNetwork: true }]);
  });

  it('leave out what cannot be had while something is left', async () => {
    expect(await names({ provider: 'gone', fallbacks: [{ provider: 'mine' }] })).toEqual([['mine', 'big', 'mine.example']]);
    const loading = serverWith({}, 'local/small', { state: 'loading' });
    expect(await names({ fallbacks: [{ provider: 'mine' }] }, loading)).toEqual([['mine', 'big', 'mine.example']]);
  });

  it('know Ollama’s names without their tag', async () => {
    const server = serverWith({ ollama: { baseUrl: 'http://127.0.0.1:11434/v1', models: ['llama3.2:latest'] } });
    expect(await names({ provider: 'ollama', model: 'llama3.2' }, server)).toEqual([['ollama', 'llama3.2', '127.0.0.1:11434']]);
  });
});

describe('without a model', () => {
  it('the answer is 503 with the three ways out', async () => {
    const error = await refusal(undefined, serverWith({}));
    expect(error).toMatchObject({ code: 'no-language-model', status: 503 });
    expect(String(error)).toMatch(/npm run models -- pull.*Ollama.*OPENAI_API_KEY.*PUT \/api\/v1\/providers/);
  });

  it('the answer names the provider or the model that is missing', async () => {
    expect(String(await refusal({ provider: 'gone' }))).toContain('the provider "gone" does not exist');
    expect(String(await refusal({ provider: 'local', model: 'huge' }))).toContain('"local" has no model "huge"');
    expect(String(await refusal({ provider: 'vague' }))).toContain('"vague" has no default model');
  });

  it('the answer asks to come back while the local one is on its way', async () => {
    const downloading = serverWith({}, undefined, { state: 'downloading', retryAfterSeconds: 42 });
    expect(await refusal(undefined, downloading)).toMatchObject({ code: 'language-model-loading', retryAfterSeconds: 42 });
    const loading = serverWith({}, 'local/small', { state: 'loading' });
    expect(await refusal(undefined, loading)).toMatchObject({ code: 'language-model-loading', retryAfterSeconds: 10 });
    const failed = serverWith({}, 'local/small', { state: 'failed' });
    expect(await refusal(undefined, failed)).toMatchObject({ code: 'no-language-model' });
  });
});
