import { useQueryClient } from '@tanstack/react-query';
import type { ServerEvent } from '@visavis/client';
import { useEffect, useState } from 'react';
import { api } from '../../api.ts';

/** So many are shown. */
const KEPT_EVENTS = 200;
/** These come many times a second and say nothing to people. */
const NOT_SHOWN: ReadonlySet<ServerEvent['type']> = new Set(['ping', 'face.mouth']);

export interface SeenEvent {
  number: number;
  /** When it arrived, in ms since 1970. */
  at: number;
  event: ServerEvent;
}

/** What is being said and is not stored yet. */
export interface Draft {
  user: string;
  reply: string;
}

export interface LiveEvents {
  /** Newest first. */
  events: SeenEvent[];
  draft: Draft;
  error: unknown;
}

const NOTHING: LiveEvents = { events: [], draft: { user: '', reply: '' }, error: undefined };

/** What happens in a live session, as it happens; what was stored meanwhile is asked for again. */
export function useLiveEvents(sessionId: number, isLive: boolean): LiveEvents {
  const queries = useQueryClient();
  const [live, setLive] = useState<LiveEvents>(NOTHING);
  useEffect(() => {
    if (!isLive) return;
    const gone = new AbortController();
    let count = 0;
    const read = async () => {
      for await (const event of api.sessions.events(sessionId, { signal: gone.signal })) {
        if (gone.signal.aborted) return;
        count += 1;
        const seen = { number: count, at: Date.now(), event };
        setLive(({ events, draft }) => ({
          events: NOT_SHOWN.has(event.type) ? events : [seen, ...events].slice(0, KEPT_EVENTS),
          draft: drafted(draft, event),
          error: undefined,
        }));
        if (STORED.has(event.type)) void queries.invalidateQueries({ queryKey: ['sessions'] });
      }
    };
    read().catch((error: unknown) => {
      if (gone.signal.aborted) return;
      setLive((before) => ({ ...before, error }));
      // Perhaps it has ended.
      void queries.invalidateQueries({ queryKey: ['sessions', 'one', sessionId] });
    });
    return () => {
      gone.abort();
      setLive(({ events }) => ({ ...NOTHING, events }));
    };
  }, [sessionId, isLive, queries]);
  return live;
}

/** After these there is something new to ask for. */
const STORED: ReadonlySet<ServerEvent['type']> = new Set(['message', 'reply.latency', 'session.type', 'session.ended']);

/** The words of this moment after an event. */
function drafted(draft: Draft, event: ServerEvent): Draft {
  switch (event.type) {
    case 'user.transcript':
      return { ...draft, user: event.text };
    case 'reply.start':
      return { ...draft, reply: '' };
    case 'reply.delta':
      return { ...draft, reply: draft.reply + event.text };
    case 'message':
      return event.message.role === 'user' ? { ...draft, user: '' } : { ...draft, reply: '' };
    case 'reply.end':
      return { ...draft, reply: '' };
    default:
      return draft;
  }
}
