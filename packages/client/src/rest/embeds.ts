import type { CallOptions, Http } from './http.ts';
import { type List, listAt, type PageQuery } from './pages.ts';
import type { Embed, EmbedChanges, EmbedFace, EmbedStart, NewEmbed, NewEmbedSession } from './types.ts';

export interface EmbedQuery extends PageQuery {
  /** Only those of one agent. */
  agent_id?: number | undefined;
}

/** What pages of other sites may do with an agent. */
export interface Embeds extends List<Embed, EmbedQuery> {
  get(id: string, options?: CallOptions): Promise<Embed>;
  create(body: NewEmbed, options?: CallOptions): Promise<Embed>;
  /** Only the fields that are sent change. */
  update(id: string, body: EmbedChanges, options?: CallOptions): Promise<Embed>;
  /** Ends its live sessions; ended ones stay. */
  remove(id: string, options?: CallOptions): Promise<void>;
  /** What a widget shows before anybody talks. Needs no credential, but a page of an allowed origin. */
  widget(id: string, options?: CallOptions): Promise<EmbedFace>;
  /** Starts a session as a visitor, in the same way. */
  start(id: string, body?: NewEmbedSession, options?: CallOptions): Promise<EmbedStart>;
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
      return (await http.json<{ widget: EmbedFace }>('GET', `${path(id)}/widget`, { ...options, anonymous: true })).widget;
    },
    start: (id, body = {}, options) => http.json('POST', `${path(id)}/sessions`, { ...options, body, anonymous: true }),
  };
}
