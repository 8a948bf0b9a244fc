import type { Client } from '../client.ts';
import { ApiError } from '../rest/errors.ts';
import type { ReplyEvent } from '../rest/messages.ts';
import type { Message, Session, SessionTypeName } from '../rest/types.ts';
import type { Seen } from './peer-link.ts';

/** A session token lives for 15 minutes; it is renewed before, and looked at this often (a tab in the background is slowed down). */
const TOKEN_MS = 8 * 60_000;
const LOOK_EVERY_MS = 20_000;

/** What a started session tells, whichever way it was had: `client.sessions.create`, a try link, an embed. */
export interface StartedLive {
  session_id: number;
  session_token: string;
  session_type: SessionTypeName;
  agent_name: string;
  /** The agent's. */
  language?: string;
  realtime: { ice_servers: Array<{ urls: string[]; username?: string | undefined; credential?: string | undefined }> };
}

interface Kept {
  id: number;
  token: string;
  /** When the token was made, in ms since 1970. */
  tokenAt: number;
  type: SessionTypeName;
  iceServers: RTCIceServer[];
  agentName: string;
  language?: string | undefined;
  /** A call was going on: a reload joins it again. */
  calling: boolean;
}

/** Where a session is kept over reloads: of this tab alone, as `sessionStorage`. */
export interface Keeping {
  store: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  key: string;
}

/** What is known of a kept session before it is gone on with. */
export interface KeptSession {
  id: number;
  type: SessionTypeName;
  /** A call was going on: whoever goes on with the session joins it again. */
  calling: boolean;
}

/** The session that is kept there; undefined where there is none, or nothing that can be read. */
export function keptSession(keeping: Keeping): KeptSession | undefined {
  const kept = readKept(keeping);
  return kept && { id: kept.id, type: kept.type, calling: kept.calling };
}

/** The next to go on with the session does not join its call: it is on in writing, until somebody talks again. */
export function leaveKeptCall(keeping: Keeping): void {
  const kept = readKept(keeping);
  if (kept) keeping.store.setItem(keeping.key, JSON.stringify({ ...kept, calling: false } satisfies Kept));
}

function readKept({ store, key }: Keeping): Kept | undefined {
  try {
    const kept = JSON.parse(store.getItem(key) ?? 'null') as Kept | null;
    return typeof kept?.id === 'number' && typeof kept.token === 'string' ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** One session as whoever takes part in it sees it. Its token leaves the tab in headers only. */
export interface HeldSession {
  readonly id: number;
  readonly type: SessionTypeName;
  readonly agentName: string;
  readonly language: string | undefined;
  readonly iceServers: RTCIceServer[];
  readonly calling: boolean;
  setCalling(calling: boolean): void;
  /** Throws `ApiError` `session-not-found` or `invalid-token` where it is gone. */
  look(): Promise<Session>;
  messages(): Promise<Message[]>;
  switchTo(type: SessionTypeName): Promise<void>;
  connect(offerSdp: string, options: { seen: Seen; signal: AbortSignal }): Promise<string>;
  /** The same key is the same message: a repeat answers it, where that failed. */
  send(text: string, idempotencyKey: string, signal: AbortSignal): AsyncGenerator<ReplyEvent, void>;
  /** Cancels the reply in hand; none is no error. */
  cancel(): Promise<void>;
  end(): Promise<void>;
  /** Renews the token no longer; `forget`: and a reload finds nothing any more. */
  close(options: { forget: boolean }): void;
}

export function holdSession(client: Client, started: StartedLive, keeping?: Keeping): HeldSession {
  return hold(client, keeping, {
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
export function heldSession(client: Client, keeping: Keeping): HeldSession | undefined {
  const kept = readKept(keeping);
  return kept && hold(client, keeping, kept);
}

function hold(client: Client, keeping: Keeping | undefined, kept: Kept): HeldSession {
  const { id } = kept;
  let renewal: Promise<void> | undefined;
  const save = () => keeping?.store.setItem(keeping.key, JSON.stringify(kept));

  const renew = async () => {
    const answer = await client.as({ sessionToken: kept.token }).sessions.renewToken(id);
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
  const { sessions } = client.as({ sessionToken: token });
  let switching: Promise<void> = Promise.resolve();
  const change = async (type: SessionTypeName) => {
    if (type === kept.type) return;
    await sessions.change(id, { session_type: type });
    kept.type = type;
    save();
  };

  save();
  // What fails here is told where the token is needed.
  const looking = setInterval(() => void token().catch(() => undefined), LOOK_EVERY_MS);

  return {
    id,
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
      const session = await sessions.get(id);
      kept.type = session.session_type;
      return session;
    },
    messages: () => sessions.messages.list(id),
    switchTo(type) {
      // One after the other: what it is now is known when the one before is through.
      const next = switching.then(() => change(type));
      switching = next.catch(() => undefined);
      return next;
    },
    async connect(sdp, { seen, signal }) {
      return (await sessions.connect(id, { sdp, ...(seen === 'drawn' && { face: 'client' }) }, { signal })).sdp;
    },
    send: (text, idempotencyKey, signal) => sessions.messages.stream(id, text, { idempotencyKey, signal }),
    cancel: () => sessions.messages.cancel(id).catch((error: unknown) => unless(error, [404])),
    end: () =>
      sessions.end(id).then(
        () => undefined,
        (error: unknown) => unless(error, [401, 404, 409]),
      ),
    close({ forget }) {
      clearInterval(looking);
      if (forget) keeping?.store.removeItem(keeping.key);
    },
  };
}

/** Throws an error that is no answer with one of these statuses. */
function unless(error: unknown, statuses: number[]): void {
  if (!(error instanceof ApiError && statuses.includes(error.status))) throw error;
}
