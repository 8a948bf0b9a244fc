import { AsyncLocalStorage } from 'node:async_hooks';
import { llm, voice } from '@livekit/agents';
import type { ReplyOrigin, VoiceEvent } from '../../core/calls/voice-conversation.ts';
import { SpokenReply } from './spoken-reply.ts';

export interface SessionRepliesDeps {
  session: voice.AgentSession;
  emit: (event: VoiceEvent) => void;
  playoutDelayMs: () => number;
  /** A reply that was part of the conversation is over. */
  onEnd: (reply: SpokenReply) => void;
  onStart: (reply: SpokenReply) => void;
}

/** Every reply of a session, from the framework's decision to make it until it was heard. */
export interface SessionReplies {
  /** The reply whose task is running, in whatever the framework calls on its behalf. */
  current(): SpokenReply | undefined;
  /** Those that are part of the conversation and not over. */
  active(): SpokenReply[];
  /** Begins a reply that is no answer to speech; `make` asks the framework for it, `typedId` is the id of the message it answers. */
  begin(origin: ReplyOrigin, make: () => voice.SpeechHandle, typedId?: string): SpokenReply;
  /** Stops all; resolves when what was heard of them is in the history. */
  interruptAll(): Promise<void>;
  /** Resolves when what was heard of replies that are being stopped is in the history. */
  settled(): Promise<void>;
  /** Finishes what does not end by itself. */
  endAll(): void;
  /** The client has played so much of a reply. */
  played(replyId: string, playedMs: number): void;
}

/** How many replies that are over may still be told how long they took. */
const LATE_REPORTS = 4;

/** The framework's marks of the user's speech, each at its time by `performance.now()`. */
interface SpeechMarks {
  speechEnd: number | undefined;
  transcript: number | undefined;
}

/**
 * One for all sessions: Node 20 writes every storage that was ever used into each promise that is made, so that one for each session slows a
 * worker down more and more (0.3 µs a promise with one, 5 µs with 24, measured).
 */
const running = new AsyncLocalStorage<{ session: voice.AgentSession; reply: SpokenReply } | undefined>();

export function createSessionReplies(deps: SessionRepliesDeps): SessionReplies {
  const { session, emit } = deps;
  const { SpeechCreated, MetricsCollected, ConversationItemAdded, UserStateChanged, UserInputTranscribed } =
    voice.AgentSessionEventTypes;
  const open = new Map<string, SpokenReply>();
  const over: SpokenReply[] = [];
  /** Replies to speech whose user turn is about to be committed. */
  const answering: SpokenReply[] = [];
  /** Messages that are no speech. */
  const typed = new Set<string>();
  const marks: SpeechMarks = { speechEnd: undefined, transcript: undefined };
  let beginning: { created?: SpokenReply } | undefined;

  function ended(reply: SpokenReply): void {
    open.delete(reply.id);
    if (!reply.started) return;
    over.push(reply);
    if (over.length > LATE_REPORTS) over.shift();
    deps.onEnd(reply);
  }

  session.on(UserStateChanged, ({ newState }) => {
    if (newState === 'listening') marks.speechEnd = performance.now();
  });
  session.on(UserInputTranscribed, ({ isFinal, transcript }) => {
    if (isFinal && transcript) marks.transcript = performance.now();
  });
  session.on(SpeechCreated, ({ speechHandle }) => {
    const reply = new SpokenReply(speechHandle, { emit, playoutDelayMs: deps.playoutDelayMs, onEnd: ended }, performance.now());
    open.set(reply.id, reply);
    if (beginning) beginning.created = reply;
    // The framework starts the reply's task right after this event: everything in it belongs to this reply.
    running.enterWith({ session, reply });
  });
  session.on(MetricsCollected, ({ metrics }) => {
    if (metrics.type !== 'eou_metrics') return;
    const reply = metrics.speechId === undefined ? undefined : open.get(metrics.speechId);
    if (!reply) return;
    const now = performance.now();
    const lastSound = metrics.lastSpeakingTimeMs > 0 ? now - (Date.now() - metrics.lastSpeakingTimeMs) : marks.speechEnd;
    reply.timings.beginAt(lastSound ?? now);
    if (marks.speechEnd !== undefined && marks.speechEnd >= (lastSound ?? 0)) reply.timings.mark('speech_end', marks.speechEnd);
    if (marks.transcript !== undefined) reply.timings.mark('transcript', marks.transcript);
    reply.timings.mark('turn_end', now);
    answering.push(reply);
  });
  session.on(ConversationItemAdded, ({ item }) => {
    if (!(item instanceof llm.ChatMessage) || item.role !== 'user') return;
    if (typed.delete(item.id)) return;
    emit({ type: 'user-turn', turnId: item.id, text: item.textContent ?? '', at: item.createdAt });
    const reply = answering.shift();
    if (!reply || reply.over) return;
    reply.start({ type: 'speech', turnId: item.id });
    deps.onStart(reply);
  });

  return {
    current() {
      const store = running.getStore();
      return store?.session === session ? store.reply : undefined;
    },
    active: () => [...open.values()].filter((reply) => reply.started),
    begin(origin, make, typedId) {
      if (typedId !== undefined) typed.add(typedId);
      const slot: { created?: SpokenReply } = {};
      beginning = slot;
      try {
        running.run(undefined, make);
      } finally {
        beginning = undefined;
      }
      if (!slot.created) throw new Error('The framework made no reply');
      slot.created.start(origin);
      deps.onStart(slot.created);
      return slot.created;
    },
    async interruptAll() {
      const interrupted = [...open.values()].filter((reply) => !reply.handle.done());
      for (const reply of interrupted) if (!reply.handle.interrupted) reply.handle.allowInterruptions = true;
      // Never forced: a forced one resolves before what was heard is in the history.
      await session.interrupt().await;
      await Promise.all(interrupted.filter((reply) => reply.started).map((reply) => reply.ended));
    },
    async settled() {
      const stopping = [...open.values()].filter(({ started, handle }) => started && handle.interrupted);
      await Promise.all(stopping.map((reply) => reply.ended));
    },
    endAll() {
      for (const reply of [...open.values()]) reply.end(true);
    },
    played(replyId, playedMs) {
      const reply = open.get(replyId) ?? over.find((each) => each.id === replyId);
      reply?.reported(playedMs);
    },
  };
}
