import type { EmbedAppearance } from '@visavis/protocol';
import type { Page } from '../agents/agent.ts';
import type { SessionType } from '../sessions/session.ts';

/** A publishable id with which pages of certain origins start sessions with one agent. */
export interface Embed {
  id: number;
  userId: number;
  agentId: number;
  agentName: string;
  /** What stands in the page. */
  publicId: string;
  name: string;
  /** `https://example.com`, or `https://*.example.com`. */
  allowedOrigins: string[];
  sessionTypes: SessionType[];
  /** null = no limit; so the next. */
  sessionsPerDay: number | null;
  minutesPerDay: number | null;
  /** The longest a session lasts. */
  minutesPerSession: number;
  expiresAt: number | null;
  enabled: boolean;
  appearance: EmbedAppearance;
  createdAt: number;
  updatedAt: number;
}

export type NewEmbed = Omit<Embed, 'id' | 'userId' | 'agentName' | 'createdAt' | 'updatedAt'>;
export type EmbedChanges = Partial<Omit<NewEmbed, 'agentId' | 'publicId'>>;

/** What an embed has used on one day (UTC). */
export interface EmbedUse {
  sessions: number;
  /** Of calls that are going on, all that they may still use counts. */
  milliseconds: number;
}

/** A day in ms; budgets count days since 1970, UTC. */
export const DAY_MS = 86_400_000;
export const dayOf = (time: number) => Math.floor(time / DAY_MS);

export interface EmbedStore {
  insert(userId: number, embed: NewEmbed, now: number): Promise<Embed>;
  find(userId: number, publicId: string): Promise<Embed | undefined>;
  /** Of any user: for those who come with the id from a page. */
  findPublic(publicId: string): Promise<Embed | undefined>;
  /** Newest first. */
  list(userId: number, options: { agentId?: number; page: Page }): Promise<Embed[]>;
  /** False where there is no such embed. */
  update(userId: number, publicId: string, changes: EmbedChanges, now: number): Promise<boolean>;
  delete(userId: number, publicId: string): Promise<boolean>;
  deleteAllOfAgent(userId: number, agentId: number): Promise<void>;
  /** What each of these has used on a day. */
  use(publicIds: readonly string[], day: number): Promise<Map<string, EmbedUse>>;
  /**
   * Counts one more session of a day; gives how much time the day's sessions have used or set aside. Undefined where it would be more than
   * `most`. Whoever else reserves of this day waits until the transaction is over.
   */
  reserveSession(publicId: string, day: number, most: number | null): Promise<number | undefined>;
  /**
   * Takes time of a day: as much of `most` as its budget has left, or none (undefined) where that is less than `least`,
   * in ms. Whoever else takes of this day waits until the transaction is over.
   */
  reserveTime(
    publicId: string,
    day: number,
    wish: { most: number; least: number; budget: number | undefined },
  ): Promise<number | undefined>;
  /** Time that was taken and not used. */
  giveBack(publicId: string, day: number, milliseconds: number): Promise<void>;
}
