import type { ReplyEvent } from '../core/conversation.ts';

/** The reader's end and the writer's end of one reply. */
export interface ReplyStream {
  /** For one reader. Leaving the loop early calls `onAbandon`. */
  events: AsyncIterable<ReplyEvent>;
  /** All deltas so far, joined. */
  readonly content: string;
  delta(text: string): void;
  end(event: ReplyEvent & { type: 'end' }): void;
  fail(error: Error): void;
}

/** A queue between a turn, which never waits for its reader, and a reader, who gets what was made before an end or an error. */
export function createReplyStream(onAbandon: () => void): ReplyStream {
  const queue: ReplyEvent[] = [];
  let content = '';
  let closed = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  const notify = () => {
    wake?.();
    wake = undefined;
  };

  async function* read(): AsyncGenerator<ReplyEvent> {
    try {
      for (;;) {
        const event = queue.shift();
        if (event) yield event;
        else if (failure) throw failure;
        else if (closed) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      if (!closed) onAbandon();
    }
  }

  return {
    events: read(),
    get content() {
      return content;
    },
    delta(text) {
      content += text;
      queue.push({ type: 'delta', text });
      notify();
    },
    end(event) {
      closed = true;
      queue.push(event);
      notify();
    },
    fail(error) {
      if (closed) return;
      closed = true;
      failure = error;
      notify();
    },
  };
}
