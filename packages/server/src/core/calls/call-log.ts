import type { EndedReason, LeftReason, ServerEvent, TimelineEvent } from '@visavis/protocol';
import type { Now } from '../clock.ts';
import type { Message, NewMessage } from '../sessions/message.ts';
import type { SessionEvents } from '../sessions/session-events.ts';
import type { Storage } from '../stores.ts';
import type { CallEvent } from './call-events.ts';
import { toServerEvent } from './call-events.ts';
import type { CallHost } from './call-host.ts';
import type { VideoQuality } from './face.ts';
import type { HeardReply, ReplyOrigin, VoiceEvent } from './voice-conversation.ts';

export interface CallLogDeps {
  storage: Storage;
  host: CallHost;
  events: SessionEvents;
  now: Now;
  /** A message as clients see it. */
  present: (message: Message) => Extract<ServerEvent, { type: 'message' }>['message'];
  /** Ends a session for a reason that came up in its call. */
  end: (userId: number, sessionId: number, reason: EndedReason) => Promise<void>;
  /** A spoken reply was stored, for the metrics. */
  observe: (reply: Message) => void;
  /** A provider failed, for the metrics. */
  observeFailure: (provider: string, kind: string) => void;
  onError: (error: unknown) => void;
}

/** What is said in calls, as it is stored. */
export interface CallLog {
  /** A call begins, or goes on, in this epoch. */
  begin(call: { sessionId: number; epoch: number; userId: number }): void;
  /** Something happened in a call; what is to be stored is stored in this order. */
  handle(sessionId: number, epoch: number, event: CallEvent): void;
  /** The worker of a call is gone: what was heard until then is stored, and the client is waited for. */
  lost(sessionId: number, epoch: number): void;
  /** The call is over: nobody is connected any more, for this `reason` unless the session ends. Resolves when everything is stored. */
  finish(sessionId: number, reason?: LeftReason): Promise<void>;
}

type ReplyEnd = Extract<VoiceEvent, { type: 'reply-end' }>;

interface ReplyInHand {
  origin: ReplyOrigin;
  heard: { content: string; spokenMs: number };
  saidAt: number | undefined;
}

interface CallInHand {
  epoch: number;
  userId: number;
  /** Ids of the stored messages of the user's turns. */
  turns: Map<string, number>;
  replies: Map<string, ReplyInHand>;
  /** When the user began to say what is no turn yet, and when they last stopped. */
  speech: { since: number | undefined; until: number | undefined };
  /** Ids of the stored messages of the last replies, for timings that come late. */
  stored: Map<string, number>;
  /** How good its pictures were at last. */
  picture: VideoQuality['level'];
  work: Promise<void>;
}

/** How many replies may still get their timings. */
const LATE_TIMINGS = 8;
/** What was heard so long before the user speaks again, in ms, is no part of their turn: it led to none. */
const APART_MS = 5_000;

