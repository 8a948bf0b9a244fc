import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** The words of every message in these tests: they may be in no log. */
export const MARKER = 'quokka';

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

export interface ErrorAnswer {
  success: false;
  error: string;
  code: string;
}

export interface SessionBody {
  session_id: number;
  status: 'active' | 'completed';
  metadata?: Record<string, unknown>;
  transcript?: string;
  end_reason?: string | null;
  session_token?: string;
}

export interface MessageBody {
  message_id: number;
  role: 'user' | 'assistant';
  content: string;
  answered: boolean;
  interrupted: boolean;
}

/** What became of a message. `messageId` is known as soon as the server has confirmed to have it. */
export type Outcome =
  | { type: 'answered'; messageId: number; reply: MessageBody }
  | { type: 'refused'; messageId: number | undefined; status: number; code: string; retryAfter: number | undefined }
  /** The connection broke. */
  | { type: 'lost'; messageId: number | undefined };

export interface StreamEvent {
  id: string | undefined;
  type: string;
  data: { text?: string; reply?: MessageBody; code?: string; error?: string };
}

export type ApiClient = ReturnType<typeof createApiClient>;

/** A customer of the REST API. */
export function createApiClient(url: string, apiKey: string, onToken: (token: string) => void = () => undefined) {
  const request = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}${path.startsWith('/') ? path : `/api/v1/${path}`}`, {
      method,
      headers: { 'x-api-key': apiKey, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  const call = async <T = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> => {
    const response = await request(method, path, body, headers);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T };
  };

  /** Expects success; says what came instead. */
  const ok = async <T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> => {
    const answer = await call<T>(method, path, body, headers);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

  async function* stream(
    sessionId: number,
    text: string,
    options: { key?: string; lastEventId?: string } = {},
  ): AsyncGenerator<StreamEvent, undefined> {
    const response = await request('POST', `sessions/${sessionId}/messages`, { message: text, stream: true }, headersOf(options));
    if (response.status !== 200 || !response.body) {
      throw new Refusal(response.status, (await response.json()) as ErrorAnswer, response.headers.get('retry-after'));
    }
    const parser = createParser({ onEvent: (event) => received.push(event) });
    const received: EventSourceMessage[] = [];
    const decoder = new TextDecoder();
    for await (const bytes of response.body) {
      parser.feed(decoder.decode(bytes, { stream: true }));
      for (const { id, event = '', data } of received.splice(0)) {
        yield { id, type: event, data: JSON.parse(data) as StreamEvent['data'] };
      }
    }
  }

  const sendStreamed = async (sessionId: number, text: string, key: string): Promise<Outcome> => {
    let messageId: number | undefined;
    try {
      for await (const { id, type, data } of stream(sessionId, text, { key })) {
        if (id) messageId = Number(id.split('.')[0]);
        if (type === 'error') {
          return { type: 'refused', messageId, status: 200, code: data.code ?? '', retryAfter: undefined };
        }
        if (type === 'reply-end' && data.reply && messageId !== undefined) {
          return { type: 'answered', messageId, reply: data.reply };
        }
      }
      return { type: 'lost', messageId };
    } catch (error) {
      if (!(error instanceof Refusal)) return { type: 'lost', messageId };
      return { type: 'refused', messageId, status: error.status, code: error.body.code, retryAfter: error.retryAfter };
    }
  };

  const sendWhole = async (sessionId: number, text: string, key: string): Promise<Outcome> => {
    try {
      type Body = { message: MessageBody; reply: MessageBody } & ErrorAnswer;
      const { status, body, headers } = await call<Body>(
        'POST',
        `sessions/${sessionId}/messages`,
        { message: text },
        headersOf({ key }),
      );
      if (status === 201) return { type: 'answered', messageId: body.message.message_id, reply: body.reply };
      const retryAfter = headers.get('retry-after');
      return {
        type: 'refused',
        messageId: undefined,
        status,
        code: body.code,
        retryAfter: retryAfter ? Number(retryAfter) : undefined,
      };
    } catch {
      return { type: 'lost', messageId: undefined };
    }
  };

  return {
    url,
    call,
    ok,
    stream,
    /** Sends a message and tells what became of it; never throws. */
    send: (sessionId: number, text: string, options: { key: string; streamed: boolean }): Promise<Outcome> =>
      options.streamed ? sendStreamed(sessionId, text, options.key) : sendWhole(sessionId, text, options.key),
    async createAgent(agent: Record<string, unknown> = {}): Promise<number> {
      const body = { name: 'Test agent', context: `Speak of ${MARKER}s.`, custom_greeting: `Hello, ${MARKER}!`, ...agent };
      return (await ok<{ agent: { agent_id: number } }>('POST', 'agents', body)).agent.agent_id;
    },
    async createSession(agentId: number, options: { key?: string; metadata?: object } = {}): Promise<SessionBody> {
      const body = { agent_id: agentId, session_type: 'agent_chat', metadata: options.metadata ?? {} };
      const { session } = await ok<{ session: SessionBody }>('POST', 'sessions', body, headersOf(options));
      if (session.session_token) onToken(session.session_token);
      return session;
    },
    session: async (id: number) => (await ok<{ session: SessionBody }>('GET', `sessions/${id}`)).session,
    sessions: async () => (await ok<{ sessions: SessionBody[] }>('GET', 'sessions')).sessions,
    messages: async (id: number) => (await ok<{ messages: MessageBody[] }>('GET', `sessions/${id}/messages`)).messages,
    endSession: async (id: number) => (await ok<{ session: SessionBody }>('PUT', `sessions/${id}/end`, {})).session,
  };
}

/** A stream that was refused before it began. */
class Refusal extends Error {
  readonly status: number;
  readonly body: ErrorAnswer;
  readonly retryAfter: number | undefined;

  constructor(status: number, body: ErrorAnswer, retryAfter: string | null) {
    super(`${status} ${body.code}`);
    this.status = status;
    this.body = body;
    this.retryAfter = retryAfter === null ? undefined : Number(retryAfter);
  }
}

function headersOf({ key, lastEventId }: { key?: string; lastEventId?: string }): Record<string, string> {
  return {
    ...(key !== undefined && { 'idempotency-key': key }),
    ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
  };
}
