import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { bearsKey } from '../engine-process/loopback.ts';
import { type Admission, createAdmission, ModelBusyError, type QueueLength } from './admission.ts';
import { type ParsedChatRequest, parseChatRequest } from './chat-request.ts';
import { ContextOverflowError, type Generation, type Generator } from './generator.ts';

const MAX_BODY_BYTES = 4_000_000;
/** When a full queue is worth another try. */
const RETRY_AFTER_SECONDS = 3;

export interface ChatServerOptions {
  generator: Generator;
  /** The name requests and answers carry. */
  model: string;
  /** Every request but the health check must bear it. */
  apiKey: string;
  limits: QueueLength;
  onQueueChange?(length: QueueLength): void;
}

interface Deps extends ChatServerOptions {
  admission: Admission;
}

/** A model behind the OpenAI Chat Completions wire format; the caller listens and closes. */
export function createChatServer(options: ChatServerOptions): Server {
  const deps: Deps = {
    ...options,
    admission: createAdmission(options.limits, options.onQueueChange),
  };
  return createServer((request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort(new Error('The client hung up')));
    route(deps, request, response, gone.signal).catch((error: unknown) => {
      if (!gone.signal.aborted) sendFailure(response, error);
      response.destroy();
    });
  });
}

async function route(deps: Deps, request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
  const path = request.url?.split('?')[0];
  if (request.method === 'GET' && path === '/health') {
    return sendJson(response, 200, { status: 'ok', model: deps.model, ...deps.admission.length() });
  }
  if (!bearsKey(request, deps.apiKey)) {
    return sendError(response, 401, 'invalid_api_key', 'The key of the local model is missing or wrong');
  }
  if (request.method === 'GET' && path === '/v1/models') {
    return sendJson(response, 200, {
      object: 'list',
      data: [{ id: deps.model, object: 'model', created: 0, owned_by: 'local' }],
    });
  }
  if (request.method === 'POST' && path === '/v1/chat/completions') return complete(deps, request, response, signal);
  sendError(response, 404, 'not_found', `There is no ${request.method} ${path}`);
}

async function complete(deps: Deps, request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
  const body = await readJson(request);
  if ('problem' in body) return sendError(response, 400, 'invalid_request', body.problem);
  const parsed = parseChatRequest(body.value);
  if ('problem' in parsed) return sendError(response, 400, 'invalid_request', parsed.problem);
  const leave = await deps.admission.enter(signal);
  try {
    await (parsed.request.stream ? streamAnswer : wholeAnswer)(deps, parsed.request, response, signal);
  } finally {
    leave();
  }
}

async function wholeAnswer(deps: Deps, request: ParsedChatRequest, response: ServerResponse, signal: AbortSignal): Promise<void> {
  let content = '';
  const generation = await deps.generator.generate(request, {
    signal,
    onText: (text) => {
      content += text;
    },
  });
  sendJson(response, 200, {
    ...heading(deps.model, 'chat.completion'),
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: generation.finishReason }],
    usage: usageOf(generation),
  });
}

async function streamAnswer(
  deps: Deps,
  request: ParsedChatRequest,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const head = heading(deps.model, 'chat.completion.chunk');
  const send = (value: object) => {
    // The status is only sent with the first words: until then the answer can still be an error.
    if (!response.headersSent) {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    }
    response.write(`data: ${JSON.stringify({ ...head, ...value })}\n\n`);
  };
  const chunk = (delta: object, finishReason: string | null) => ({ choices: [{ index: 0, delta, finish_reason: finishReason }] });
  const generation = await deps.generator.generate(request, {
    signal,
    onText: (content) => send(chunk({ role: 'assistant', content }, null)),
  });
  send(chunk({}, generation.finishReason));
  if (request.includeUsage) send({ choices: [], usage: usageOf(generation) });
  response.end('data: [DONE]\n\n');
}

function heading(model: string, object: string) {
  return { id: `chatcmpl-${randomUUID()}`, object, created: Math.floor(Date.now() / 1000), model };
}

function usageOf(generation: Generation) {
  return {
    prompt_tokens: generation.promptTokens,
    completion_tokens: generation.completionTokens,
    total_tokens: generation.promptTokens + generation.completionTokens,
    prompt_tokens_details: { cached_tokens: generation.cachedTokens },
  };
}

async function readJson(request: IncomingMessage): Promise<{ value: unknown } | { problem: string }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const piece: Buffer = chunk;
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES) return { problem: `The body is longer than ${MAX_BODY_BYTES} bytes` };
    chunks.push(piece);
  }
  try {
    return { value: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
  } catch {
    return { problem: 'The body is no JSON' };
  }
}

function sendFailure(response: ServerResponse, error: unknown): void {
  const { status, code, message } = failureOf(error);
  if (response.headersSent) response.end(`data: ${JSON.stringify({ error: { message, type: code, code } })}\n\n`);
  else sendError(response, status, code, message, status === 503 ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {});
}

function failureOf(error: unknown): { status: number; code: string; message: string } {
  if (error instanceof ModelBusyError) return { status: 503, code: 'model-busy', message: error.message };
  if (error instanceof ContextOverflowError) return { status: 400, code: 'context_length_exceeded', message: error.message };
  return { status: 500, code: 'generation-failed', message: error instanceof Error ? error.message : String(error) };
}

function sendError(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
) {
  sendJson(
    response,
    status,
    { error: { message, type: status < 500 ? 'invalid_request_error' : 'server_error', code } },
    headers,
  );
}

function sendJson(response: ServerResponse, status: number, value: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...headers, 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value));
}
