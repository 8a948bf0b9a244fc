import { hashSecret } from '../access/secrets.ts';
import type { Agent } from '../agents/agent.ts';
import type { CallHost } from '../calls/call-host.ts';
import type { Now } from '../clock.ts';
import type { LanguageModelEndpoint } from '../conversation.ts';
import { ReplyFailure } from '../conversation.ts';
import { payForWriting } from '../embeds/embed-budget.ts';
import { AppError } from '../errors.ts';
import type { Storage, Stores } from '../stores.ts';
import type { User } from '../users/user.ts';
import { greet } from './greeting.ts';
import { historyOf } from './history.ts';
import { instructionsOf } from './instructions.ts';
import type { Message } from './message.ts';
import type { Session } from './session.ts';
import type { SessionHost } from './session-host.ts';
import { openTurn, type Turn, type TurnWriter } from './turn.ts';

/** Messages that wait for their replies in one chat, the running one not counted. */
export const MOST_WAITING = 8;

export interface RepliesDeps {
  storage: Storage;
  host: SessionHost & Pick<CallHost, 'interrupt'>;
  now: Now;
  /** The chain of models for an agent of a user; 503 where there is none. */
  resolveModels: (user: User, agent: Agent) => Promise<LanguageModelEndpoint[]>;
  /** A message was stored. */
  announce: (message: Message) => void;
  /** Called with every finished or failed turn, for metrics and logs. */
  observe: (outcome: { session: Session; reply?: Message; error?: AppError; milliseconds: number }) => void;
}

export interface IncomingMessage {
  text: string;
  idempotencyKey?: string;
  bodyHash?: string;
}

/** What a message leads to: a reply that is being made, or one that was made before (a repeated request). */
export type Sent = { message: Message; turn: Turn } | { message: Message; reply: Message };

/** The replies in the making, and how a message becomes one. */
export interface Replies {
  send(user: User, sessionId: number, incoming: IncomingMessage): Promise<Sent>;
  /** The turn of a message while it is being answered. */
  find(messageId: number): Turn | undefined;
  /** Cancels the reply in hand, or stops the agent of a call; false where there is nothing to cancel. */
  cancelCurrent(sessionId: number): boolean;
  /** Cancels every reply of a session; resolves when what was said is stored, or after `milliseconds`. */
  cancelAll(sessionId: number, milliseconds: number): Promise<void>;
  /** Refuses new messages from now on. */
  refuse(): void;
  /** Refuses new messages; resolves when the running replies are made, or after `milliseconds` have failed with `server-restarting`. */
  drain(milliseconds: number): Promise<void>;
}

export function createReplies(deps: RepliesDeps): Replies {
  const turnsOf = new Map<number, Turn[]>();
  const byMessage = new Map<number, Turn>();
  let refusing = false;

  const remove = (sessionId: number, turn: Turn) => {
    byMessage.delete(turn.message.id);
    const left = (turnsOf.get(sessionId) ?? []).filter((other) => other !== turn);
    if (left.length > 0) turnsOf.set(sessionId, left);
    else turnsOf.delete(sessionId);
  };

  const make = async (context: TurnContext, writer: TurnWriter): Promise<void> => {
    const startedAt = deps.now();
    const { session } = context;
    let outcome: { reply?: Message; error?: AppError };
    try {
      const reply = await answer(deps, context, writer);
      remove(session.id, writer.turn);
      writer.finish(reply);
      deps.announce(reply);
      outcome = { reply };
    } catch (error) {
      const told = tellable(error);
      remove(session.id, writer.turn);
      deps.host.release(session.id);
      writer.fail(told);
      outcome = { error: told };
    }
    deps.observe({ session, ...outcome, milliseconds: deps.now() - startedAt });
  };

  return {
    async send(user, sessionId, incoming) {
      if (refusing) throw restarting();
      const repeated = await repeatOf(deps.storage.read, user.id, sessionId, incoming);
      if (repeated) {
        const turn = byMessage.get(repeated.id);
        if (turn) return { message: repeated, turn };
        const reply = await deps.storage.read.messages.replyTo(user.id, sessionId, repeated.id);
        if (reply) return { message: repeated, reply };
      }
      const { session, agent } = await speakable(deps.storage.read, user.id, sessionId);
      const models = await deps.resolveModels(user, agent);
      if ((turnsOf.get(sessionId)?.length ?? 0) > MOST_WAITING) throw new AppError('session-busy');
      if (session.type !== 'agent_chat') for (const turn of turnsOf.get(sessionId) ?? []) turn.cancel();

      const { message, attempt, reply } = await deps.storage.write((stores) =>
        store(stores, session, agent, incoming, deps.now()),
      );
      // Between the two reads above and this write the same request may have come twice: the first one's turn stands.
      const running = byMessage.get(message.id);
      if (running) return { message, turn: running };
      if (reply) return { message, reply };
      const writer = openTurn(message, attempt);
      byMessage.set(message.id, writer.turn);
      turnsOf.set(sessionId, [...(turnsOf.get(sessionId) ?? []), writer.turn]);
      deps.announce(message);
      void make({ user, session, agent, models, message }, writer);
      return { message, turn: writer.turn };
    },

    find: (messageId) => byMessage.get(messageId),

    cancelCurrent(sessionId) {
      const current = turnsOf.get(sessionId)?.[0];
      current?.cancel();
      return current !== undefined || deps.host.interrupt(sessionId);
    },

    async cancelAll(sessionId, milliseconds) {
      const turns = turnsOf.get(sessionId) ?? [];
      for (const turn of turns) turn.cancel();
      await settled(turns, milliseconds);
    },

    refuse() {
      refusing = true;
    },

    async drain(milliseconds) {
      refusing = true;
      const turns = [...byMessage.values()];
      await settled(turns, milliseconds);
      for (const turn of turns) turn.cancel(restarting());
      await settled(turns, 500);
    },
  };
}

