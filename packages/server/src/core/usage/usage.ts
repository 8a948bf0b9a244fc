import type { SessionType } from '../sessions/session.ts';

/** Sessions of one type that started on one day (UTC). */
export interface DayUsage {
  /** Days since 1970. */
  day: number;
  type: SessionType;
  sessions: number;
  /** As the server measured it; live sessions count until now. */
  milliseconds: number;
}

export interface UsageStore {
  /** Only days and types with sessions, oldest first. */
  byDay(userId: number, from: number, now: number): Promise<DayUsage[]>;
  liveByType(userId: number): Promise<Array<{ type: SessionType; count: number }>>;
}
