import { type Query, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Avatar } from '@visavis/client';
import { api } from '../../api.ts';

/** While a face is being built the list is asked this often, in ms. */
const WHILE_BUILDING_MS = 1_500;
/** The animated picture comes after the face; where it does not come, asking ends after so long, in ms. */
const CLIP_PATIENCE_MS = 3 * 60_000;

/** Both lists of avatars: the caller's own, and those that everybody may use. Asked again while anything is built. */
export function useAvatars() {
  const options = { refetchInterval: whileBuilding };
  const mine = useQuery({ queryKey: ['avatars', 'mine'], queryFn: (): Promise<Avatar[]> => api.avatars.list(), ...options });
  const everybodys = useQuery({
    queryKey: ['avatars', 'public'],
    queryFn: (): Promise<Avatar[]> => api.avatars.listPublic(),
    ...options,
  });
  return { mine, everybodys };
}

const whileBuilding = ({ state }: Query<Avatar[]>) => (state.data?.some(isInTheMaking) ? WHILE_BUILDING_MS : false);

/** Whether something about its face will change by itself. */
export function isInTheMaking(avatar: Avatar): boolean {
  if (avatar.status === 'building') return true;
  const lacksClip = avatar.status === 'ready' && avatar.consent && avatar.preview_clip_url === null;
  return lacksClip && Date.now() - Date.parse(avatar.updated_at) < CLIP_PATIENCE_MS;
}

/** Has everything that shows avatars ask again. */
export function useAvatarsChanged() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ['avatars'] });
}

/** The agents that can be given a face. */
export function useAgents() {
  return useQuery({ queryKey: ['agents', 'active'], queryFn: () => api.agents.list() });
}
