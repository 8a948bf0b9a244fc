import type { Page } from '../agents/agent.ts';
import type { User } from '../users/user.ts';

export const SCOPES = ['sessions', 'agents', 'avatars', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export interface ApiKey {
  id: number;
  userId: number;
  name: string;
  /** `ah_live_` or `ah_test_`; empty for a key that the administrator configured. */
  prefix: string;
  lastFour: string;
  scopes: Scope[];
  /** Requests a minute; null = the server's default. */
  rateLimit: number | null;
  active: boolean;
  deletedAt: number | null;
  createdAt: number;
  lastUsedAt: number | null;
}

export type ApiKeyChanges = Partial<Pick<ApiKey, 'name' | 'scopes' | 'rateLimit' | 'active'>>;

export interface ApiKeyStore {
  insert(
    userId: number,
    key: Pick<ApiKey, 'name' | 'prefix' | 'lastFour' | 'scopes' | 'rateLimit'> & { hash: string },
    now: number,
  ): Promise<ApiKey>;
  /** The key with this hash, deleted and deactivated ones too, with its user. */
  findByHash(hash: string): Promise<{ key: ApiKey; user: User } | undefined>;
  find(userId: number, id: number): Promise<ApiKey | undefined>;
  /** Newest first, without deleted ones. */
  list(userId: number, page: Page): Promise<ApiKey[]>;
  /** False where there is no such key. */
  update(userId: number, id: number, changes: ApiKeyChanges): Promise<boolean>;
  /** Keeps the hash, so that its caller is told what happened. */
  delete(userId: number, id: number, now: number): Promise<boolean>;
  /** Sets the last use of each key (id -> ms). */
  touch(uses: ReadonlyMap<number, number>): Promise<void>;
}
