import type { MessageItem, SessionDetailReduced } from '@visavis/protocol';
import type { z } from 'zod';
import { ApiError, call, request } from './api.ts';
import type { Seen } from './peer-link.ts';
import type { StartedSession } from './visitor.ts';

type SessionType = StartedSession['session_type'];

/** A session token lives for 15 minutes; it is renewed before, and looked at this often (a tab in the background is slowed down). */
const TOKEN_MS = 8 * 60_000;
const LOOK_EVERY_MS = 20_000;

interface Kept {
  id: number;
  token: string;
  /** When the token was made, in ms since 1970. */
  tokenAt: number;
  type: SessionType;
  iceServers: RTCIceServer[];
  agentName: string;
  language: string;
  /** A call was going on: a reload joins it again. */
  calling: boolean;
}

/** The session of this tab, kept over reloads. Its token leaves the tab in headers only. */
export interface HeldSession {
  readonly id: number;
  readonly type: SessionType;
  readonly agentName: string;
  readonly language: string;
  readonly iceServers: RTCIceServer[];
  readonly calling: boolean;
  setCalling(calling: boolean): void;
  /** Throws `ApiError` `session-ended` where it is over. */
  look(): Promise<z.output<typeof SessionDetailReduced>>;
  messages(): Promise<Array<z.output<typeof MessageItem>>>;
  switchTo(type: SessionType): Promise<void>;
  connect(offerSdp: string, options: { seen: Seen; signal: AbortSignal }): Promise<string>;
  /** The answer as server-sent events. The same key is the same message: a repeat answers it, where that failed. */
  send(message: string, key: string): Promise<Response>;
  end(): Promise<void>;
  /** Forgets it. */
  drop(): void;
}

export function holdSession(agentId: number, store: Storage, started: StartedSession): HeldSession {
  return hold(agentId, store, {
    id: started.session_id,
    token: started.session_token,
    tokenAt: Date.now(),
    type: started.session_type,
    iceServers: started.realtime.ice_servers as RTCIceServer[],
    agentName: started.agent_name,
    language: started.language,
    calling: false,
  });
}

/** The session that this tab had before it was reloaded. */
export function heldSession(agentId: number, store: Storage): HeldSession | undefined {
  const text = store.getItem(keyOf(agentId));
  return text === null ? undefined : hold(agentId, store, JSON.parse(text) as Kept);
}

const keyOf = (agentId: number) => `visavis.try.session.${agentId}`;

function hold(agentId: number, store: Storage, kept: Kept): HeldSession {
  const path = `/sessions/${kept.id}`;
  let renewal: Promise<void> | undefined;
  const save = () => store.setItem(keyOf(agentId), JSON.stringify(kept));

  const renew = async () => {
    const answer = await call<{ session_token: string }>(`${path}/token`, { method: 'POST', token: kept.token });
    kept.token = answer.session_token;
    kept.tokenAt = Date.now();
    save();
  };
  const token = async () => {
    if (Date.now() - kept.tokenAt > TOKEN_MS) {
      renewal ??= renew().finally(() => {
        renewal = undefined;
      });
      await renewal;
    }
    return kept.token;
  };

  save();
  // What fails here is told where the token is needed.
  const looking = setInterval(() => void token().catch(() => undefined), LOOK_EVERY_MS);

  return {
    id: kept.id,
    get type() {
      return kept.type;
    },
    agentName: kept.agentName,
    language: kept.language,
    iceServers: kept.iceServers,
    get calling() {
      return kept.calling;
    },
    setCalling(calling) {
      kept.calling = calling;
      save();
    },
    async look() {
      const { session } = await call<{ session: z.output<typeof SessionDetailReduced> }>(path, { token: await token() });
      kept.type = session.session_type;
      return session;
    },
    async messages() {
      const answer = await call<{ messages: Array<z.output<typeof MessageItem>> }>(`${path}/messages`, { token: await token() });
      return answer.messages;
    },
    async switchTo(type) {
      if (type === kept.type) return;
      await call(path, { method: 'PATCH', body: { session_type: type }, token: await token() });
      kept.type = type;
      save();
    },
    async connect(offerSdp, { seen, signal }) {
      const body = { sdp: offerSdp, ...(seen === 'drawn' && { face: 'client' }) };
      const answer = await call<{ sdp: string }>(`${path}/connect`, { method: 'POST', body, token: await token(), signal });
      return answer.sdp;
    },
    async send(message, key) {
      const body = { message, stream: true };
      const headers = { 'idempotency-key': key };
      return request(`${path}/messages`, { method: 'POST', body, token: await token(), headers });
    },
    async end() {
      try {
        await call(`${path}/end`, { method: 'PUT', token: await token() });
      } catch (error) {
        if (!(error instanceof ApiError && [401, 404, 409].includes(error.status))) throw error;
      }
    },
    drop() {
      clearInterval(looking);
      store.removeItem(keyOf(agentId));
    },
  };
}
