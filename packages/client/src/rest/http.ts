import { type Bearer, type Credentials, createBearer } from './credentials.ts';
import { ApiError, errorOf, TimeoutError, UnreachableError } from './errors.ts';
import { waitFor } from './waiting.ts';

/** How long an answer may take, in ms, where a call does not say otherwise. */
const TIMEOUT_MS = 30_000;
/** A repeatable request is sent again so often, after these waits, in ms. */
const RETRY_WAITS_MS = [300, 1_000];
/** A server that asks for a longer pause is not waited for: the caller is told, in seconds. */
const LONGEST_PAUSE_SECONDS = 3;

export interface HttpOptions {
  /** Where the server is: `https://agents.example.com`. Absent: the page's own server. */
  baseUrl?: string | undefined;
  credentials?: Credentials | undefined;
  /** Sends the requests; by default the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  /** How long an answer may take, in ms, by default 30,000; 0 = no limit. */
  timeoutMs?: number | undefined;
}

/** What every method takes as its last argument. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** How long the answer may take, in ms; 0 = no limit. Of streams: until they begin. */
  timeoutMs?: number | undefined;
  /** Of methods that create: the same key, sent again within a day, answers with what it created the first time. Made by the SDK where absent. */
  idempotencyKey?: string | undefined;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type QueryValue = string | number | boolean | undefined;

export interface HttpRequest extends CallOptions {
  /** Left out are fields without a value. */
  query?: Readonly<Record<string, QueryValue>>;
  body?: object | undefined;
  form?: FormData;
  headers?: Readonly<Record<string, string>>;
  /** The request creates something: it carries an idempotency key, so that it can be repeated. */
  creates?: boolean;
  /** Goes without a credential. */
  anonymous?: boolean;
  /** Outlives the page that sends it. */
  keepalive?: boolean;
}

/** One server as one caller sees it. */
export interface Http {
  readonly baseUrl: string;
  /** An answer of the server. Throws `ApiError`, `UnreachableError`, `TimeoutError`, or the reason of `signal`. */
  send(method: Method, path: string, request?: HttpRequest): Promise<Response>;
  /** The same, its JSON read. `T` is what the API documents for this path. */
  json<T>(method: Method, path: string, request?: HttpRequest): Promise<T>;
  /** The same server for another caller. */
  as(credentials: Credentials | undefined): Http;
}

export function createHttp(options: HttpOptions): Http {
  const baseUrl = normalBaseUrl(options.baseUrl);
  const bearer = createBearer(options.credentials);
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  // Called as a function of its own: browsers refuse `fetch` as a method of another object.
  const givenFetch = options.fetch;
  const fetchIt: typeof globalThis.fetch = (input, init) => (givenFetch ?? globalThis.fetch)(input, init);

  const send: Http['send'] = async (method, path, request = {}) => {
    const idempotencyKey = request.idempotencyKey ?? (request.creates ? randomKey() : undefined);
    const repeatable = method === 'GET' || method === 'PUT' || method === 'DELETE' || idempotencyKey !== undefined;
    const url = `${baseUrl}/api/v1${path}${queryText(request.query)}`;
    const limitMs = request.timeoutMs ?? timeoutMs;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await attempted({ method, url, request, idempotencyKey, limitMs, bearer, fetchIt });
      } catch (error) {
        const waitMs = repeatable ? waitBeforeRetry(error, attempt) : undefined;
        if (waitMs === undefined) throw error;
        await waitFor(waitMs, request.signal);
      }
    }
  };

  return {
    baseUrl,
    send,
    json: async <T>(method: Method, path: string, request?: HttpRequest) => {
      const response = await send(method, path, { ...request, headers: { accept: 'application/json', ...request?.headers } });
      return (await response.json()) as T;
    },
    as: (credentials) => createHttp({ ...options, credentials }),
  };
}

interface Attempt {
  method: Method;
  url: string;
  request: HttpRequest;
  idempotencyKey: string | undefined;
  limitMs: number;
  bearer: Bearer;
  fetchIt: typeof globalThis.fetch;
}

/** One request; with another token where the first was refused and there is a newer one. */
async function attempted(attempt: Attempt): Promise<Response> {
  const { request, bearer } = attempt;
  if (request.anonymous) return sent(attempt, {});
  const headers = await bearer.headers();
  try {
    return await sent(attempt, headers);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    const newer = await bearer.renewed(headers);
    if (!newer) throw error;
    return sent(attempt, newer);
  }
}

async function sent({ method, url, request, idempotencyKey, limitMs, fetchIt }: Attempt, credential: Record<string, string>) {
  request.signal?.throwIfAborted();
  const deadline = new AbortController();
  const timer = limitMs > 0 ? setTimeout(() => deadline.abort(new TimeoutError(limitMs)), limitMs) : undefined;
  const signal = request.signal ? AbortSignal.any([request.signal, deadline.signal]) : deadline.signal;
  try {
    const response = await fetchIt(url, {
      method,
      headers: {
        ...(request.body && { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        ...credential,
        ...request.headers,
      },
      ...(request.body && { body: JSON.stringify(request.body) }),
      ...(request.form && { body: request.form }),
      ...(request.keepalive && { keepalive: true }),
      signal,
    });
    if (!response.ok) throw await errorOf(response);
    return response;
  } catch (error) {
    // A test's or a polyfill's `fetch` may throw an error of its own for an aborted signal.
    if (signal.aborted) throw signal.reason;
    if (error instanceof TypeError) throw new UnreachableError('The server cannot be reached.', { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** How long to wait, in ms, before the request is sent again; undefined: it is not. */
function waitBeforeRetry(error: unknown, attempt: number): number | undefined {
  const waitMs = RETRY_WAITS_MS[attempt];
  if (waitMs === undefined) return undefined;
  if (error instanceof UnreachableError) return waitMs;
  if (!(error instanceof ApiError) || (error.status !== 429 && error.status !== 503)) return undefined;
  const pause = error.retryAfterSeconds;
  return pause !== undefined && pause <= LONGEST_PAUSE_SECONDS ? Math.max(waitMs, pause * 1000) : undefined;
}

function normalBaseUrl(baseUrl = ''): string {
  const plain = baseUrl.replace(/\/+$/, '').replace(/(\/api)?\/v1$/, '');
  if (plain !== '' && !/^https?:\/\//i.test(plain)) throw new TypeError(`baseUrl must be an http or https address: ${baseUrl}`);
  return plain;
}

function queryText(query: HttpRequest['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size > 0 ? `?${search}` : '';
}

/** `crypto.randomUUID` is missing on pages that came over plain HTTP. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
