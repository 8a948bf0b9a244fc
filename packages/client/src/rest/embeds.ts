import type { CallOptions, Http } from './http.ts';
import { type List, listAt, type PageQuery } from './pages.ts';
import type { Embed, EmbedChanges, EmbedSessionBody, EmbedWidgetView, NewEmbed, StartedEmbedSession } from './types.ts';

export interface EmbedQuery extends PageQuery {
  agent_id?: number | undefined;
}

/** Publishable ids with which pages of other origins talk with one agent, within a budget. */
export interface Embeds extends List<Embed, EmbedQuery> {
  get(id: string, options?: CallOptions): Promise<Embed>;
  create(body: NewEmbed, options?: CallOptions): Promise<Embed>;
  /** Only the fields that are sent change. */
  update(id: string, body: EmbedChanges, options?: CallOptions): Promise<Embed>;
  /** Ends its live sessions. */
  remove(id: string, options?: CallOptions): Promise<void>;
  /** What a widget shows before anybody talks; for pages of the allowed origins, without a credential. */
  widget(id: string, options?: CallOptions): Promise<EmbedWidgetView>;
  /** Starts a session as a visitor of a page of the allowed origins; without a credential. 429 `embed-budget-exhausted`, `embed-busy`. */
  startSession(id: string, body?: EmbedSessionBody, options?: CallOptions): Promise<StartedEmbedSession>;
}

export function embeds(http: Http): Embeds {
  const path = (id: string) => `/embeds/${encodeURIComponent(id)}`;
  return {
    ...listAt<Embed, EmbedQuery>(http, '/embeds', 'embeds'),
    get: async (id, options) => (await http.json<{ embed: Embed }>('GET', path(id), options)).embed,
    async create(body, options) {
      return (await http.json<{ embed: Embed }>('POST', '/embeds', { ...options, body, creates: true })).embed;
    },
    async update(id, body, options) {
      return (await http.json<{ embed: Embed }>('PUT', path(id), { ...options, body })).embed;
    },
    async remove(id, options) {
      await http.json('DELETE', path(id), options);
    },
    async widget(id, options) {
      const request = { ...options, anonymous: true };
      return (await http.json<{ widget: EmbedWidgetView }>('GET', `${path(id)}/widget`, request)).widget;
    },
    startSession: (id, body = {}, options) =>
      http.json('POST', `${path(id)}/sessions`, { ...options, body, anonymous: true, creates: true }),
  };
}
