import { setImmediate } from 'node:timers/promises';
import type { Now } from '../clock.ts';
import { DAY_MS, dayOf } from '../embeds/embed.ts';
import type { Stores } from '../stores.ts';
import type { Quality } from './usage.ts';

/** What a written message may wait for its reply before it counts as failed, in ms. */
const REPLY_WITHIN_MS = 60_000;

export interface DayQuality extends Quality {
  /** Midnight (UTC) in ms. */
  start: number;
  endReasons: Record<string, number>;
}

/** How well the user's last `days` days went, today included; oldest first. One day is read at a time, so that others get their turn. */
export async function readQuality(
  deps: { stores: Pick<Stores, 'usage'>; now: Now },
  userId: number,
  days: number,
): Promise<DayQuality[]> {
  const now = deps.now();
  const first = dayOf(now) - days + 1;
  const reasons = await deps.stores.usage.endReasons(userId, first * DAY_MS);
  const read: DayQuality[] = [];
  for (let day = first; day < first + days; day++) {
    await setImmediate();
    const start = day * DAY_MS;
    const quality = await deps.stores.usage.quality(userId, { from: start, to: start + DAY_MS, due: now - REPLY_WITHIN_MS });
    const ofDay = reasons.filter((row) => row.day === day).map(({ reason, sessions }) => [reason, sessions] as const);
    read.push({ start, ...quality, endReasons: Object.fromEntries(ofDay) });
  }
  return read;
}
