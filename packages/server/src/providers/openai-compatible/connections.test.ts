import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startOpenAiServer } from '../../testing/openai-server.ts';
import { guardLookup } from '../private-network.ts';
import { createLanguageModelConnections, type LanguageModelConnections } from './connections.ts';
import { describeFailure } from './endpoint-failure.ts';

const owned: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const owner of owned.splice(0)) await owner.close();
});
function own<T extends { close(): Promise<void> }>(owner: T): T {
  owned.push(owner);
  return owner;
}
async function failureOf(connections: LanguageModelConnections, address: { baseUrl: string; privateNetwork: boolean }) {
  const error = await connections
    .client(address)
    .chat.completions.create({ model: 'scripted', messages: [] })
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  return error === undefined ? undefined : describeFailure(error, undefined);
}
/** A server that answers in any way but an OpenAI one. */
async function serve(handler: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(handler ?? (() => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  own({
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

describe('connections to language models', () => {
  it('share one client and one socket for an address and key', async () => {
    const server = own(await startOpenAiServer());
    const connections = own(createLanguageModelConnections());
    const address = { baseUrl: server.url, privateNetwork: true };
    expect(connections.client(address)).toBe(connections.client({ ...address }));
    expect(connections.client(address)).not.toBe(connections.client({ ...address, apiKey: 'other' }));
    expect(connections.client(address)).not.toBe(connections.client({ ...address, privateNetwork: false }));
    for (const _ of [1, 2, 3]) expect(await failureOf(connections, address)).toBeUndefined();
    expect(server.requests[2]?.headers.connection).toBe('keep-alive');
  });

  it('refuse a literal private address', async () => {
    const server = own(await startOpenAiServer());
    const connections = own(createLanguageModelConnections());
    expect(await failureOf(connections, { baseUrl: server.url, privateNetwork: false })).toMatchObject({
      kind: 'not-allowed',
      retryable: false,
    });
    expect(server.requests).toHaveLength(0);
  });

  it('refuse a public name that leads to this machine at the moment of connecting', async () => {
    const server = own(await startOpenAiServer());
    const rebound = guardLookup((_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]));
    const connections = own(createLanguageModelConnections({ lookup: rebound }));
    const baseUrl = server.url.replace('127.0.0.1', 'api.example.com');
    expect(await failureOf(connections, { baseUrl, privateNetwork: false })).toMatchObject({ kind: 'not-allowed' });
    expect(server.requests).toHaveLength(0);
  });

  it('do reach that name without the guard, so that the refusal above is its doing', async () => {
    const server = own(await startOpenAiServer());
    const connections = own(
      createLanguageModelConnections({
        lookup: (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
      }),
    );
    const baseUrl = server.url.replace('127.0.0.1', 'api.example.com');
    expect(await failureOf(connections, { baseUrl, privateNetwork: false })).toBeUndefined();
  });

  it('follow no redirect', async () => {
    const target = own(await startOpenAiServer());
    const connections = own(createLanguageModelConnections());
    const baseUrl = await serve((_request, response) =>
      response.writeHead(307, { location: `${target.url}/chat/completions` }).end(),
    );
    expect(await failureOf(connections, { baseUrl, privateNetwork: true })).toMatchObject({ kind: 'bad-answer', status: 307 });
    expect(target.requests).toHaveLength(0);
  });

  it.each([
    ['', 'line'],
    ['\n', 'bytes'],
  ])('stop reading an answer that has no end (%j after every block)', async (end, what) => {
    const connections = own(createLanguageModelConnections());
    const baseUrl = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const block = 'x'.repeat(200 * 1024) + end;
      const more = () => response.write(block, () => !response.destroyed && more());
      more();
    });
    expect((await failureOf(connections, { baseUrl, privateNetwork: true }))?.detail).toMatch(what);
  });

  it('tell a refused connection', async () => {
    const gone = await startOpenAiServer();
    await gone.close();
    const connections = own(createLanguageModelConnections());
    expect(await failureOf(connections, { baseUrl: gone.url, privateNetwork: true })).toMatchObject({
      kind: 'unreachable',
      retryable: true,
    });
  });
});