interface TurnContext {
  user: User;
  session: Session;
  agent: Agent;
  models: LanguageModelEndpoint[];
  message: Message;
}

/** Has the message answered, and stores the reply on behalf of the epoch it was made in. */
async function answer(deps: RepliesDeps, context: TurnContext, writer: TurnWriter): Promise<Message> {
  const { user, session, agent, models, message } = context;
  const { signal } = writer.turn;
  const events = deps.host.reply({
    sessionId: session.id,
    turnId: message.id,
    text: message.content,
    version: `${agent.updatedAt}.${hashSecret(JSON.stringify(models))}`,
    signal,
    host: () =>
      deps.storage.write(async (stores) => {
        const epoch = await stores.sessions.claim(session.id);
        if (epoch === undefined) throw new AppError('session-ended');
        const history = historyOf(await stores.messages.turns(user.id, session.id), message.id);
        const spec = { sessionId: session.id, instructions: instructionsOf(agent), history, models };
        return { epoch, spec };
      }),
  });
  for await (const event of events) {
    if (event.type === 'delta') {
      writer.append(event.text);
      continue;
    }
    if (event.interrupted && signal.reason instanceof AppError) throw signal.reason;
    return deps.storage.write(async (stores) => {
      const now = deps.now();
      if (!(await stores.sessions.touchAs(session.id, event.epoch, now))) throw new AppError('session-ended');
      const { content, interrupted, latency, spokenMs } = event;
      const reply = {
        role: 'assistant',
        content,
        source: spokenMs === undefined ? 'text' : 'speech',
        turnId: message.id,
        interrupted,
        latency,
        ...(spokenMs !== undefined && { spokenMs: Math.round(spokenMs), saidAt: now - Math.round(spokenMs) }),
      } as const;
      await stores.messages.markAnswered(user.id, session.id, message.id);
      return stores.messages.insert(user.id, session.id, reply, now);
    });
  }
  throw new AppError('worker-lost');
}

/** The message that an earlier request with the same key has stored; 409 where that one said something else. */
async function repeatOf(
  stores: Pick<Stores, 'messages'>,
  userId: number,
  sessionId: number,
  { idempotencyKey, bodyHash }: IncomingMessage,
): Promise<Message | undefined> {
  if (idempotencyKey === undefined) return undefined;
  const message = await stores.messages.findByKey(userId, sessionId, idempotencyKey);
  if (message && message.bodyHash !== bodyHash) throw new AppError('idempotency-mismatch');
  return message;
}

/** The session and its agent, if messages can be sent to it. */
async function speakable(stores: Stores, userId: number, sessionId: number): Promise<{ session: Session; agent: Agent }> {
  const session = await stores.sessions.find(userId, sessionId);
  if (!session) throw new AppError('session-not-found');
  if (session.status !== 'active') throw new AppError('session-ended');
  if (session.type === 'webrtc_video') {
    throw new AppError('session-type-conflict', 'A webrtc_video session has no language model; it is driven over its WebSocket');
  }
  const agent = await stores.agents.find(userId, session.agentId);
  if (!agent) throw new AppError('agent-not-accessible');
  return { session, agent };
}

/** Stores a message (or finds the one that the same key has stored) and counts this attempt at answering it. */
async function store(
  stores: Stores,
  session: Session,
  agent: Agent,
  incoming: IncomingMessage,
  now: number,
): Promise<{ message: Message; attempt: number; reply?: Message | undefined }> {
  if (!(await stores.sessions.touch(session.userId, session.id, now))) throw new AppError('session-ended');
  const repeated = await repeatOf(stores, session.userId, session.id, incoming);
  if (repeated?.answered) {
    const reply = await stores.messages.replyTo(session.userId, session.id, repeated.id);
    return { message: repeated, attempt: repeated.attempts, reply };
  }
  if (repeated)
    return { message: repeated, attempt: await stores.messages.beginAttempt(session.userId, session.id, repeated.id) };
  await payForWriting(stores, session, now);
  if (!session.greeted) await greet(stores, session, agent, now);
  const { text, idempotencyKey, bodyHash } = incoming;
  const message = await stores.messages.insert(
    session.userId,
    session.id,
    {
      role: 'user',
      content: text,
      source: 'text',
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      ...(bodyHash !== undefined && { bodyHash }),
    },
    now,
  );
  return { message, attempt: message.attempts };
}

const restarting = () => new AppError('server-restarting', undefined, { retryAfterSeconds: 5 });

function tellable(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof ReplyFailure) {
    const retry = error.code === 'language-model-loading' ? { retryAfterSeconds: 5 } : {};
    return new AppError(error.code, undefined, { cause: error, ...retry });
  }
  return new AppError('internal', undefined, { cause: error });
}

async function settled(turns: Turn[], milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  await Promise.race([Promise.allSettled(turns.map((turn) => turn.done)), deadline]);
  clearTimeout(timer);
}
