import { ApiError, VisavisError } from './errors.ts';
import { resumingEvents } from './event-stream.ts';
import { type CallOptions, type Http, randomKey } from './http.ts';
import { type Page, type PageQuery, page, rows } from './pages.ts';
import type { AgentReply, Message, SentMessage } from './types.ts';

/** A whole reply may take so long, in ms: of a slow model, or spoken to its end. */
const REPLY_TIMEOUT_MS = 300_000;

/**
 * What comes of a reply as it is made. A second `reply-start`: the first attempt was lost, and the text begins anew. `tool-call` and `tool-result` carry what the
 * tool was given and gave.
 */
export type ReplyEvent =
  | { type: 'reply-start' }
  | { type: 'reply-delta'; text: string }
  | { type: 'tool-call' | 'tool-result'; data: Readonly<Record<string, unknown>> }
  | { type: 'reply-end'; reply: AgentReply };

export interface Messages {
  /** Oldest first. */
  list(sessionId: number, query?: PageQuery, options?: CallOptions): Promise<Page<Message>>;
  listAll(sessionId: number, query?: Omit<PageQuery, 'cursor'>, options?: CallOptions): AsyncGenerator<Message, void>;
  /** Sends what the user says and waits for the whole reply. */
  send(sessionId: number, text: string, options?: CallOptions): Promise<SentMessage>;
  /**
   * Sends what the user says and brings the reply as it is made; goes on where it was after a lost connection, and ends after `reply-end`.
   * Throws `ApiError` where the reply fails. Whoever stops reading does not stop the reply: `cancel` does.
   */
  stream(sessionId: number, text: string, options?: CallOptions): AsyncGenerator<ReplyEvent, void, undefined>;
  /** Cancels the reply in hand; 404 `reply-not-found` where there is none. */
  cancel(sessionId: number, options?: CallOptions): Promise<void>;
}

export function messages(http: Http): Messages {
  const list: Messages['list'] = (sessionId, query, options) =>
    page(http, `/sessions/${sessionId}/messages`, 'messages', query, options);
  return {
    list,
    listAll: (sessionId, query, options) => rows((next) => list(sessionId, next, options), query),
    send: (sessionId, message, options) =>
      http.json('POST', `/sessions/${sessionId}/messages`, {
        timeoutMs: REPLY_TIMEOUT_MS,
        ...options,
        body: { message },
        creates: true,
      }),
    stream: (sessionId, text, options) => streamReply(http, sessionId, text, options),
    async cancel(sessionId, options) {
      await http.json('DELETE', `/sessions/${sessionId}/messages/current`, options);
    },
  };
}

async function* streamReply(
  http: Http,
  sessionId: number,
  message: string,
  options: CallOptions = {},
): AsyncGenerator<ReplyEvent, void> {
  // The same for every attempt: it is one message.
  const idempotencyKey = options.idempotencyKey ?? randomKey();
  const events = resumingEvents({
    open: (lastEventId) =>
      http.send('POST', `/sessions/${sessionId}/messages`, {
        timeoutMs: REPLY_TIMEOUT_MS,
        ...options,
        idempotencyKey,
        body: { message, stream: true },
        headers: { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
      }),
    isLast: ({ event }) => event === 'reply-end' || event === 'error',
    signal: options.signal,
  });
  let before: ReplyEvent['type'] | undefined;
  for await (const { event, data } of events) {
    const read = replyEvent(event, data);
    // A stream that broke at its beginning begins again.
    if (!read || (read.type === 'reply-start' && before === 'reply-start')) continue;
    before = read.type;
    yield read;
  }
}

function replyEvent(type: string, text: string): ReplyEvent | undefined {
  const data = parse(text);
  switch (type) {
    case 'reply-start':
      return { type };
    case 'reply-delta':
      return { type, text: String(data.text ?? '') };
    case 'tool-call':
    case 'tool-result':
      return { type, data };
    case 'reply-end':
      return { type, reply: data.reply as AgentReply };
    case 'error':
      throw new ApiError(502, String(data.code ?? 'unknown'), String(data.error ?? 'The reply failed.'));
    default:
      return undefined;
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new VisavisError('The server sent an event that is not JSON.', { cause });
  }
}
