import { ApiError } from '@visavis/client';
import { api } from '../../api.ts';
import { usageTexts as texts } from '../../texts/usage.ts';

interface Percentiles {
  replies: number;
  p50_ms: number;
  p95_ms: number;
}

/** How well one day (UTC) went. */
export interface QualityDay {
  date: string;
  /** null: no replies of that kind. */
  latency: { text: Percentiles | null; speech: Percentiles | null };
  replies: number;
  interrupted: number;
  /** Written messages that got no reply. */
  failed: number;
  /** Ended sessions by reason. */
  end_reasons: Record<string, number>;
}

/** Every day, oldest first; undefined from a server that does not measure it. */
export async function readQuality(days: number, signal: AbortSignal): Promise<QualityDay[] | undefined> {
  try {
    return (await api.http.json<{ days: QualityDay[] }>('GET', '/usage/quality', { query: { days }, signal })).days;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'route-not-found') return undefined;
    throw error;
  }
}

/** A name and how often it happened. */
export type Count = [name: string, count: number];

/** How sessions ended, the most frequent first. */
export function endReasonsOf(days: readonly QualityDay[]): Count[] {
  return [...sums(days)].map(([reason, count]): Count => [texts.reasons[reason] ?? reason, count]).sort((a, b) => b[1] - a[1]);
}

/** Ends that nobody wanted. */
const FAILURES = ['provider-failed', 'worker-lost', 'client-gone', 'server-recovered'];

/** What went wrong, the most frequent first. */
export function failuresOf(days: readonly QualityDay[]): Count[] {
  const ends = [...sums(days)].filter(([reason]) => FAILURES.includes(reason));
  const unanswered = days.reduce((sum, { failed }) => sum + failed, 0);
  const all: Count[] = [
    [texts.unanswered, unanswered],
    ...ends.map(([reason, n]): Count => [texts.reasons[reason] ?? reason, n]),
  ];
  return all.filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
}

function sums(days: readonly QualityDay[]): Map<string, number> {
  const total = new Map<string, number>();
  for (const { end_reasons } of days)
    for (const [reason, count] of Object.entries(end_reasons)) total.set(reason, (total.get(reason) ?? 0) + count);
  return total;
}
