import type { EndedReason, ServerEvent } from '@visavis/protocol';
import { ApiError } from './errors.ts';
import { resumingEvents } from './event-stream.ts';
import type { CallOptions, Http } from './http.ts';
import { type Messages, messages } from './messages.ts';
import { type List, listAt, type PageQuery } from './pages.ts';
import type {
  Answer,
  Ended,
  NewSession,
  Offer,
  Session,
  SessionEnd,
  SessionSummary,
  SessionToken,
  SessionTypeInput,
  SessionTypeName,
  StartedSessionAnswer,
  Timeline,
} from './types.ts';

export interface SessionQuery extends PageQuery {
  agent_id?: number | undefined;
  status?: 'all' | 'active' | 'completed' | undefined;
  session_type?: SessionTypeName | undefined;
  end_reason?: EndedReason | undefined;
  /** Only sessions of the embed with this `embed_id`. */
  embed?: string | undefined;
  /** Only sessions that started then or later: `2024-01-15T00:00:00Z`. */
  from?: string | undefined;
  /** Only sessions that started before. */
  to?: string | undefined;
  /** Words that one message has, or that its words begin with. */
  search?: string | undefined;
}

export interface Sessions extends List<SessionSummary, SessionQuery> {
  /** Starts a session; `session.session_token` is what a page takes part in it with. */
  create(body: NewSession, options?: CallOptions): Promise<StartedSessionAnswer>;
  get(id: number, options?: CallOptions): Promise<Session>;
  /** Goes on as another type: chat, voice or video; the conversation stays. */
  change(id: number, body: { session_type: SessionTypeInput }, options?: CallOptions): Promise<Session>;
  /** Ending twice is a safe retry. With a session token it takes no body. */
  end(id: number, body?: SessionEnd, options?: CallOptions & { keepalive?: boolean }): Promise<Ended>;
  /** Removes an ended session with its recording. */
  remove(id: number, options?: CallOptions): Promise<void>;
  /** Another token for the same session, also with its token. */
  renewToken(id: number, options?: CallOptions): Promise<SessionToken>;
  /** Takes an offer of WebRTC and brings the answer. */
  connect(id: number, body: Offer, options?: CallOptions): Promise<Answer>;
  /** What happens in a live session, until it ends; goes on where it was after a lost connection. */
  events(id: number, options?: CallOptions): AsyncGenerator<ServerEvent, void, undefined>;
  /** What happened in a session, live or ended, oldest first; `left_out` counts what is not kept of a long one. */
  timeline(id: number, options?: CallOptions): Promise<Timeline>;
  /** The session as audio, as the server sends it. `range`: as in HTTP (`bytes=0-1023`). */
  recording(id: number, options?: CallOptions & { range?: string }): Promise<Response>;
  readonly messages: Messages;
}

export function sessions(http: Http): Sessions {
  return {
    ...listAt<SessionSummary, SessionQuery>(http, '/sessions', 'sessions'),
    create: (body, options) => http.json('POST', '/sessions', { ...options, body, creates: true }),
    async get(id, options) {
      return (await http.json<{ session: Session }>('GET', `/sessions/${id}`, options)).session;
    },
    async change(id, body, options) {
      return (await http.json<{ session: Session }>('PATCH', `/sessions/${id}`, { ...options, body })).session;
    },
    async end(id, body, options) {
      return (await http.json<{ session: Ended }>('PUT', `/sessions/${id}/end`, { ...options, body })).session;
    },
    async remove(id, options) {
      await http.json('DELETE', `/sessions/${id}`, options);
    },
    renewToken: (id, options) => http.json('POST', `/sessions/${id}/token`, options),
    connect: (id, body, options) => http.json('POST', `/sessions/${id}/connect`, { ...options, body }),
    events: (id, options) => sessionEvents(http, id, options),
    async timeline(id, options) {
      const { timeline, left_out } = await http.json<Timeline>('GET', `/sessions/${id}/timeline`, options);
      return { timeline, left_out };
    },
    recording: (id, { range, ...options } = {}) =>
      http.send('GET', `/sessions/${id}/recording`, { ...options, ...(range !== undefined && { headers: { range } }) }),
    messages: messages(http),
  };
}

async function* sessionEvents(http: Http, id: number, options: CallOptions = {}): AsyncGenerator<ServerEvent, void> {
  let begun = false;
  try {
    const events = resumingEvents({
      open: (lastEventId) =>
        http.send('GET', `/sessions/${id}/events`, {
          ...options,
          headers: { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
        }),
      isLast: ({ event }) => event === 'session.ended',
      signal: options.signal,
    });
    for await (const { data } of events) {
      begun = true;
      yield JSON.parse(data) as ServerEvent;
    }
  } catch (error) {
    // It ended while the connection was away.
    if (begun && error instanceof ApiError && error.code === 'session-ended') return;
    throw error;
  }
}
