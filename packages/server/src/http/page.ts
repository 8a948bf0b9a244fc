import type { FastifyReply } from 'fastify';
import type { Page } from '../core/agents/agent.ts';

/** Rows of a list that was asked for without a `limit`. */
const MOST_ROWS = 1_000;

/** One row more than asked for tells whether there is a next page. */
export function pageOf(query: { limit?: number | undefined; cursor?: string | undefined }): Page {
  return { limit: (query.limit ?? MOST_ROWS) + 1, ...(query.cursor !== undefined && { cursor: query.cursor }) };
}

/** Cuts a list to its page and puts the next page's cursor into the `X-Next-Cursor` header. */
export function cutPage<T>(
  reply: FastifyReply,
  page: Page,
  rows: T[],
  cursorOf: (row: T) => string,
): { rows: T[]; nextCursor?: string } {
  if (rows.length < page.limit) return { rows };
  const kept = rows.slice(0, page.limit - 1);
  const last = kept.at(-1);
  if (last === undefined) return { rows: kept };
  const nextCursor = cursorOf(last);
  void reply.header('x-next-cursor', nextCursor);
  return { rows: kept, nextCursor };
}
