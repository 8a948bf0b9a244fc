/** An answer of the server that says no. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: string, text: string, retryAfterSeconds?: number) {
    super(text);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export interface ApiRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  body?: object;
  token?: string | undefined;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** One request to this server. Throws `ApiError` for an answer that says no, and `TypeError` where the server cannot be reached. */
export async function request(
  path: string,
  { method = 'GET', body, token, headers, signal }: ApiRequest = {},
): Promise<Response> {
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  if (response.ok) return response;
  const answer = (await response.json().catch(() => ({}))) as { code?: string; error?: string };
  const retryAfter = Number(response.headers.get('retry-after'));
  throw new ApiError(
    response.status,
    answer.code ?? 'unknown',
    answer.error ?? `The server answered ${response.status}.`,
    retryAfter || undefined,
  );
}

/** The same, its JSON answer read. `T` is what the API documents for this path. */
export async function call<T>(path: string, options?: ApiRequest): Promise<T> {
  return (await (await request(path, options)).json()) as T;
}

/** The server-sent events of an answer (WHATWG HTML, "Server-sent events"; this server sends single lines of `data`). */
export async function* readEvents(response: Response): AsyncGenerator<{ event: string; data: unknown }> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) return;
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const fields = new Map(part.split('\n').map((line) => splitField(line)));
      const data = fields.get('data');
      if (data !== undefined) yield { event: fields.get('event') ?? 'message', data: JSON.parse(data) };
    }
  }
}

function splitField(line: string): [string, string] {
  const colon = line.indexOf(':');
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
}
