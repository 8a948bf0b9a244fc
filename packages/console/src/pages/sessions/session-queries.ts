import { type Query, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Message, Page, Session, SessionSummary } from '@visavis/client';
import { api } from '../../api.ts';
import { type Filters, queryOf } from './session-filters.ts';

const ROWS_AT_A_TIME = 30;
/** Lists are asked again this often while they are looked at, and live sessions more often, in ms. */
const LIST_EVERY_MS = 4_000;
const LIVE_EVERY_MS = 2_000;

/** The sessions that fit, newest first, page by page; what is shown is kept up to date while the page is visible. */
export function useSessions(filters: Filters) {
  const query = queryOf(filters);
  return useInfiniteQuery({
    queryKey: ['sessions', query],
    queryFn: ({ pageParam, signal }): Promise<Page<SessionSummary>> =>
      api.sessions.list({ ...query, limit: ROWS_AT_A_TIME, cursor: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: LIST_EVERY_MS,
    placeholderData: (before) => before,
  });
}

/** One session, asked again while it is live. */
export function useSession(id: number) {
  return useQuery({ queryKey: ['sessions', 'one', id], queryFn: () => api.sessions.get(id), refetchInterval: whileLive });
}

const whileLive = ({ state }: Query<Session>) => (state.data?.status === 'active' ? LIVE_EVERY_MS : false);

/** What was said, oldest first. */
export function useMessages(id: number, isLive: boolean) {
  return useQuery({
    queryKey: ['sessions', 'messages', id],
    queryFn: async (): Promise<Message[]> => {
      const all: Message[] = [];
      for await (const message of api.sessions.messages.listAll(id)) all.push(message);
      return all;
    },
    refetchInterval: isLive ? LIVE_EVERY_MS : false,
  });
}

/** What happened besides. */
export function useTimeline(id: number, isLive: boolean) {
  return useQuery({
    // Under `sessions`: when it ends, all of it is asked for once more.
    queryKey: ['sessions', 'timeline', id],
    queryFn: ({ signal }) => api.sessions.timeline(id, { signal }),
    refetchInterval: isLive ? LIVE_EVERY_MS : false,
  });
}
