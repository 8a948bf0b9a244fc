import type { CallOptions, Http } from './http.ts';

/** One page of a list; `nextCursor` leads to the next one. */
export interface Page<T> extends Array<T> {
  nextCursor?: string;
}

/** Which page. Without `limit`: everything up to 1,000 rows. */
export interface PageQuery {
  /** 1 to 500. */
  limit?: number | undefined;
  /** `nextCursor` of the page before. */
  cursor?: string | undefined;
}

/** A list: page by page with `list`, or row by row with `listAll`, which fetches as it is read. */
export interface List<T, Query extends PageQuery = PageQuery> {
  list(query?: Query, options?: CallOptions): Promise<Page<T>>;
  listAll(query?: Omit<Query, 'cursor'>, options?: CallOptions): AsyncGenerator<T, void, undefined>;
}

/** Rows that `listAll` fetches at a time. */
const ROWS_AT_A_TIME = 200;

/** The list at `path`. `field`: what its rows are wrapped in; bare arrays have none. */
export function listAt<T, Query extends PageQuery = PageQuery>(http: Http, path: string, field?: string): List<T, Query> {
  const list = (query: Query | undefined, options?: CallOptions) => page<T>(http, path, field, query, options);
  return { list, listAll: (query, options) => rows((next) => list(next as Query, options), query as PageQuery | undefined) };
}

/** One page of the list at `path`. */
export async function page<T>(
  http: Http,
  path: string,
  field: string | undefined,
  query: PageQuery = {},
  options?: CallOptions,
): Promise<Page<T>> {
  const response = await http.send('GET', path, { ...options, query: { ...query }, headers: { accept: 'application/json' } });
  const body = (await response.json()) as Record<string, unknown>;
  const found: Page<T> = (field === undefined ? body : body[field]) as T[];
  const next = response.headers.get('x-next-cursor') ?? body.next_cursor;
  if (typeof next === 'string') found.nextCursor = next;
  return found;
}

/** The rows of all pages, in their order. */
export async function* rows<T>(
  fetchPage: (query: PageQuery) => Promise<Page<T>>,
  query: PageQuery = {},
): AsyncGenerator<T, void> {
  let cursor: string | undefined;
  do {
    const found: Page<T> = await fetchPage({ limit: ROWS_AT_A_TIME, ...query, cursor });
    yield* found;
    cursor = found.nextCursor;
  } while (cursor !== undefined);
}
