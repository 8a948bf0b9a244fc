import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A local stand-in for an OpenAI-compatible provider, for tests, end-to-end runs and benchmarks.
 * Written from the public documentation, not recorded: the chat completion and streaming chunk objects and the error
 * object of https://platform.openai.com/docs/api-reference/chat and /docs/guides/error-codes, and Ollama's
 * `GET /api/tags` of https://github.com/ollama/ollama/blob/main/docs/api.md. Nothing is timed: gates hold tokens back.
 */

/** One message as it came over the wire. */
export interface WireMessage {
  role: string;
  content?: unknown;
}

/** One request as the server saw it. */
export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  /** The parsed JSON body; empty for a GET. */
  body: { model?: string; messages?: WireMessage[]; stream?: boolean; [field: string]: unknown };
  /** Becomes true when the client went away before the answer was whole. */
  disconnected: boolean;
  /** Resolves when the exchange is over, however it ended. */
  closed: Promise<void>;
}

/** How one request is answered; everything left out is as a healthy provider would do it. */
export interface ScriptedReply {
  /** The tokens of the answer; a string is cut before every blank. */
  tokens?: string | readonly string[];
  /** 200, or an error in OpenAI's shape. */
  status?: number;
  error?: { message?: string; type?: string; code?: string | null };
  headers?: Record<string, string>;
  /** Awaited before the token with this index is sent; the role chunk has gone before. */
  gate?: (tokenIndex: number) => Promise<void> | undefined;
  /** Never answers: not even headers, or headers and the role chunk only. */
  hang?: 'before-headers' | 'before-first-token';
  /** After this many tokens: silence, a broken connection, a chunk that is no JSON, or a clean end without `finish_reason`. */
  breakAfter?: { tokens: number; how: 'hang' | 'destroy' | 'malformed' | 'end' };
  finishReason?: string;
  /** A tool that is called after the tokens, in one chunk. */
  toolCall?: { name: string; arguments: string };
}

/** Answers a request; `index` counts the completion requests from 0. */
export type Script = (request: ReceivedRequest, index: number) => ScriptedReply;

export interface OpenAiServer {
  /** Ends in `/v1`: what a client takes as its base URL. */
  url: string;
  /** Without the `/v1`: where Ollama's own API is. */
  origin: string;
  /** Every completion request so far, oldest first. The server forgets the oldest beyond 1000. */
  requests: ReceivedRequest[];
  script(script: Script): void;
  /** What `GET /api/tags` and `GET /v1/models` list. */
  models: string[];
  close(): Promise<void>;
}

const DEFAULT_TOKENS = ['This', ' is', ' a', ' scripted', ' reply', '.'];
const KEPT_REQUESTS = 1000;

/** What the models `echo*` answer: how many messages came, their roles, a digest of all and the text of the last. */
export function echoOf(messages: readonly WireMessage[]): string {
  const digest = createHash('sha256').update(JSON.stringify(messages)).digest('hex').slice(0, 12);
  return `${messages.length} messages [${messages.map((message) => message.role).join(' ')}] ${digest}: ${textOf(messages.at(-1))}`;
}

