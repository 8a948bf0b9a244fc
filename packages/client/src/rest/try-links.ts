import type { CallOptions, Http } from './http.ts';
import type { Tried, TryLink, TryLinkExchange } from './types.ts';

/** Links that open the page for trying an agent, once. */
export interface TryLinks {
  create(agentId: number, options?: CallOptions): Promise<TryLink>;
  /** A link's secret for a session; needs no credential. */
  exchange(body: TryLinkExchange, options?: CallOptions): Promise<Tried>;
}

export function tryLinks(http: Http): TryLinks {
  return {
    create: (agentId, options) => http.json('POST', `/agents/${agentId}/try-links`, { ...options, creates: true }),
    async exchange(body, options) {
      const request = { ...options, body, anonymous: true, creates: true };
      return (await http.json<{ session: Tried }>('POST', '/try-links/exchange', request)).session;
    },
  };
}
