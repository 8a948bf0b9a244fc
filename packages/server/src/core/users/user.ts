import type { Page } from '../agents/agent.ts';

/** What a user may use; absent = the server's default, null = no limit. */
export interface UserLimits {
  /** Live sessions at a time. */
  concurrentSessions?: number | null;
  /** Messages a minute in one session. */
  messagesPerMinute?: number | null;
}

export interface User {
  id: number;
  /** `system` owns the built-in avatars and never signs in. */
  role: 'system' | 'administrator' | 'member';
  email: string | null;
  name: string | null;
  active: boolean;
  /** False until the set-up link was used. */
  hasPassword: boolean;
  limits: UserLimits;
  createdAt: number;
  updatedAt: number;
}

export type UserChanges = Partial<Pick<User, 'name' | 'role' | 'active' | 'limits'>>;

export interface UserStore {
  insert(user: Pick<User, 'role' | 'email' | 'name' | 'limits'>, now: number): Promise<User>;
  find(id: number): Promise<User | undefined>;
  /** The oldest user of this role. */
  findByRole(role: User['role']): Promise<User | undefined>;
  /** By an address as `normaliseEmail` writes it. */
  findByEmail(email: string): Promise<User | undefined>;
  passwordHash(id: number): Promise<string | undefined>;
  /** Everybody but the system user, newest first. */
  list(page: Page): Promise<User[]>;
  /** Whether an active administrator other than this one can get in: by a password or an active key. */
  hasOtherAdministrator(id: number): Promise<boolean>;
  /** False where there is no such user. */
  update(id: number, changes: UserChanges, now: number): Promise<boolean>;
  setPassword(id: number, account: { email: string; name: string | null; passwordHash: string }, now: number): Promise<void>;
  /** Deletes the user and everything of theirs. */
  delete(id: number): Promise<boolean>;
}

/** The one spelling under which an e-mail address is stored and looked for. */
export function normaliseEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}
