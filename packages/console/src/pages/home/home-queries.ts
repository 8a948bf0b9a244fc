import { type QueryClient, queryOptions } from '@tanstack/react-query';
import type { AgentSummary } from '@visavis/client';
import { preload } from 'react-dom';
import { api } from '../../api.ts';
import { ownAddress } from '../../components/own-address.ts';
import { agentQueries, partQueries } from '../agents/agent-queries.ts';
import { type Ability, readiness } from './readiness.ts';

/** While something is on its way it is looked at so often, in ms. */
const LOOK_EVERY_MS = 2_000;

/** What the start page shows. */
export const homeQueries = {
  agents: agentQueries.list('active'),
  providers: partQueries.providers,
  parts: queryOptions({
    queryKey: ['readiness'],
    queryFn: async ({ signal }): Promise<Ability[]> => {
      const [models, providers, voices, avatars] = await Promise.all([
        api.models.list({ signal }),
        api.providers.list({ signal }),
        api.voices.list({ signal }),
        api.avatars.listPublic(undefined, { signal }),
      ]);
      return readiness({ models, providers, voices, avatars });
    },
    refetchInterval: ({ state: { data } }) => (data?.every(({ state }) => state === 'ready') ? false : LOOK_EVERY_MS),
  }),
  sessions: queryOptions({
    queryKey: ['sessions', 'recent'],
    queryFn: ({ signal }) => api.sessions.list({ limit: 5 }, { signal }),
  }),
};

/** Loads what is not there yet, the pictures of the agents included: the page is drawn once, with everything on it. */
export async function loadHome(queries: QueryClient): Promise<void> {
  const agents = queries.ensureQueryData(homeQueries.agents);
  // Whatever fails, the page says so.
  await Promise.allSettled([
    agents.then((all) => {
      for (const { avatar_url } of talkedWithLast(all)) if (avatar_url) preload(ownAddress(avatar_url), { as: 'image' });
    }),
    queries.ensureQueryData(homeQueries.parts),
    queries.ensureQueryData(homeQueries.providers),
    queries.ensureQueryData(homeQueries.sessions),
  ]);
}

/** So many agents are shown. */
export const MOST_AGENTS = 3;

/** The agents that were used or changed last. */
export function talkedWithLast(agents: readonly AgentSummary[]): AgentSummary[] {
  const newest = ({ last_used_at, updated_at }: AgentSummary) =>
    last_used_at && last_used_at > updated_at ? last_used_at : updated_at;
  return [...agents].sort((one, other) => newest(other).localeCompare(newest(one))).slice(0, MOST_AGENTS);
}
