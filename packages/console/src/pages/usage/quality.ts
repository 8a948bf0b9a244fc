import type { UsageQuality } from '@visavis/client';
import { endReasonWords } from '../../texts/end-reasons.ts';
import { usageTexts as texts } from '../../texts/usage.ts';

/** How well one day (UTC) went. */
export type QualityDay = UsageQuality['days'][number];

/** A name and how often it happened. */
export type Count = [name: string, count: number];

/** How sessions ended, the most frequent first. */
export function endReasonsOf(days: readonly QualityDay[]): Count[] {
  return [...sums(days)].map(([reason, count]): Count => [endReasonWords(reason), count]).sort((a, b) => b[1] - a[1]);
}

/** Ends that nobody wanted. */
const FAILURES = ['provider-failed', 'worker-lost', 'client-gone', 'server-recovered'];

/** What went wrong, the most frequent first. */
export function failuresOf(days: readonly QualityDay[]): Count[] {
  const ends = [...sums(days)].filter(([reason]) => FAILURES.includes(reason));
  const unanswered = days.reduce((sum, { failed }) => sum + failed, 0);
  const all: Count[] = [[texts.unanswered, unanswered], ...ends.map(([reason, n]): Count => [endReasonWords(reason), n])];
  return all.filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
}

function sums(days: readonly QualityDay[]): Map<string, number> {
  const total = new Map<string, number>();
  for (const { end_reasons } of days)
    for (const [reason, count] of Object.entries(end_reasons)) total.set(reason, (total.get(reason) ?? 0) + count);
  return total;
}
