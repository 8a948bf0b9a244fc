import type { CallOptions, Http, HttpRequest, Method } from './http.ts';
import { type List, listAt, type Page, type PageQuery, page } from './pages.ts';
import type { Agent, AgentChanges, AgentSession, AgentSummary, MadeAgent, NewAgent } from './types.ts';

export interface AgentQuery extends PageQuery {
  /** Archived ones only when asked for. */
  status?: 'active' | 'archived' | 'all' | undefined;
}

/** A picture behind a face: PNG, JPEG, WebP or GIF. */
export interface BackgroundFile {
  file: Blob;
  /** Of the file, where `file` has none. */
  fileName?: string | undefined;
}

export interface Agents extends List<AgentSummary, AgentQuery> {
  get(id: number, options?: CallOptions): Promise<Agent>;
  create(body: NewAgent, options?: CallOptions): Promise<MadeAgent>;
  /** Only the fields that are sent change. */
  update(id: number, body: AgentChanges, options?: CallOptions): Promise<void>;
  /** 409 `agent-in-use` while sessions are live, but with `endSessions`. Its past sessions stay readable. */
  remove(id: number, options?: CallOptions & { endSessions?: boolean }): Promise<void>;
  /** Its sessions in their oldest shape; `client.sessions.list({ agent_id })` has them in the newer one. */
  sessions(id: number, query?: PageQuery, options?: CallOptions): Promise<Page<AgentSession>>;
  /** The picture behind the agent's face, seen where `properties.video.background` is `image`. Answers are its address, or null. */
  readonly background: {
    get(id: number, options?: CallOptions): Promise<string | null>;
    upload(id: number, picture: BackgroundFile, options?: CallOptions): Promise<string | null>;
    /** Of a picture at an address, which is fetched at once. */
    fetch(id: number, url: string, options?: CallOptions): Promise<string | null>;
    remove(id: number, options?: CallOptions): Promise<void>;
  };
}

/** A picture may take a while over a slow line, or from a slow server, in ms. */
const PICTURE_TIMEOUT_MS = 120_000;

export function agents(http: Http): Agents {
  const background = async (method: Method, id: number, request: HttpRequest) =>
    (await http.json<{ background_url: string | null }>(method, `/agents/${id}/background`, request)).background_url;
  return {
    ...listAt<AgentSummary, AgentQuery>(http, '/agents', 'agents'),
    get: (id, options) => http.json('GET', `/agents/${id}`, options),
    async create(body, options) {
      return (await http.json<{ agent: MadeAgent }>('POST', '/agents', { ...options, body, creates: true })).agent;
    },
    async update(id, body, options) {
      await http.json('PUT', `/agents/${id}`, { ...options, body });
    },
    async remove(id, { endSessions, ...options } = {}) {
      await http.json('DELETE', `/agents/${id}`, { ...options, query: { end_sessions: endSessions } });
    },
    sessions: (id, query, options) => page(http, `/agents/${id}/sessions`, 'sessions', query, options),
    background: {
      get: (id, options) => background('GET', id, { ...options }),
      upload(id, { file, fileName }, options) {
        const form = new FormData();
        form.set('file', file, fileName ?? (file instanceof File ? file.name : 'background'));
        return background('POST', id, { timeoutMs: PICTURE_TIMEOUT_MS, ...options, form });
      },
      fetch: (id, url, options) => background('PUT', id, { timeoutMs: PICTURE_TIMEOUT_MS, ...options, body: { url } }),
      async remove(id, options) {
        await http.json('DELETE', `/agents/${id}/background`, options);
      },
    },
  };
}
