import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LanguageModelEndpoint } from '../../core/conversation.ts';
import { type OpenAiServer, startOpenAiServer } from '../../testing/openai-server.ts';
import { createLanguageModelConnections, type LanguageModelConnections } from './connections.ts';
import { describeFailure, scrub } from './endpoint-failure.ts';
import { listOllamaModels } from './ollama.ts';
import { testEndpoint } from './test-endpoint.ts';

let server: OpenAiServer;
let connections: LanguageModelConnections;
const KEY = 'sk-proj-abcdefghijklmnop';
const never = new AbortController().signal;

beforeEach(async () => {
  server = await startOpenAiServer();
  connections = createLanguageModelConnections();
});
afterEach(async () => {
  await connections.close();
  await server.close();
});
function endpoint(changes: Partial<LanguageModelEndpoint> = {}): LanguageModelEndpoint {
  return {
    provider: 'mine',
    model: 'scripted',
    baseUrl: server.url,
    apiKey: KEY,
    contextTokens: 4096,
    privateNetwork: true,
    firstTokenTimeoutMs: 2_000,
    nextTokenTimeoutMs: 2_000,
    ...changes,
  };
}

describe('testing an endpoint', () => {
  it('asks for a few tokens and tells the model that answered', async () => {
    expect(await testEndpoint(connections, endpoint(), never)).toMatchObject({ ok: true, model: 'scripted' });
    expect(server.requests[0]?.body).toMatchObject({ max_tokens: 5, stream: false });
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it.each([
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [429, 'rate-limited'],
    [404, 'bad-answer'],
    [500, 'bad-answer'],
  ] as const)('calls a %i %s, and asks once', async (status, kind) => {
    server.script(() => ({ status }));
    expect(await testEndpoint(connections, endpoint(), never)).toMatchObject({ ok: false, kind });
    expect(server.requests).toHaveLength(1);
  });

  it('never repeats the key, even if the provider does', async () => {
    server.script(() => ({
      status: 401,
      error: { message: `Incorrect API key provided: ${KEY}. ${'Look it up. '.repeat(50)}` },
    }));
    const result = await testEndpoint(connections, endpoint(), never);
    expect(JSON.stringify(result)).not.toContain(KEY);
    expect(result.ok ? '' : result.detail.length).toBeLessThanOrEqual(200);
  });

  it('tells a provider that says nothing, one that is not there and one that may not be asked', async () => {
    server.script(() => ({ hang: 'before-headers' }));
    expect(await testEndpoint(connections, endpoint({ firstTokenTimeoutMs: 30 }), never)).toMatchObject({ kind: 'timeout' });
    expect(await testEndpoint(connections, endpoint({ baseUrl: 'http://127.0.0.1:1/v1' }), never)).toMatchObject({
      kind: 'unreachable',
    });
    expect(await testEndpoint(connections, endpoint({ privateNetwork: false }), never)).toMatchObject({ kind: 'not-allowed' });
  });

  it('stops when its caller does', async () => {
    const caller = new AbortController();
    server.script(() => {
      caller.abort();
      return { hang: 'before-headers' };
    });
    await expect(testEndpoint(connections, endpoint(), caller.signal)).rejects.toThrow();
  });
});

describe('looking for Ollama', () => {
  it('finds its models, with or without /v1', async () => {
    expect(await listOllamaModels(connections, server.url, never)).toEqual(['scripted', 'echo']);
    expect(await listOllamaModels(connections, server.origin, never)).toEqual(['scripted', 'echo']);
  });

  it('finds nobody where nobody is, and no Ollama where somebody else is', async () => {
    expect(await listOllamaModels(connections, 'http://127.0.0.1:1', never)).toBeUndefined();
    expect(await listOllamaModels(connections, `${server.origin}/elsewhere`, never)).toBeUndefined();
  });
});

describe('a failure', () => {
  it('holds neither a key nor a long text', () => {
    expect(scrub(`bad key ${KEY} and sk-abc***xyz`, KEY)).toBe('bad key *** and ***');
    expect(scrub('your key correct horse is wrong', 'correct horse')).toBe('your key *** is wrong');
    expect(scrub('x'.repeat(1000), undefined)).toHaveLength(200);
  });

  it('of a chunk that is no JSON does not quote it', () => {
    expect(describeFailure(new SyntaxError('Unexpected token: "my secret" is not valid JSON'), undefined)).toMatchObject({
      kind: 'bad-answer',
      detail: 'The answer is not valid JSON',
    });
  });
});
