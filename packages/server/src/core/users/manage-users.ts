import { INVITATION_MS, issueSetUpLink } from '../access/set-up-link.ts';
import type { Now } from '../clock.ts';
import { AppError } from '../errors.ts';
import { type EndDeps, endSession } from '../sessions/end-session.ts';
import type { Storage, Stores } from '../stores.ts';
import type { User, UserChanges } from './user.ts';

/** A user and the secret of the link with which they choose a password. */
export interface Invitation {
  user: User;
  token: string;
  expiresAt: number;
}

interface WriteDeps {
  stores: Stores;
  now: Now;
}

/** Makes a user who can sign in once the link was used. */
export async function inviteUser(
  deps: WriteDeps,
  wish: Pick<User, 'name' | 'role' | 'limits'> & { email: string },
): Promise<Invitation> {
  const { users } = deps.stores;
  if (await users.findByEmail(wish.email)) throw new AppError('email-taken');
  return invitation(deps, await users.insert(wish, deps.now()));
}

/** A new link for a user: the first one was lost or ran out, or the password was forgotten. The older ones die. */
export async function inviteAgain(deps: WriteDeps, id: number): Promise<Invitation> {
  const user = await findVisible(deps.stores, id);
  if (!user.active) throw new AppError('account-deactivated');
  return invitation(deps, user);
}

/** Changes only what is given. A deactivated user is out at once: sign-ins and links end, keys and tokens are refused. */
export async function updateUser(deps: WriteDeps, id: number, changes: UserChanges): Promise<User> {
  if (Object.keys(changes).length === 0) throw new AppError('nothing-to-update');
  const { users, signIns, setUpLinks } = deps.stores;
  const user = await findVisible(deps.stores, id);
  const steppingDown = changes.active === false || (changes.role !== undefined && changes.role !== 'administrator');
  if (steppingDown) await requireAnotherAdministrator(deps.stores, user);
  await users.update(id, changes, deps.now());
  if (changes.active === false) {
    await signIns.deleteAllOf(id);
    await setUpLinks.deleteAllOf(id);
  }
  return findVisible(deps.stores, id);
}

/**
 * Deletes a user and everything of theirs, but never the caller's own account. First the user is out, then their live
 * sessions end, then the data goes: nothing new begins in between.
 */
export async function deleteUser(deps: EndDeps, callerId: number, id: number): Promise<void> {
  await deps.storage.write(async (stores) => {
    const user = await findVisible(stores, id);
    await requireAnotherAdministrator(stores, user);
    if (id === callerId) throw new AppError('own-account');
    await stores.users.update(id, { active: false }, deps.now());
  });
  await endSessionsOf(deps, id);
  await deps.storage.write((stores) => stores.users.delete(id));
}

/** Ends what a user has running: their workers let go, nothing goes on costing. */
export async function endSessionsOf(deps: EndDeps, userId: number): Promise<void> {
  const live = await deps.storage.read.sessions.allLive();
  const theirs = live.filter((session) => session.userId === userId);
  await Promise.all(theirs.map(({ id }) => endSession(deps, userId, id, { reason: 'ended-by-client' })));
}

/** A user whom administrators see: everybody but the system user. */
export async function findVisible(stores: Pick<Storage['read'], 'users'>, id: number): Promise<User> {
  const user = await stores.users.find(id);
  if (!user || user.role === 'system') throw new AppError('user-not-found');
  return user;
}

async function requireAnotherAdministrator(stores: Pick<Stores, 'users'>, user: User): Promise<void> {
  if (user.role !== 'administrator' || !user.active) return;
  if (!(await stores.users.hasOtherAdministrator(user.id))) throw new AppError('last-administrator');
}

async function invitation(deps: WriteDeps, user: User): Promise<Invitation> {
  return { user, token: await issueSetUpLink(deps, user.id, INVITATION_MS), expiresAt: deps.now() + INVITATION_MS };
}
