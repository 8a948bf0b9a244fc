import type { User } from '../users/user.ts';

export const SCOPES = ['sessions', 'agents', 'avatars', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export interface ApiKey {
  id: number;
  userId: number;
  name: string;
  /** `ah_live_` or `ah_test_`. */
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

export interface ApiKeyStore {
  insert(
    userId: number,
    key: Pick<ApiKey, 'name' | 'prefix' | 'lastFour' | 'scopes' | 'rateLimit'> & { hash: string },
    now: number,
  ): Promise<ApiKey>;
  /** The key with this hash, deleted and deactivated ones too, with its user. */
  findByHash(hash: string): Promise<{ key: ApiKey; user: User } | undefined>;
  /** Sets the last use of each key (id -> ms). */
  touch(uses: ReadonlyMap<number, number>): Promise<void>;
}
