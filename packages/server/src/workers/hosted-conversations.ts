import type { Socket } from 'node:net';
import type { CallSpec } from '../core/calls/call-host.ts';
import { type Conversation, type ConversationSpec, ReplyFailure, type StartConversation } from '../core/conversation.ts';
import { AppError } from '../core/errors.ts';
import { type Call, type CallDeps, createCall } from './call.ts';
import { acceptSocket, refuse } from './drive-upgrade.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './messages.ts';

interface Hosted {
  epoch: number;
  conversation: Promise<Conversation>;
  /** Where the conversation is a call: it stays until it is hung up. */
  call?: Call;
  running: number;
  lastUsedAt: number;
}

/** The conversations of one worker: started when a message needs them, put away when they are idle. */
export interface HostedConversations {
  /** `socket` comes with `drive`. */
  handle(message: Exclude<ToWorker, { type: 'configure' | 'stop' }>, socket?: Socket): void;
  /** Puts away what has been idle for too long. */
  tidy(now: number): void;
  size(): number;
  /** How many of them are calls. */
  calls(): number;
  /** Ends all; those in a call are told that the server restarts. */
  close(): Promise<void>;
}

export function createHostedConversations(deps: {
  start: StartConversation;
  /** Absent where no calls can be carried. */
  call?: CallDeps;
  send: (message: FromWorker) => void;
  settings: WorkerSettings;
  now: () => number;
  onError: (error: unknown) => void;
}): HostedConversations {
  const hosted = new Map<number, Hosted>();
  const aborts = new Map<number, AbortController>();

  const putAway = (sessionId: number, entry: Hosted): Promise<void> => {
    if (hosted.get(sessionId) === entry) hosted.delete(sessionId);
    if (entry.call) return entry.call.close();
    return entry.conversation.then((conversation) => conversation.close()).catch(deps.onError);
  };

  const hostedFor = (sessionId: number, epoch: number, spec: ConversationSpec | undefined): Hosted | undefined => {
    const present = hosted.get(sessionId);
    if (present?.epoch === epoch) return present;
    if (!spec) return undefined;
    if (present) void putAway(sessionId, present);
    const entry: Hosted = { epoch, conversation: deps.start(spec), running: 0, lastUsedAt: deps.now() };
    hosted.set(sessionId, entry);
    return entry;
  };

  /** Puts away the longest unused conversations that are too many. */
  const makeRoom = (): void => {
    let surplus = hosted.size - deps.settings.mostResident;
    if (surplus <= 0) return;
    for (const [sessionId, entry] of hosted) {
      if (surplus === 0) return;
      if (entry.running > 0 || entry.call) continue;
      surplus--;
      announce(sessionId, entry);
    }
  };

  const announce = (sessionId: number, entry: Hosted): void => {
    deps.send({ type: 'put-away', sessionId, epoch: entry.epoch });
    void putAway(sessionId, entry);
  };

  const answer = async ({ sessionId, epoch, turnId, text, spec }: Extract<ToWorker, { type: 'message' }>): Promise<void> => {
    const entry = hostedFor(sessionId, epoch, spec);
    if (!entry) return deps.send({ type: 'not-hosted', turnId });
    const abort = new AbortController();
    aborts.set(turnId, abort);
    entry.running++;
    makeRoom();
    try {
      const conversation = await entry.conversation;
      const events = conversation.message(text, { messageId: turnId, signal: abort.signal });
      for await (const event of events) deps.send({ type: 'reply', turnId, event });
    } catch (error) {
      if (!(error instanceof ReplyFailure)) deps.onError(error);
      deps.send({ type: 'failed', turnId, code: error instanceof ReplyFailure ? error.code : 'provider-failed' });
    } finally {
      aborts.delete(turnId);
      entry.running--;
      entry.lastUsedAt = deps.now();
      // Last in the map = used last: the first ones are put away first.
      if (hosted.get(sessionId) === entry) {
        hosted.delete(sessionId);
        hosted.set(sessionId, entry);
      }
    }
  };

  const callFor = (sessionId: number, epoch: number, spec: CallSpec | undefined): Call | undefined => {
    const present = hosted.get(sessionId);
    if (present?.epoch === epoch && present.call) return present.call;
    if (!spec) return undefined;
    if (!deps.call) throw new AppError('no-capacity');
    if (present) void putAway(sessionId, present);
    const call = createCall(deps.call, spec, (event) => deps.send({ type: 'call', sessionId, epoch, event }));
    hosted.set(sessionId, { epoch, conversation: call.conversation, call, running: 0, lastUsedAt: deps.now() });
    return call;
  };

  const connect = async ({ sessionId, epoch, requestId, offer, terms, call: spec }: Extract<ToWorker, { type: 'connect' }>) => {
    try {
      // Before the conversation begins: one that nobody can join would wait for its deadline.
      if (spec && terms.face) deps.call?.faces?.expectRoom();
      const call = callFor(sessionId, epoch, spec);
      if (!call) return deps.send({ type: 'connect-failed', requestId });
      deps.send({ type: 'connected', requestId, answer: await call.connect(offer, terms) });
    } catch (error) {
      const told = error instanceof AppError ? error : new AppError('internal');
      if (!(error instanceof AppError)) deps.onError(error);
      deps.send({
        type: 'connect-failed',
        requestId,
        code: told.code,
        text: told.message,
        retryAfterSeconds: told.retryAfterSeconds,
      });
    }
  };

  const drive = (message: Extract<ToWorker, { type: 'drive' }>, socket: Socket | undefined) => {
    if (!socket) return deps.onError(new Error('A socket was lost on its way to the worker'));
    acceptSocket(message, socket, (webSocket) => {
      try {
        callFor(message.sessionId, message.epoch, message.call)?.drive(webSocket, message.terms);
      } catch (error) {
        if (!(error instanceof AppError)) deps.onError(error);
        refuse(webSocket, error instanceof AppError ? error : new AppError('internal'));
      }
    });
  };

  const hangUp = async ({ sessionId, epoch, farewell }: Extract<ToWorker, { type: 'hang-up' }>) => {
    const entry = hosted.get(sessionId);
    if (entry?.call && entry.epoch <= epoch) {
      hosted.delete(sessionId);
      await entry.call.close(farewell);
    }
    deps.send({ type: 'hung-up', sessionId, epoch });
  };

  return {
    handle(message, socket) {
      switch (message.type) {
        case 'drive':
          drive(message, socket);
          break;
        case 'message':
          void answer(message);
          break;
        case 'cancel':
          aborts.get(message.turnId)?.abort();
          break;
        case 'connect':
          void connect(message);
          break;
        case 'tell':
          hosted.get(message.sessionId)?.call?.tell(message.event);
          break;
        case 'interrupt':
          hosted.get(message.sessionId)?.call?.interrupt();
          break;
        case 'hang-up':
          void hangUp(message);
          break;
        case 'release': {
          const entry = hosted.get(message.sessionId);
          if (entry && !entry.call && entry.epoch <= message.epoch) void putAway(message.sessionId, entry);
          break;
        }
      }
    },

    tidy(now) {
      for (const [sessionId, entry] of hosted) {
        if (entry.running > 0 || entry.call) continue;
        if (now - entry.lastUsedAt < deps.settings.residentIdleMs) return;
        announce(sessionId, entry);
      }
    },

    size: () => hosted.size,
    calls: () => [...hosted.values()].filter(({ call }) => call).length,

    async close() {
      for (const abort of aborts.values()) abort.abort();
      await Promise.all(
        [...hosted].map(([sessionId, entry]) =>
          entry.call ? entry.call.close({ type: 'server.restarting' }) : putAway(sessionId, entry),
        ),
      );
    },
  };
}
