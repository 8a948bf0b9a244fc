/** One browser in which a user is signed in. */
export interface SignIn {
  id: number;
  userId: number;
  /** From which the token that follows the current one is made, see `refresh`. */
  successorSecret: string;
  /** When the current token took the place of the one before. */
  rotatedAt: number | null;
  expiresAt: number;
}

export interface SignInStore {
  insert(userId: number, signIn: { hash: string; successorSecret: string; expiresAt: number }, now: number): Promise<void>;
  /** The sign-in whose current token, or the one before it, has this hash; expired ones are none. */
  findByHash(hash: string, now: number): Promise<{ signIn: SignIn; token: 'current' | 'previous' } | undefined>;
  /** Puts a new token in place of the current one. */
  rotate(id: number, hash: string, expiresAt: number, now: number): Promise<void>;
  delete(id: number): Promise<void>;
  deleteAllOf(userId: number): Promise<void>;
  deleteExpired(now: number): Promise<void>;
}