export function createCallLog(deps: CallLogDeps): CallLog {
  const { storage, events, host, now } = deps;
  const calls = new Map<number, CallInHand>();

  const announce = (sessionId: number, event: ServerEvent) => {
    events.publish(sessionId, event);
    host.tell(sessionId, event);
  };

  const note = (sessionId: number, event: TimelineEvent) => {
    const at = now();
    return storage.write((stores) => stores.timeline.add(sessionId, event, at));
  };

  /** Nobody is connected any more. */
  const left = (sessionId: number, epoch: number, reason: LeftReason | undefined) => {
    const at = now();
    return storage.write(async (stores) => {
      const wereThere = await stores.sessions.left(sessionId, epoch, at);
      if (wereThere && reason) await stores.timeline.add(sessionId, { type: 'left', reason }, at);
    });
  };

  /** Stores something on behalf of the call's epoch; undefined where another worker has taken the session over, or it has ended. */
  const store = async (sessionId: number, call: CallInHand, message: NewMessage): Promise<Message | undefined> => {
    const stored = await storage.write(async (stores) => {
      const at = now();
      if (!(await stores.sessions.touchAs(sessionId, call.epoch, at))) return undefined;
      if (message.turnId !== undefined) await stores.messages.markAnswered(call.userId, sessionId, message.turnId);
      return stores.messages.insert(call.userId, sessionId, message, at);
    });
    return stored;
  };

  const storeTurn = async (
    sessionId: number,
    call: CallInHand,
    event: Extract<VoiceEvent, { type: 'user-turn' }>,
    saidAt: number | undefined,
  ) => {
    const turn = { role: 'user', content: event.text, source: 'speech', ...(saidAt !== undefined && { saidAt }) } as const;
    const message = await store(sessionId, call, turn);
    if (!message) return;
    call.turns.set(event.turnId, message.id);
    announce(sessionId, { type: 'message', message: deps.present(message) });
  };

  const storeReply = async (
    sessionId: number,
    call: CallInHand,
    replyId: string,
    reply: HeardReply & { origin: ReplyOrigin; latency?: ReplyEnd['latency']; saidAt: number | undefined },
  ) => {
    const { origin, content, interrupted, spokenMs, saidAt, latency } = reply;
    // What was typed is stored with the answer to its request; of what nobody heard there is nothing to store.
    if (origin.type === 'text') return;
    if (content === '') return interrupted ? note(sessionId, { type: 'interrupted' }) : undefined;
    const turnId = origin.type === 'speech' ? call.turns.get(origin.turnId) : undefined;
    const message = await store(sessionId, call, {
      role: 'assistant',
      content,
      source: 'speech',
      interrupted,
      spokenMs: Math.round(spokenMs),
      ...(saidAt !== undefined && { saidAt }),
      ...(turnId !== undefined && { turnId }),
      ...(latency && { latency }),
    });
    if (!message) return;
    call.stored.set(replyId, message.id);
    for (const id of [...call.stored.keys()].slice(0, -LATE_TIMINGS)) call.stored.delete(id);
    deps.observe(message);
    announce(sessionId, { type: 'message', message: deps.present(message), reply_id: replyId });
    if (interrupted) await note(sessionId, { type: 'interrupted', message_id: message.id, spoken_ms: Math.round(spokenMs) });
  };

  /** What is kept of an event besides what was said. */
  const kept = (call: CallInHand, event: CallEvent): TimelineEvent | undefined => {
    switch (event.type) {
      case 'provider-failed':
      case 'notice':
        return event;
      case 'video-quality': {
        if (event.quality.level === call.picture) return undefined;
        call.picture = event.quality.level;
        return { type: 'picture', ...event.quality };
      }
      default:
        return undefined;
    }
  };

  const greeted = (sessionId: number, call: CallInHand) =>
    storage.write((stores) => stores.sessions.markGreeted(call.userId, sessionId));

  /** What an event leads to in storage; undefined where nothing does. */
  const workFor = (sessionId: number, call: CallInHand, event: CallEvent): (() => Promise<unknown>) | undefined => {
    switch (event.type) {
      case 'joined':
        return () =>
          storage.write(async (stores) => {
            const at = now();
            if (await stores.sessions.joined(sessionId, call.epoch, at))
              await stores.timeline.add(sessionId, { type: 'joined' }, at);
          });
      case 'left':
        return () => left(sessionId, call.epoch, event.reason);
      case 'user-speaking': {
        const { until } = call.speech;
        if (!event.speaking) call.speech.until = now();
        else if (call.speech.since === undefined || (until !== undefined && now() - until > APART_MS))
          call.speech = { since: now(), until: undefined };
        return undefined;
      }
      case 'user-turn': {
        const { since } = call.speech;
        call.speech = { since: undefined, until: undefined };
        return () => storeTurn(sessionId, call, event, since);
      }
      case 'reply-start':
        call.replies.set(event.replyId, { origin: event.origin, heard: { content: '', spokenMs: 0 }, saidAt: undefined });
        return event.origin.type === 'greeting' ? () => greeted(sessionId, call) : undefined;
      case 'reply-playing': {
        const reply = call.replies.get(event.replyId);
        if (reply && event.playing) reply.saidAt ??= now() - Math.round(event.positionMs);
        return undefined;
      }
      case 'reply-heard': {
        const reply = call.replies.get(event.replyId);
        if (reply) reply.heard = { content: event.content, spokenMs: event.spokenMs };
        return undefined;
      }
      case 'reply-end': {
        const saidAt = call.replies.get(event.replyId)?.saidAt;
        call.replies.delete(event.replyId);
        return () => storeReply(sessionId, call, event.replyId, { ...event, saidAt });
      }
      case 'reply-latency':
        return async () => {
          const id = call.stored.get(event.replyId);
          if (id !== undefined)
            await storage.write((stores) => stores.messages.setLatency(call.userId, sessionId, id, event.latency));
        };
      case 'provider-failed':
        deps.observeFailure(event.provider, event.kind);
        return undefined;
      case 'over':
        return () => {
          // Ending waits for what is stored here.
          void deps.end(call.userId, sessionId, event.reason).catch(deps.onError);
          return Promise.resolve();
        };
      default:
        return undefined;
    }
  };

  const queue = (call: CallInHand, work: () => Promise<unknown>) => {
    call.work = call.work.then(work).then(() => undefined, deps.onError);
  };

  return {
    begin({ sessionId, epoch, userId }) {
      if (calls.get(sessionId)?.epoch === epoch) return;
      calls.set(sessionId, {
        epoch,
        userId,
        turns: new Map(),
        replies: new Map(),
        stored: new Map(),
        picture: 'full',
        speech: { since: undefined, until: undefined },
        work: calls.get(sessionId)?.work ?? Promise.resolve(),
      });
    },
    handle(sessionId, epoch, event) {
      const call = calls.get(sessionId);
      if (call?.epoch !== epoch) return;
      const told = toServerEvent(event);
      if (told) events.publish(sessionId, told);
      const entry = kept(call, event);
      if (entry) queue(call, () => note(sessionId, entry));
      const work = workFor(sessionId, call, event);
      if (work) queue(call, work);
    },
    lost(sessionId, epoch) {
      const call = calls.get(sessionId);
      if (call?.epoch !== epoch) return;
      calls.delete(sessionId);
      for (const [replyId, { origin, heard, saidAt }] of call.replies) {
        queue(call, () => storeReply(sessionId, call, replyId, { ...heard, origin, saidAt, interrupted: true }));
      }
      queue(call, () => left(sessionId, epoch, 'worker-lost'));
      events.publish(sessionId, { type: 'session.presence', present: false });
    },
    async finish(sessionId, reason) {
      const call = calls.get(sessionId);
      if (!call) return;
      calls.delete(sessionId);
      queue(call, () => left(sessionId, call.epoch, reason));
      await call.work;
    },
  };
}
