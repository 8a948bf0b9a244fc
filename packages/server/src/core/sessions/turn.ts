import type { AppError } from '../errors.ts';
import type { Message } from './message.ts';

export type TurnEvent =
  | { type: 'reply-start' }
  | { type: 'reply-delta'; text: string }
  | { type: 'reply-end'; reply: Message }
  | { type: 'error'; error: AppError };

/** A place in the stream of a reply: how many characters of which attempt at answering which message were read. */
export interface StreamPosition {
  messageId: number;
  attempt: number;
  characters: number;
}

export interface PlacedEvent {
  position: StreamPosition;
  event: TurnEvent;
}

/**
 * One attempt at answering a message, while it is made: everything so far can be read again, everything to come is
 * waited for. A reader that goes away changes nothing.
 */
export interface Turn {
  readonly message: Message;
  /** Aborts the reply; what was said so far is kept, as interrupted. With a `reason` nothing is kept: the turn fails of it. */
  cancel(reason?: AppError): void;
  readonly signal: AbortSignal;
  /** The stored reply; rejects with what the caller is told. */
  readonly done: Promise<Message>;
  /** All events from a position on; ends after `reply-end` or `error`. */
  read(from?: StreamPosition, signal?: AbortSignal): AsyncGenerator<PlacedEvent>;
  readonly settled: boolean;
}

/** The side of a turn that makes the reply. */
export interface TurnWriter {
  turn: Turn;
  append(text: string): void;
  finish(reply: Message): void;
  fail(error: AppError): void;
}

/** Opens a turn for attempt number `attempt` at answering `message`. */
export function openTurn(message: Message, attempt: number): TurnWriter {
  const abort = new AbortController();
  let text = '';
  let outcome: Extract<TurnEvent, { type: 'reply-end' | 'error' }> | undefined;
  let wake: Array<() => void> = [];
  let resolve: (reply: Message) => void = () => undefined;
  let reject: (error: AppError) => void = () => undefined;
  const done = new Promise<Message>((...settlers) => ([resolve, reject] = settlers));
  done.catch(() => undefined);

  const notify = () => {
    const waiting = wake;
    wake = [];
    for (const waiter of waiting) waiter();
  };
  const settle = (event: NonNullable<typeof outcome>) => {
    if (outcome) return;
    outcome = event;
    notify();
  };
  const at = (characters: number): StreamPosition => ({ messageId: message.id, attempt, characters });

  async function* read(from?: StreamPosition, signal?: AbortSignal): AsyncGenerator<PlacedEvent> {
    let read = from && from.attempt === attempt ? Math.min(from.characters, text.length) : 0;
    signal?.addEventListener('abort', notify, { once: true });
    if (read === 0) yield { position: at(0), event: { type: 'reply-start' } };
    for (;;) {
      if (signal?.aborted) return;
      if (read < text.length) {
        const delta = text.slice(read);
        read = text.length;
        yield { position: at(read), event: { type: 'reply-delta', text: delta } };
      } else if (outcome) {
        yield { position: at(read), event: outcome };
        return;
      } else {
        await new Promise<void>((resume) => wake.push(resume));
      }
    }
  }

  return {
    turn: {
      message,
      signal: abort.signal,
      cancel: (reason) => abort.abort(reason),
      done,
      read,
      get settled() {
        return outcome !== undefined;
      },
    },
    append(delta) {
      text += delta;
      notify();
    },
    finish(reply) {
      resolve(reply);
      settle({ type: 'reply-end', reply });
    },
    fail(error) {
      reject(error);
      settle({ type: 'error', error });
    },
  };
}

/** The events of a reply that was stored, for a reader that comes back after it was made. */
export function* replayStored(message: Message, reply: Message, from?: StreamPosition): Generator<PlacedEvent> {
  const at = (characters: number): StreamPosition => ({ messageId: message.id, attempt: message.attempts, characters });
  const read = from && from.attempt === message.attempts ? Math.min(from.characters, reply.content.length) : 0;
  if (read === 0) yield { position: at(0), event: { type: 'reply-start' } };
  if (read < reply.content.length) {
    yield { position: at(reply.content.length), event: { type: 'reply-delta', text: reply.content.slice(read) } };
  }
  yield { position: at(reply.content.length), event: { type: 'reply-end', reply } };
}

/** An event's id, as sent in a stream and taken back in `Last-Event-ID`. */
export function formatPosition({ messageId, attempt, characters }: StreamPosition): string {
  return `${messageId}.${attempt}.${characters}`;
}

export function parsePosition(text: string): StreamPosition | undefined {
  const match = /^(\d{1,15})\.(\d{1,9})\.(\d{1,9})$/.exec(text);
  return match ? { messageId: Number(match[1]), attempt: Number(match[2]), characters: Number(match[3]) } : undefined;
}
