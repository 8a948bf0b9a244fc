import { llm, type voice } from '@livekit/agents';
import { type Conversation, type ConversationSpec, ReplyFailure } from '../../core/conversation.ts';
import { itemId } from '../chat-context.ts';
import type { ModelHistory } from '../model-history.ts';
import { createReplyStream, type ReplyStream } from '../reply-stream.ts';
import type { SessionReplies } from './session-replies.ts';
import type { SpokenReply } from './spoken-reply.ts';

export interface TypedMessagesDeps {
  session: voice.AgentSession;
  replies: SessionReplies;
  history: ModelHistory;
  spec: Pick<ConversationSpec, 'models'>;
  /** A message came, or was answered. */
  onChange: () => void;
}

/** What is typed in the middle of a spoken conversation. */
export interface TypedMessages {
  message: Conversation['message'];
  /** Whether any is still to be answered. */
  readonly waiting: boolean;
  /** Ends all, and whatever comes. */
  close(): void;
}

/** A typed message and its reply. */
interface TypedTurn {
  text: string;
  messageId: number | undefined;
  arrivedAt: number;
  stream: ReplyStream;
  reply?: SpokenReply;
  cancelled: boolean;
}

/** Each message stops what is being said and is answered next; a later one stops the answer of the one before. */
export function createTypedMessages({ session, replies, history, spec, onChange }: TypedMessagesDeps): TypedMessages {
  const pending = new Set<TypedTurn>();
  let closed = false;
  let tail: Promise<void> = Promise.resolve();

  async function ask(turn: TypedTurn): Promise<void> {
    const message = llm.ChatMessage.create({ ...itemId(turn.messageId), role: 'user', content: turn.text });
    await history.forget(message.id);
    // Awaited, and never forced: only then the model sees what was heard of the reply before.
    await replies.interruptAll();
    if (turn.cancelled || closed) {
      if (!closed) await history.remember(message);
      finish(turn, undefined);
      return;
    }
    const origin = { type: 'text', messageId: turn.messageId } as const;
    const reply = replies.begin(origin, () => session.generateReply({ userInput: message }), message.id);
    reply.timings.beginAt(turn.arrivedAt);
    reply.onDelta = (text) => turn.stream.delta(text);
    turn.reply = reply;
    // The next message may interrupt this reply: it does not wait for its end.
    void reply.ended
      .then(async () => {
        if (reply.interrupted && !closed) await history.remember(message);
        finish(turn, reply);
      })
      .catch((error) => fail(turn, error));
  }

  function finish(turn: TypedTurn, reply: SpokenReply | undefined): void {
    pending.delete(turn);
    onChange();
    if (reply?.outcome?.type === 'failed') {
      const { code, message } = reply.outcome;
      turn.stream.fail(new ReplyFailure(code, message, { partial: reply.content }));
      return;
    }
    const latency = reply?.timings.latency() ?? {};
    const total = latency.total ?? performance.now() - turn.arrivedAt;
    const { provider = '', model = '' } = reply?.endpoint ?? spec.models[0] ?? {};
    turn.stream.end({
      type: 'end',
      content: reply?.content ?? '',
      interrupted: reply?.interrupted ?? true,
      ...(reply?.spoken ? { spokenMs: Math.round(reply.spokenMs) } : {}),
      provider,
      model,
      latency: { ...latency, first_token: latency.first_token ?? total, total },
    });
  }

  function fail(turn: TypedTurn, cause: unknown): void {
    pending.delete(turn);
    onChange();
    turn.stream.fail(new ReplyFailure('provider-failed', 'The reply could not be made', { partial: turn.stream.content, cause }));
  }

  return {
    message(text, { messageId, signal }) {
      const abort = () => cancel(turn);
      const turn: TypedTurn = {
        text,
        messageId,
        arrivedAt: performance.now(),
        stream: createReplyStream(abort),
        cancelled: signal.aborted || closed,
      };
      pending.add(turn);
      onChange();
      signal.addEventListener('abort', abort, { once: true });
      tail = tail
        .then(() => ask(turn))
        .catch((error) => fail(turn, error))
        .finally(() => void (turn.reply?.ended ?? Promise.resolve()).then(() => signal.removeEventListener('abort', abort)));
      return turn.stream.events;
    },
    get waiting() {
      return pending.size > 0;
    },
    close() {
      closed = true;
      for (const turn of pending) cancel(turn);
    },
  };
}

function cancel(turn: TypedTurn): void {
  turn.cancelled = true;
  turn.reply?.interrupt();
}
