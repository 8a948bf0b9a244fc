import { createHmac } from 'node:crypto';
import type { Now } from '../clock.ts';
import { AppError, invalid } from '../errors.ts';
import type { Storage, Stores } from '../stores.ts';
import type { User } from '../users/user.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { hashSecret, randomSecret } from './secrets.ts';
import type { Tokens } from './tokens.ts';

/** How long a browser stays signed in without being used. */
export const SIGN_IN_MS = 30 * 24 * 60 * 60_000;
/** How long the token before the current one is still taken: for two tabs that refresh at once, and for a lost answer. */
const ROTATION_GRACE_MS = 60_000;

/** One browser in which a user is signed in. */
export interface SignIn {
  id: number;
  userId: number;
  /** From which the token that follows the current one is made, see `refreshSignIn`. */
  successorSecret: string;
  /** When the current token took the place of the one before. */
  rotatedAt: number | null;
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

export interface SignInDeps {
  storage: Storage;
  tokens: Tokens;
  now: Now;
}

/** What a signed-in browser holds: a short token for its requests, and one for the cookie that renews it. */
export interface Access {
  user: User;
  accessToken: string;
  refreshToken: string;
}

/** Uses a set-up link up: sets the password (and, for the first administrator, the address) and signs in. */
export async function setUpAccount(
  deps: SignInDeps,
  account: { token: string; email: string | undefined; password: string; name: string | undefined },
): Promise<Access> {
  const link = hashSecret(account.token);
  // Looked at before the hash is made: a guess shall cost next to nothing.
  if ((await deps.storage.read.setUpLinks.find(link, deps.now())) === undefined) throw new AppError('set-up-link-invalid');
  const passwordHash = await hashPassword(account.password);
  return deps.storage.write(async (stores) => {
    const userId = await stores.setUpLinks.take(link, deps.now());
    const user = userId === undefined ? undefined : await stores.users.find(userId);
    if (!user?.active) throw new AppError('set-up-link-invalid');
    const email = await addressFor(stores, user, account.email);
    await stores.users.setPassword(user.id, { email, name: account.name ?? user.name, passwordHash }, deps.now());
    await stores.signIns.deleteAllOf(user.id);
    return beginSignIn(deps, stores, user.id);
  });
}

/** Signs in with e-mail and password; 401 whatever of them is wrong. */
export async function signIn(deps: SignInDeps, email: string, password: string): Promise<Access> {
  const { users } = deps.storage.read;
  const user = await users.findByEmail(email);
  const known = user && (await users.passwordHash(user.id));
  const right = await verifyPassword(known, password);
  if (!user || !right) throw new AppError('wrong-credentials');
  if (!user.active) throw new AppError('account-deactivated');
  return deps.storage.write(async (stores) => {
    // The password may have been changed while this one was verified.
    if ((await stores.users.passwordHash(user.id)) !== known) throw new AppError('wrong-credentials');
    return beginSignIn(deps, stores, user.id);
  });
}

/**
 * Renews an access token and rotates the refresh token. The next token follows from the current one and a secret of the
 * sign-in, so two tabs (or a repeat after a lost answer) get the very same one. A token that was replaced longer ago than
 * that was copied: its sign-in ends, for whoever holds it.
 */
export async function refreshSignIn(deps: SignInDeps, refreshToken: string | undefined): Promise<Access> {
  if (refreshToken === undefined) throw new AppError('not-signed-in');
  const hash = hashSecret(refreshToken);
  const access = await deps.storage.write(async (stores) => {
    const now = deps.now();
    const found = await stores.signIns.findByHash(hash, now);
    if (!found) return undefined;
    const user = await stores.users.find(found.signIn.userId);
    const replayed = found.token === 'previous' && now - (found.signIn.rotatedAt ?? 0) > ROTATION_GRACE_MS;
    if (!user?.active || replayed) {
      await stores.signIns.delete(found.signIn.id);
      return undefined;
    }
    const next = createHmac('sha256', refreshToken).update(found.signIn.successorSecret).digest('base64url');
    if (found.token === 'current') await stores.signIns.rotate(found.signIn.id, hashSecret(next), now + SIGN_IN_MS, now);
    return accessOf(deps, user, next);
  });
  // Outside of the transaction: the end of a sign-in must not be taken back with it.
  if (!access) throw new AppError('not-signed-in');
  return access;
}

/** Ends the sign-in of this browser; without one there is nothing to do. */
export async function signOut(deps: Pick<SignInDeps, 'storage' | 'now'>, refreshToken: string | undefined): Promise<void> {
  if (refreshToken === undefined) return;
  await deps.storage.write(async (stores) => {
    const found = await stores.signIns.findByHash(hashSecret(refreshToken), deps.now());
    if (found) await stores.signIns.delete(found.signIn.id);
  });
}

/** Sets another password and ends every sign-in of the user; this browser gets a new one. */
export async function changePassword(deps: SignInDeps, user: User, current: string, next: string): Promise<Access> {
  const known = await deps.storage.read.users.passwordHash(user.id);
  if (!(await verifyPassword(known, current))) throw new AppError('wrong-credentials', 'The current password is wrong');
  const passwordHash = await hashPassword(next);
  return deps.storage.write(async (stores) => {
    const { email, name } = user;
    if (email === null) throw new AppError('wrong-credentials');
    await stores.users.setPassword(user.id, { email, name, passwordHash }, deps.now());
    await stores.signIns.deleteAllOf(user.id);
    return beginSignIn(deps, stores, user.id);
  });
}

/** An invitation is for its address; the first administrator chooses one. */
async function addressFor(stores: Pick<Stores, 'users'>, user: User, wished: string | undefined): Promise<string> {
  if (user.email !== null) {
    if (wished === undefined || wished === user.email) return user.email;
    throw invalid('email', 'must be the address that was invited');
  }
  if (wished === undefined) throw invalid('email', 'is required');
  if (await stores.users.findByEmail(wished)) throw new AppError('email-taken');
  return wished;
}

async function beginSignIn(deps: SignInDeps, stores: Stores, userId: number): Promise<Access> {
  const user = await stores.users.find(userId);
  if (!user?.active) throw new AppError('not-signed-in');
  const now = deps.now();
  const refreshToken = randomSecret(43);
  await stores.signIns.deleteExpired(now);
  const signIn = { hash: hashSecret(refreshToken), successorSecret: randomSecret(43), expiresAt: now + SIGN_IN_MS };
  await stores.signIns.insert(userId, signIn, now);
  return accessOf(deps, user, refreshToken);
}

function accessOf(deps: Pick<SignInDeps, 'tokens'>, user: User, refreshToken: string): Access {
  return { user, accessToken: deps.tokens.sign({ kind: 'user', userId: user.id }), refreshToken };
}
