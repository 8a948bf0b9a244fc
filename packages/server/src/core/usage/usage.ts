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

/** How long replies of one kind took on one day: the middle one, and the one that 19 of 20 were faster than. */
export interface Percentiles {
  replies: number;
  p50Ms: number;
  p95Ms: number;
}

/** How well one day (UTC) went. */
export interface Quality {
  text: Percentiles | undefined;
  speech: Percentiles | undefined;
  replies: number;
  interrupted: number;
  /** Written messages without a reply. */
  failed: number;
}

export interface UsageStore {
  /** Of messages stored from `from` until before `to`; a written message without a reply counts as failed unless it came after `due`. */
  quality(userId: number, range: { from: number; to: number; due: number }): Promise<Quality>;
  /** Ended sessions that started on a day, by why they ended. */
  endReasons(userId: number, from: number): Promise<Array<{ day: number; reason: string; sessions: number }>>;
  /** Only days and types with sessions, oldest first. */
  byDay(userId: number, from: number, now: number): Promise<DayUsage[]>;
  liveByType(userId: number): Promise<Array<{ type: SessionType; count: number }>>;
}
