import type { Now } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Stores } from '../stores.ts';
import { type ApiKey, type ApiKeyChanges, SCOPES, type Scope } from './api-key.ts';
import type { Caller } from './caller.ts';
import { issueApiKey } from './issue-api-key.ts';

interface KeyDeps {
  stores: Pick<Stores, 'apiKeys'>;
  now: Now;
}

/** What a user wants a new key to be; without scopes it gets all of the caller's but `admin`. */
export interface KeyWish {
  name: string;
  scopes: readonly Scope[] | undefined;
  rateLimit: number | null;
  test: boolean;
}

/** 403 unless the caller may look after keys: signed in, or with a key of scope `admin`, so that a leaked ordinary key makes no others. */
export function requireKeyManagement(caller: Caller): void {
  if (caller.kind === 'user') return;
  if (caller.kind === 'api-key' && caller.scopes.includes('admin')) return;
  throw new AppError('scope-missing', 'Keys are managed by signing in, or with a key of scope "admin"');
}

/** Makes a key for the caller; `text` is shown this once. */
export async function createKey(deps: KeyDeps, caller: Caller, wish: KeyWish): Promise<{ key: ApiKey; text: string }> {
  requireKeyManagement(caller);
  const scopes = wish.scopes ?? SCOPES.filter((scope) => scope !== 'admin' && grantable(caller).includes(scope));
  requireGrantable(caller, scopes);
  return issueApiKey(deps, caller.user.id, { ...wish, scopes });
}

/** Changes only what is given; a deactivated key is refused from its next request on. */
export async function updateKey(deps: KeyDeps, caller: Caller, id: number, changes: ApiKeyChanges): Promise<ApiKey> {
  if (Object.keys(changes).length === 0) throw new AppError('nothing-to-update');
  const { apiKeys } = deps.stores;
  if (!(await apiKeys.find(caller.user.id, id))) throw new AppError('key-not-found');
  requireKeyManagement(caller);
  requireGrantable(caller, changes.scopes ?? []);
  await apiKeys.update(caller.user.id, id, changes);
  const key = await apiKeys.find(caller.user.id, id);
  if (!key) throw new AppError('key-not-found');
  return key;
}

/** A deleted key stays known, so that its caller is told what happened. */
export async function deleteKey(deps: KeyDeps, caller: Caller, id: number): Promise<void> {
  const { apiKeys } = deps.stores;
  if (!(await apiKeys.find(caller.user.id, id))) throw new AppError('key-not-found');
  requireKeyManagement(caller);
  await apiKeys.delete(caller.user.id, id, deps.now());
}

/** Nobody gives away more than they have, and `admin` is for administrators. */
function grantable(caller: Caller): readonly Scope[] {
  const own = caller.kind === 'api-key' ? caller.scopes : SCOPES;
  return own.filter((scope) => scope !== 'admin' || caller.user.role === 'administrator');
}

function requireGrantable(caller: Caller, scopes: readonly Scope[]): void {
  if (scopes.some((scope) => !grantable(caller).includes(scope))) {
    throw new AppError('scope-missing', 'A key cannot be given scopes that its maker does not have');
  }
}
