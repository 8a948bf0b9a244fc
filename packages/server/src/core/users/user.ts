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

export interface UserStore {
  insert(user: Pick<User, 'role' | 'email' | 'name' | 'limits'>, now: number): Promise<User>;
  find(id: number): Promise<User | undefined>;
  findByRole(role: User['role']): Promise<User | undefined>;
}
