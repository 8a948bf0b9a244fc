export type AgentsStatus = 'active' | 'archived' | 'all';
export type AgentSort = 'updated' | 'used' | 'sessions' | 'name';

/** What the address of the list says. */
export interface AgentsSearch {
  q: string;
  status: AgentsStatus;
  sort: AgentSort;
  /** The dialog for a new agent is open from the beginning. */
  create: boolean;
}

/** Reads it; what is not understood is as if it were not there. */
export function agentsSearch(search: Record<string, unknown>): AgentsSearch {
  const { q, status, sort, create } = search;
  return {
    q: typeof q === 'string' || typeof q === 'number' ? String(q) : '',
    status: status === 'archived' || status === 'all' ? status : 'active',
    sort: sort === 'used' || sort === 'sessions' || sort === 'name' ? sort : 'updated',
    create: create === true || create === 1,
  };
}
