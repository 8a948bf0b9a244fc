import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalModel, ModelLibrary } from '../../core/models/model-library.ts';
import { ENDLESS, operationsOf, VALID_BODIES } from '../../testing/api-operations.ts';
import { makeWorld, type World } from '../../testing/api-world.ts';
import { wav } from '../../testing/audio-samples.ts';
import { ANSWERS } from '../../testing/documented-answers.ts';
import { MULTIPART, multipartBody, type Part } from '../../testing/multipart-body.ts';
import { type OpenAiServer, startOpenAiServer } from '../../testing/openai-server.ts';
import { scriptedSpeech } from '../../testing/scripted-speech.ts';
import { differences } from '../../testing/shape.ts';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

const PICTURE = { create: { width: 8, height: 8, channels: 3, background: 'red' } } as const;

const MODEL: LocalModel = {
  name: 'tiny-model',
  task: 'language',
  title: 'Tiny',
  languages: ['en'],
  licence: { name: 'Apache-2.0', url: 'https://example.com' },
  size_bytes: 1_000,
  state: 'absent',
  progress: 0,
  received_bytes: 0,
  bytes_per_second: 0,
};
const modelLibrary: ModelLibrary = {
  list: () => [MODEL],
  find: (name) => (name === MODEL.name ? MODEL : undefined),
  pull: () => undefined,
  verify: async () => ['tiny.gguf is not there'],
  remove: async () => undefined,
  inUse: () => [],
};

/** The forms of the operations that take one. */
const FORMS: Record<string, () => Promise<Part[]>> = {
  uploadAvatar: async () => [
    { name: 'name', value: 'Photo' },
    { name: 'file', file: await sharp(PICTURE).png().toBuffer() },
  ],
  uploadAgentBackground: async () => [{ name: 'file', file: await sharp(PICTURE).png().toBuffer() }],
  createTranscription: async () => [{ name: 'file', file: wav(1) }],
};

/** What an operation needs besides its body. */
const HEADERS: Record<string, Record<string, string>> = { createEmbedSession: { origin: 'https://example.com' } };

/** Deletions come last, each thing before what it belongs to. */
const LAST = [
  'endSession',
  'endSessionByPost',
  'deleteSession',
  'deleteAgent',
  'deleteAvatar',
  'deleteKey',
  'deleteEmbed',
  'deleteProvider',
  'deleteUser',
];

describe('every endpoint answers exactly what is documented', () => {
  let api: TestApi;
  let models: OpenAiServer;
  let world: World;
  beforeAll(async () => {
    models = await startOpenAiServer();
    const answered = async () => ({ ok: true, model: 'm', ms: 3.4 }) as const;
    const probe = { check: async () => undefined, test: answered, testVendor: answered };
    api = await startTestApi({
      models,
      probe,
      modelLibrary,
      speech: scriptedSpeech().service,
      fetchPicture: () => sharp(PICTURE).png().toBuffer(),
    });
    world = await makeWorld(api, api, 'mine');
    await api.call('PUT', `/avatars/${world.avatarId}`, { is_public: 1, is_favorite: true });
  });
  afterAll(async () => {
    await api.close();
    await models.close();
  });

  /** Where each request goes: something of its own where it takes something away. */
  const pathOf = async (id: string, path: string): Promise<string> => {
    const other = await api.anotherUser();
    const started = async () =>
      (await api.call('POST', '/sessions', { agent_id: world.agentId, session_type: 'agent_chat' })).body.session.session_id;
    const places: Record<string, () => Promise<number | string> | number | string> = {
      endSessionByPost: started,
      deleteSession: () => world.endedSessionId,
      deleteAgent: async () => (await api.call('POST', '/agents', { name: 'Short-lived' })).body.agent.agent_id,
      users: () => other.user.id,
      sessions: () => world.sessionId,
      agents: () => world.agentId,
      avatars: () => (path.includes('userId') ? world.userId : world.avatarId),
      keys: () => world.keyId,
      embeds: () => world.embedId,
      providers: () => world.providerName,
      models: () => MODEL.name,
    };
    const place = places[id] ?? places[path.split('/')[1] ?? ''];
    return path.includes('{') ? path.replace(/\{\w+\}/, String(await place?.())) : path;
  };

  const request = async (id: string, method: string, path: string, prefix: string) => {
    const url = `${prefix}${await pathOf(id, path)}`;
    const form = await FORMS[id]?.();
    if (!form) return api.call(method, url, VALID_BODIES[id]?.(world), HEADERS[id]);
    return api.call(method, url, multipartBody(form), MULTIPART);
  };

  it('on both base paths, with a request id and no more', { timeout: 60_000 }, async () => {
    const operations = (await operationsOf(api)).filter(({ id }) => !ENDLESS.includes(id));
    expect(operations.map(({ id }) => id).sort(), 'every operation is described here').toEqual(Object.keys(ANSWERS).sort());
    operations.sort((a, b) => LAST.indexOf(a.id) - LAST.indexOf(b.id));
    const wrong: string[] = [];
    for (const { id, method, path } of operations) {
      // What can be taken away only once is asked for on one base path.
      const prefixes = id.startsWith('delete') && !['deleteAgent', 'deleteUser'].includes(id) ? ['/v1'] : ['/api/v1', '/v1'];
      for (const prefix of prefixes) {
        const answer = await request(id, method, path, prefix);
        const [status, shape] = ANSWERS[id] ?? [0, {}];
        if (answer.status !== status) wrong.push(`${id}: ${answer.status} ${JSON.stringify(answer.body)}`);
        wrong.push(...differences(answer.body, shape).map((difference) => `${id}: ${difference}`));
        if (typeof answer.headers['x-request-id'] !== 'string') wrong.push(`${id}: no X-Request-Id`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
