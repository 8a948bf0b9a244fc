import { setInterval as every } from 'node:timers/promises';
import { type ApiClient, MARKER, type Outcome } from './api-client.ts';
import type { Random } from './random.ts';
import { until } from './until.ts';

interface SentMessage {
  key: string;
  text: string;
  /** The server has confirmed to have it. */
  id: number | undefined;
  /** The reply that the server has confirmed. */
  reply: { id: number; content: string } | undefined;
  /** Refused because the session had ended. */
  tooLate: boolean;
}

interface SentSession {
  key: string;
  id: number | undefined;
  /** `asked`: it may have ended. */
  end: 'none' | 'asked' | 'acknowledged';
  messages: SentMessage[];
  inFlight: number;
}

/** A message every 20 ms. */
const TICK_MS = 20;
/** What a client may be told while workers or the server come and go; everything else is a failure. */
const PASSING = new Set(['worker-lost', 'no-capacity', 'server-restarting', 'session-busy']);
const PASSING_REPLY = new Set(['provider-failed', 'provider-unavailable']);

/**
 * What clients have asked a server and what it has acknowledged; in the end every acknowledged thing must be there, once.
 * Acknowledged = the response was received, or the `reply-end` of a stream.
 */
export interface Traffic {
  /** About 50 messages a second, and sessions that begin and end, until `signal` aborts and everything sent is answered or lost. */
  run(api: ApiClient, signal: AbortSignal): Promise<void>;
  /** Sends again, with its key, everything that was not acknowledged. */
  settle(api: ApiClient): Promise<void>;
  /** Compares what the server holds with what it has acknowledged; throws at the first difference. */
  verify(api: ApiClient, which?: 'recent' | 'all'): Promise<void>;
  /** Sends one more message to every session that is live: the model must be told everything before it. */
  goOn(api: ApiClient): Promise<number>;
  counts: { sessions: number; ends: number; messages: number; acknowledged: number; retried: number; failedStreams: number };
}

