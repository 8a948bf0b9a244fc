import { isIP } from 'node:net';
import { OpenAI } from 'openai';
import { Agent, type Dispatcher, request } from 'undici';
import type { LanguageModelEndpoint } from '../../core/conversation.ts';
import { AddressNotAllowedError, guardedLookup, isPrivateAddress, type Lookup } from '../private-network.ts';

/** A provider's answer was larger than any honest answer is. */
export class AnswerTooLargeError extends Error {
  constructor(limit: string) {
    super(`The provider's answer was longer than ${limit}`);
    this.name = 'AnswerTooLargeError';
  }
}

/** What of an endpoint decides where requests go and who pays. */
export type EndpointAddress = Pick<LanguageModelEndpoint, 'baseUrl' | 'apiKey' | 'privateNetwork'>;

/** Owner of every connection to language model providers: keep-alive sockets and clients, shared by all conversations. */
export interface LanguageModelConnections {
  /** The client for an endpoint; the same one for the same address, key and permission. Never retries, never logs. */
  client(endpoint: EndpointAddress): OpenAI;
  /** POST of `path`, for what the client cannot stream. Nothing is retried; the body must be read to its end, or `signal` fired. */
  post(
    endpoint: EndpointAddress,
    path: string,
    request: { body: Uint8Array | string; contentType: string; signal: AbortSignal },
  ): Promise<{ status: number; contentType: string; body: AsyncIterable<Uint8Array> }>;
  /** GET of a small JSON document. Throws on anything but a 200 with JSON; the error of another answer has its `status`. */
  getJson(
    url: string,
    options: { headers?: Record<string, string>; privateNetwork: boolean; signal: AbortSignal },
  ): Promise<unknown>;
  /** Ends every connection at once. Safe to call twice. */
  close(): Promise<void>;
}

/** An answer of 512 tokens is about 100 KB of chunks; a reasoning model may send a hundred times that. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** One server-sent line; the client buffers until a line is whole. */
const MAX_LINE_BYTES = 256 * 1024;
/** Clients hold no sockets: forgetting one costs a re-build. */
const MAX_CLIENTS = 256;

/**
 * Creates the owner. `lookup` replaces the look-up of addresses that must be public (for tests).
 * No proxy settings are read from the environment and no redirect is followed.
 */
export function createLanguageModelConnections(options: { lookup?: Lookup } = {}): LanguageModelConnections {
  const shared = {
    keepAliveTimeout: 30_000,
    connections: 256,
    pipelining: 1,
    // The time limits of an endpoint are kept by who calls it; these only bound what nobody waits for any more.
    headersTimeout: 600_000,
    bodyTimeout: 600_000,
  };
  const open = new Agent({ ...shared, connect: { timeout: 10_000 } });
  const guarded = new Agent({ ...shared, connect: { timeout: 10_000, lookup: options.lookup ?? guardedLookup } });
  const clients = new Map<string, OpenAI>();

  function dispatcherFor(url: URL, privateNetwork: boolean): Dispatcher {
    if (privateNetwork) return open;
    // A literal address is connected to without a look-up.
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && isPrivateAddress(host)) throw new AddressNotAllowedError(host);
    return guarded;
  }

  return {
    client(endpoint) {
      const key = JSON.stringify([endpoint.baseUrl, endpoint.apiKey, endpoint.privateNetwork]);
      let client = clients.get(key);
      if (!client) {
        client = new OpenAI({
          baseURL: endpoint.baseUrl,
          // The client insists on one; servers without keys ignore it.
          apiKey: endpoint.apiKey || 'none',
          organization: null,
          project: null,
          maxRetries: 0,
          // Its log would print what people said when a chunk is no JSON.
          logLevel: 'off',
          fetch: (input, init) => send(input, init, (url) => dispatcherFor(url, endpoint.privateNetwork)),
        });
        if (clients.size >= MAX_CLIENTS) clients.delete(clients.keys().next().value ?? '');
        clients.set(key, client);
      }
      return client;
    },
    async post(endpoint, path, { body, contentType, signal }) {
      const url = new URL(endpoint.baseUrl + path);
      const answer = await request(url, {
        dispatcher: dispatcherFor(url, endpoint.privateNetwork),
        method: 'POST',
        headers: {
          'content-type': contentType,
          ...(endpoint.apiKey !== undefined && { authorization: `Bearer ${endpoint.apiKey}` }),
        },
        body,
        signal,
      });
      const type = answer.headers['content-type'];
      return {
        status: answer.statusCode,
        contentType: Array.isArray(type) ? (type[0] ?? '') : (type ?? ''),
        body: boundedBody(answer.body, { lines: false }),
      };
    },
    async getJson(address, { headers = {}, privateNetwork, signal }) {
      const response = await send(address, { headers, signal }, (url) => dispatcherFor(url, privateNetwork));
      const text = await response.text();
      if (!response.ok) throw Object.assign(new Error(`status ${response.status}`), { status: response.status });
      return JSON.parse(text);
    },
    async close() {
      clients.clear();
      await Promise.all([open.destroy(), guarded.destroy()]);
    },
  };
}

type Fetch = NonNullable<ConstructorParameters<typeof OpenAI>[0]>['fetch'];
type FetchParameters = Parameters<NonNullable<Fetch>>;

/** `fetch` for the client on undici's plain `request`: a third of the work of undici's `fetch`, and no redirects. */
async function send(
  input: FetchParameters[0],
  init: FetchParameters[1],
  dispatcherFor: (url: URL) => Dispatcher,
): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input);
  const { statusCode, headers, body } = await request(url, {
    dispatcher: dispatcherFor(url),
    method: init?.method === 'POST' ? 'POST' : 'GET',
    headers: Object.fromEntries(new Headers(init?.headers as ConstructorParameters<typeof Headers>[0])),
    body: typeof init?.body === 'string' ? init.body : null,
    signal: init?.signal ?? null,
  });
  const bounded = boundedBody(body);
  const flat = new Headers();
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) flat.set(name, String(value));
  const text = async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of bounded) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  };
  // The border: what the client uses of a `Response`, and not the web streams that cost more than the rest of a turn.
  return {
    ok: statusCode >= 200 && statusCode < 300,
    status: statusCode,
    statusText: '',
    url: url.href,
    headers: flat,
    body: bounded,
    text,
    json: async () => JSON.parse(await text()),
  } as unknown as Response;
}

/** The body as it comes, refused when it or one of its lines grows without end. */
async function* boundedBody(body: AsyncIterable<Uint8Array>, { lines = true } = {}): AsyncGenerator<Uint8Array> {
  let total = 0;
  let line = 0;
  for await (const chunk of body) {
    total += chunk.length;
    const lastBreak = chunk.lastIndexOf(10);
    line = lastBreak < 0 ? line + chunk.length : chunk.length - lastBreak - 1;
    if (total > MAX_ANSWER_BYTES) throw new AnswerTooLargeError(`${MAX_ANSWER_BYTES} bytes`);
    if (lines && line > MAX_LINE_BYTES) throw new AnswerTooLargeError(`${MAX_LINE_BYTES} bytes in a line`);
    yield chunk;
  }
}
