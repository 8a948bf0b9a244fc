import type { SessionQuery } from '@visavis/client';
import type { AddressFields } from '../../layout/use-address.ts';
import { END_REASONS } from '../../texts/end-reasons.ts';

/** How the filters are called in the address of the page. */
export const FILTERS = ['search', 'status', 'type', 'agent', 'reason', 'from', 'until', 'embed'] as const;
export type Filters = AddressFields<(typeof FILTERS)[number]>;

export const TYPES = ['agent_chat', 'agent_voice', 'agent_video', 'webrtc_video'] as const;

/** Whether anything is left out. */
export function isFiltered(filters: Filters): boolean {
  return FILTERS.some((name) => filters[name] !== undefined);
}

/** The filters as the API takes them; what makes no sense in an address typed by hand is left out. */
export function queryOf(filters: Filters): Omit<SessionQuery, 'limit' | 'cursor'> {
  const { search, status, type, agent, reason, from, until, embed } = filters;
  const words = search?.trim().slice(0, 200);
  const knownReason = END_REASONS.find((name) => name === reason);
  const knownType = TYPES.find((name) => name === type);
  return {
    ...((status === 'active' || status === 'completed') && { status }),
    ...(agent !== undefined && /^[1-9]\d{0,14}$/.test(agent) && { agent_id: Number(agent) }),
    // The API refuses what has nothing to look for.
    ...(words && /[\p{L}\p{N}]/u.test(words) && { search: words }),
    ...(knownType && { session_type: knownType }),
    ...(knownReason && { end_reason: knownReason }),
    ...(embed !== undefined && { embed }),
    ...dayLimit('from', from, 0),
    ...dayLimit('to', until, 1),
  };
}

/** Midnight, in the reader's own time, of a day like "2026-11-28", or of the day after. */
function dayLimit<Name extends string>(name: Name, day: string | undefined, daysLater: number) {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day ?? '') ?? [];
  if (!year) return {};
  const midnight = new Date(Number(year), Number(month) - 1, Number(date) + daysLater);
  if (Number.isNaN(midnight.getTime())) return {};
  return { [name]: `${midnight.toISOString().slice(0, 19)}Z` } as { [K in Name]: string };
}
