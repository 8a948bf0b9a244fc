import type { CallOptions, Http } from './http.ts';
import { type List, listAt, type Page, type PageQuery, page } from './pages.ts';
import type { Agent, AgentChanges, AgentSession, AgentSummary, MadeAgent, NewAgent } from './types.ts';

export interface AgentQuery extends PageQuery {
  /** Archived ones only when asked for. */
  status?: 'active' | 'archived' | 'all' | undefined;
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
}

export function agents(http: Http): Agents {
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
  };
}
