import type { ServerEvent } from '@visavis/protocol';

/** Events kept for a reader that comes back, per session. */
const KEPT = 500;

export interface NumberedEvent {
  /** Counts up within the session. */
  id: number;
  event: ServerEvent;
}

/** What happens in live sessions, for whoever reads along. */
export interface SessionEvents {
  publish(sessionId: number, event: ServerEvent): void;
  /** Everything from now on, or from after `lastId` as far as it is kept; ends with the session. */
  read(sessionId: number, lastId: number | undefined, signal: AbortSignal): AsyncIterable<NumberedEvent>;
  /** The last event of a session has been published. */
  end(sessionId: number): void;
}

interface Feed {
  kept: NumberedEvent[];
  nextId: number;
  ended: boolean;
  wake: Set<() => void>;
}

/** A feed for every session that anybody has read or spoken in, in memory. */
export function createSessionEvents(): SessionEvents {
  const feeds = new Map<number, Feed>();

  const feedOf = (sessionId: number): Feed => {
    const present = feeds.get(sessionId);
    if (present) return present;
    const feed: Feed = { kept: [], nextId: 1, ended: false, wake: new Set() };
    feeds.set(sessionId, feed);
    return feed;
  };

  const wakeAll = (feed: Feed) => {
    for (const resume of feed.wake) resume();
    feed.wake.clear();
  };

  return {
    publish(sessionId, event) {
      const feed = feedOf(sessionId);
      feed.kept.push({ id: feed.nextId++, event });
      if (feed.kept.length > KEPT) feed.kept.shift();
      wakeAll(feed);
    },

    async *read(sessionId, lastId, signal) {
      const feed = feedOf(sessionId);
      let read = lastId ?? feed.nextId - 1;
      while (!signal.aborted) {
        const next = feed.kept.find(({ id }) => id > read);
        if (next) {
          read = next.id;
          yield next;
        } else if (feed.ended) return;
        else {
          await new Promise<void>((resume) => {
            feed.wake.add(resume);
            signal.addEventListener('abort', () => resume(), { once: true });
          });
        }
      }
    },

    end(sessionId) {
      const feed = feeds.get(sessionId);
      if (!feed) return;
      feed.ended = true;
      feeds.delete(sessionId);
      wakeAll(feed);
    },
  };
}
