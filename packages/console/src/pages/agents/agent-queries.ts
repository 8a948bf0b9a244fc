import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api.ts';

/** What pages about agents load; the keys are those that are to be invalidated after a change. */
export const agentQueries = {
  list: (status: 'active' | 'archived' | 'all') =>
    queryOptions({ queryKey: ['agents', status], queryFn: ({ signal }) => api.agents.list({ status }, { signal }) }),
  one: (id: number) => queryOptions({ queryKey: ['agent', id], queryFn: ({ signal }) => api.agents.get(id, { signal }) }),
};

/** What agents are put together from. */
export const partQueries = {
  providers: queryOptions({ queryKey: ['providers'], queryFn: ({ signal }) => api.providers.list({ signal }) }),
  voices: queryOptions({ queryKey: ['voices'], queryFn: ({ signal }) => api.voices.list({ signal }), staleTime: 60_000 }),
  avatars: queryOptions({
    queryKey: ['avatars', 'own'],
    queryFn: ({ signal }) => api.avatars.list(undefined, { signal }),
    staleTime: 60_000,
  }),
  publicAvatars: queryOptions({
    queryKey: ['avatars', 'public'],
    queryFn: ({ signal }) => api.avatars.listPublic(undefined, { signal }),
    staleTime: 60_000,
  }),
};

/** The picture of an avatar, as it is shown while nothing is drawn. */
export const pictureQuery = (avatarId: number | null) =>
  queryOptions({
    queryKey: ['avatar-picture', avatarId],
    queryFn: async ({ signal }) => {
      if (avatarId === null) return null;
      const avatar = await api.avatars.get(avatarId, { signal });
      return avatar.preview_url ?? avatar.url;
    },
    staleTime: 60_000,
  });