export function createTraffic(random: Random, agentId: number): Traffic {
  const sessions: SentSession[] = [];
  let recent = 0;
  let serial = 0;
  const counts = { sessions: 0, ends: 0, messages: 0, acknowledged: 0, retried: 0, failedStreams: 0 };

  const live = () => sessions.slice(recent).filter((session) => session.id !== undefined && session.end === 'none');

  const create = async (api: ApiClient, session: SentSession): Promise<void> => {
    const known = session.id;
    const created = await api.createSession(agentId, { key: session.key, metadata: { key: session.key } });
    if (known === undefined) counts.sessions++;
    else if (known !== created.session_id) throw new Error(`${session.key} was created twice: ${known}, ${created.session_id}`);
    session.id = created.session_id;
  };

  const end = async (api: ApiClient, session: SentSession): Promise<void> => {
    session.end = 'asked';
    const ended = await api.endSession(session.id as number);
    if (ended.status !== 'completed') throw new Error(`Session ${session.id} is ${ended.status} after its end`);
    session.end = 'acknowledged';
    counts.ends++;
  };

  const note = (session: SentSession, message: SentMessage, outcome: Outcome): void => {
    const was = `${message.text} in session ${session.id}`;
    if (message.id !== undefined && outcome.messageId !== undefined && outcome.messageId !== message.id) {
      throw new Error(`${was} was stored twice: ${message.id}, ${outcome.messageId}`);
    }
    message.id ??= outcome.messageId;
    if (outcome.type === 'answered') {
      const { message_id: id, content, interrupted } = outcome.reply;
      if (message.reply && message.reply.id !== id) throw new Error(`${was} has two replies: ${message.reply.id}, ${id}`);
      if (!interrupted && !content.endsWith(message.text)) throw new Error(`${was} got the reply to another: ${content}`);
      if (!message.reply) counts.acknowledged++;
      message.reply = { id, content };
    } else if (outcome.type === 'refused') {
      counts.failedStreams++;
      if (outcome.code === 'session-ended' && session.end !== 'none') message.tooLate = true;
      else if (!PASSING.has(outcome.code) && !PASSING_REPLY.has(outcome.code))
        throw new Error(`${was}: ${outcome.status} ${outcome.code}`);
    }
  };

  const send = async (api: ApiClient, session: SentSession, message: SentMessage): Promise<void> => {
    const outcome = await api.send(session.id as number, message.text, { key: message.key, streamed: random.chance(0.5) });
    note(session, message, outcome);
  };

  const newMessage = (session: SentSession): SentMessage => {
    const text = `${MARKER} ${++serial}`;
    const message: SentMessage = { key: `message-${serial}`, text, id: undefined, reply: undefined, tooLate: false };
    session.messages.push(message);
    counts.messages++;
    return message;
  };

  const newSession = (): SentSession => {
    const session: SentSession = { key: `session-${sessions.length + 1}`, id: undefined, end: 'none', messages: [], inFlight: 0 };
    sessions.push(session);
    return session;
  };

  const check = async (api: ApiClient, session: SentSession): Promise<void> => {
    const { id, key, end: ended } = session;
    if (id === undefined) return;
    const { status, end_reason: reason, metadata } = await api.session(id);
    if (metadata?.key !== key) throw new Error(`Session ${id} lost its metadata`);
    if (ended === 'acknowledged' && (status !== 'completed' || reason !== 'ended-by-client')) {
      throw new Error(`The end of session ${id} was lost: ${status}, ${reason}`);
    }
    if (ended === 'none' && status !== 'active') throw new Error(`Session ${id} is ${status} (${reason})`);
    const stored = await api.messages(id);
    const asked = stored.filter(({ role }) => role === 'user');
    const replies = stored.filter(({ role }) => role === 'assistant').slice(1); // The first is the greeting.
    for (const message of session.messages) {
      const same = asked.filter(({ content }) => content === message.text);
      if (same.length > 1) throw new Error(`${message.text} is in session ${id} ${same.length} times`);
      if (message.id !== undefined && same[0]?.message_id !== message.id)
        throw new Error(`${message.text} (${message.id}) was lost`);
      const answers = replies.filter(({ content }) => content.endsWith(`: ${message.text}`));
      if (answers.length > 1) throw new Error(`${message.text} was answered ${answers.length} times`);
      const { reply } = message;
      if (reply && stored.find((row) => row.message_id === reply.id)?.content !== reply.content) {
        throw new Error(`The reply to ${message.text} (${reply.id}) was lost`);
      }
    }
    if (asked.length > session.messages.length) throw new Error(`Session ${id} has messages that nobody sent`);
    if (replies.length > asked.length) throw new Error(`Session ${id} has ${replies.length} replies to ${asked.length} messages`);
  };

  return {
    counts,

    async run(api, signal) {
      recent = sessions.length;
      const begun: Array<Promise<unknown>> = [];
      const failures: unknown[] = [];
      /** A request whose connection broke has simply not been acknowledged. */
      const begin = (work: Promise<unknown>) =>
        begun.push(
          work.catch((error: unknown) => {
            if (!isBroken(error)) failures.push(error);
          }),
        );
      for (let n = 0; n < 4; n++) begin(create(api, newSession()));
      try {
        for await (const _ of every(TICK_MS, undefined, { signal })) {
          if (random.chance(0.1)) begin(create(api, newSession()));
          if (random.chance(0.06) && live().length > 2) begin(end(api, random.pick(live()) as SentSession));
          const session = random.pick(live().filter(({ inFlight }) => inFlight < 4));
          if (!session) continue;
          session.inFlight++;
          begin(send(api, session, newMessage(session)).finally(() => session.inFlight--));
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
      await Promise.all(begun);
      if (failures.length > 0) throw failures[0];
    },

    async settle(api) {
      for (const session of sessions.slice(recent)) {
        // An acknowledged creation that is repeated now and then must be the same session, too.
        if (session.id === undefined || random.chance(0.2)) await create(api, session);
        if (session.end === 'asked') await end(api, session);
        if (session.end !== 'none') continue;
        await Promise.all(
          session.messages
            .filter((message) => message.reply === undefined || random.chance(0.1))
            .map((message) => {
              if (!message.reply) counts.retried++;
              return until(`a reply to ${message.text}`, async () => {
                await send(api, session, message);
                return message.reply !== undefined;
              });
            }),
        );
      }
    },

    async verify(api, which = 'recent') {
      await Promise.all(sessions.slice(which === 'all' ? 0 : recent).map((session) => check(api, session)));
      const keys = (await api.sessions()).length;
      if (keys !== sessions.length) throw new Error(`${keys} sessions are there, ${sessions.length} were created`);
    },

    async goOn(api) {
      const chosen = live();
      await Promise.all(
        chosen.map(async (session) => {
          const before = (await api.messages(session.id as number)).filter(({ content }) => content !== '').length;
          const message = newMessage(session);
          await send(api, session, message);
          const heard = /^Heard (\d+):/.exec(message.reply?.content ?? '')?.[1];
          // The instructions, everything before, and the message itself.
          if (Number(heard) !== before + 2)
            throw new Error(`Session ${session.id}: ${before} messages, but: ${message.reply?.content}`);
        }),
      );
      return chosen.length;
    },
  };
}

/** What `fetch` throws where a connection cannot be made or breaks. */
function isBroken(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof Error && error.name === 'AbortError');
}