/** Starts the server on 127.0.0.1. Without a script it answers at once, `echo*` models with `echoOf`, others with a fixed sentence. */
export async function startOpenAiServer(options: { port?: number } = {}): Promise<OpenAiServer> {
  const requests: ReceivedRequest[] = [];
  let script: Script = defaultScript;
  let completions = 0;
  const models = ['scripted', 'echo'];

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = incoming.url ?? '/';
    if (path === '/api/tags') return sendJson(response, 200, { models: models.map((name) => ({ name, model: name })) });
    if (path === '/v1/models') {
      return sendJson(response, 200, {
        object: 'list',
        data: models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'visavis' })),
      });
    }
    const text = await readBody(incoming);
    const request = received(incoming, response, text);
    requests.push(request);
    if (requests.length > KEPT_REQUESTS) requests.shift();
    if (path !== '/v1/chat/completions' || incoming.method !== 'POST') {
      return sendJson(response, 404, errorBody({ message: `Unknown request URL: ${incoming.method} ${path}.` }, 404));
    }
    await answer(request, response, script(request, completions++));
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo; // A listening TCP server always has one.
  const origin = `http://127.0.0.1:${port}`;
  return {
    url: `${origin}/v1`,
    origin,
    requests,
    models,
    script: (next) => {
      script = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function defaultScript(request: ReceivedRequest): ScriptedReply {
  return request.body.model?.startsWith('echo') ? { tokens: echoOf(request.body.messages ?? []) } : { tokens: DEFAULT_TOKENS };
}

async function answer(request: ReceivedRequest, response: ServerResponse, reply: ScriptedReply): Promise<void> {
  if (reply.hang === 'before-headers') return;
  const status = reply.status ?? 200;
  if (status !== 200) return sendJson(response, status, errorBody(reply.error, status), reply.headers);
  const tokens = typeof reply.tokens === 'string' ? (reply.tokens.match(/\s*\S+|\s+$/g) ?? []) : (reply.tokens ?? DEFAULT_TOKENS);
  const usage = usageOf(request, tokens.length);
  const model = request.body.model ?? 'scripted';
  if (request.body.stream !== true) {
    return sendJson(response, 200, {
      id: 'chatcmpl-scripted',
      object: 'chat.completion',
      created: 0,
      model,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: tokens.join(''), refusal: null },
          logprobs: null,
          finish_reason: reply.finishReason ?? 'stop',
        },
      ],
      usage,
    });
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...reply.headers });
  const head = `data: {"id":"chatcmpl-scripted","object":"chat.completion.chunk","created":0,"model":${JSON.stringify(model)},"system_fingerprint":null,`;
  const choice = (delta: object, finishReason: string | null) =>
    `${head}"choices":[{"index":0,"delta":${JSON.stringify(delta)},"logprobs":null,"finish_reason":${JSON.stringify(finishReason)}}]}\n\n`;
  const role = choice({ role: 'assistant', content: '', refusal: null }, null);
  const called = reply.toolCall && [{ index: 0, id: 'call_scripted', type: 'function', function: reply.toolCall }];
  const end = `${called ? choice({ tool_calls: called }, null) : ''}${choice({}, reply.finishReason ?? (called ? 'tool_calls' : 'stop'))}${head}"choices":[],"usage":${JSON.stringify(usage)}}\n\ndata: [DONE]\n\n`;
  const { gate, breakAfter } = reply;
  if (reply.hang === 'before-first-token') {
    response.write(role);
    return;
  }
  if (!gate && !breakAfter) {
    // The quick way: one write, as a proxy that buffers would send it.
    response.end(role + tokens.map((token) => choice({ content: token }, null)).join('') + end);
    return;
  }
  response.write(role);
  for (const [index, token] of tokens.entries()) {
    if (breakAfter?.tokens === index) break;
    await gate?.(index);
    if (response.destroyed) return;
    await flushed(response, choice({ content: token }, null));
  }
  if (!breakAfter) response.end(end);
  else if (breakAfter.how === 'destroy') response.destroy();
  else if (breakAfter.how === 'malformed') response.end('data: {"id":"chatcmpl-scripted","choices":[{"ind\n\ndata: [DONE]\n\n');
  else if (breakAfter.how === 'end') response.end();
}

/** Resolves when the bytes were handed to the kernel, so that a connection that is destroyed next has carried them. */
function flushed(response: ServerResponse, text: string): Promise<void> {
  return new Promise((resolve) => {
    response.write(text, () => resolve());
  });
}

function received(incoming: IncomingMessage, response: ServerResponse, text: string): ReceivedRequest {
  const request: ReceivedRequest = {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    body: text === '' ? {} : JSON.parse(text),
    disconnected: false,
    closed: new Promise((resolve) => {
      response.once('close', () => {
        request.disconnected = !response.writableFinished;
        resolve();
      });
    }),
  };
  return request;
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function errorBody(error: ScriptedReply['error'], status: number) {
  const type = status === 429 ? 'requests' : status >= 500 ? 'server_error' : 'invalid_request_error';
  const code = status === 401 ? 'invalid_api_key' : status === 429 ? 'rate_limit_exceeded' : null;
  return { error: { message: `Scripted error ${status}.`, type, param: null, code, ...error } };
}

function usageOf(request: ReceivedRequest, completionTokens: number) {
  const promptTokens = (request.body.messages ?? []).reduce((sum, message) => sum + Math.ceil(textOf(message).length / 4), 0);
  return { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: promptTokens + completionTokens };
}

function textOf(message: WireMessage | undefined): string {
  const content = message?.content;
  return typeof content === 'string' ? content : content === undefined || content === null ? '' : JSON.stringify(content);
}
