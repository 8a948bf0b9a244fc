import { type Conversation, type ConversationSpec, ReplyFailure, type StartConversation } from '../core/conversation.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './messages.ts';

interface Hosted {
  epoch: number;
  conversation: Promise<Conversation>;
  running: number;
  lastUsedAt: number;
}

/** The conversations of one worker: started when a message needs them, put away when they are idle. */
export interface HostedConversations {
  handle(message: Exclude<ToWorker, { type: 'configure' | 'stop' }>): void;
  /** Puts away what has been idle for too long. */
  tidy(now: number): void;
  size(): number;
  close(): Promise<void>;
}

export function createHostedConversations(deps: {
  start: StartConversation;
  send: (message: FromWorker) => void;
  settings: WorkerSettings;
  now: () => number;
  onError: (error: unknown) => void;
}): HostedConversations {
  const hosted = new Map<number, Hosted>();
  const aborts = new Map<number, AbortController>();

  const putAway = (sessionId: number, entry: Hosted): Promise<void> => {
    if (hosted.get(sessionId) === entry) hosted.delete(sessionId);
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
      if (entry.running > 0) continue;
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

  return {
    handle(message) {
      switch (message.type) {
        case 'message':
          void answer(message);
          break;
        case 'cancel':
          aborts.get(message.turnId)?.abort();
          break;
        case 'release': {
          const entry = hosted.get(message.sessionId);
          if (entry && entry.epoch <= message.epoch) void putAway(message.sessionId, entry);
          break;
        }
      }
    },

    tidy(now) {
      for (const [sessionId, entry] of hosted) {
        if (entry.running > 0) continue;
        if (now - entry.lastUsedAt < deps.settings.residentIdleMs) return;
        announce(sessionId, entry);
      }
    },

    size: () => hosted.size,

    async close() {
      for (const abort of aborts.values()) abort.abort();
      await Promise.all([...hosted].map(([sessionId, entry]) => putAway(sessionId, entry)));
    },
  };
}
