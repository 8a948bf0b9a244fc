import type { Now } from '../clock.ts';
import type { SessionType } from '../sessions/session.ts';
import type { Stores } from '../stores.ts';

const DAY_MS = 86_400_000;

/** A number for each type of session. */
export type ByType = Record<SessionType, number>;

export interface Usage {
  /** Every day asked for, oldest first; `start` is its midnight (UTC) in ms. */
  days: Array<{ start: number; sessions: ByType; milliseconds: ByType }>;
  totals: { sessions: ByType; milliseconds: ByType };
  live: ByType;
}

/** What a user has used on the last `days` days, today included. */
export async function readUsage(deps: { stores: Pick<Stores, 'usage'>; now: Now }, userId: number, days: number): Promise<Usage> {
  const now = deps.now();
  const today = Math.floor(now / DAY_MS);
  const first = today - days + 1;
  const rows = await deps.stores.usage.byDay(userId, first * DAY_MS, now);
  const usage: Usage = {
    days: Array.from({ length: days }, (_, n) => ({ start: (first + n) * DAY_MS, sessions: none(), milliseconds: none() })),
    totals: { sessions: none(), milliseconds: none() },
    live: none(),
  };
  for (const { day, type, sessions, milliseconds } of rows) {
    for (const sum of [usage.days[day - first], usage.totals]) {
      if (!sum) continue;
      sum.sessions[type] += sessions;
      sum.milliseconds[type] += milliseconds;
    }
  }
  for (const { type, count } of await deps.stores.usage.liveByType(userId)) usage.live[type] = count;
  return usage;
}

function none(): ByType {
  return { agent_voice: 0, agent_video: 0, agent_chat: 0, webrtc_video: 0 };
}
