import { AppError } from '../errors.ts';
import type { User } from '../users/user.ts';
import type { Scope } from './api-key.ts';

/** Who makes a request. */
export type Caller =
  | { kind: 'api-key'; user: User; keyId: number; scopes: readonly Scope[]; rateLimit: number | null }
  | { kind: 'user'; user: User }
  | {
      kind: 'session';
      user: User;
      sessionId: number;
      /** The public id of the embed that started the session: it is good on that embed's pages only. */
      embedId?: string;
    };

/** Whether the caller may use what `scope` covers; a session token only its own session. */
export function mayUse(caller: Caller, scope: Scope, sessionId?: number): boolean {
  switch (caller.kind) {
    case 'api-key':
      return caller.scopes.includes(scope) && (scope !== 'admin' || caller.user.role === 'administrator');
    case 'user':
      return scope !== 'admin' || caller.user.role === 'administrator';
    case 'session':
      return scope === 'sessions' && sessionId === caller.sessionId;
  }
}

/** 403 unless the caller is an administrator (by sign-in, or with a key of scope `admin` of one). */
export function requireAdministrator(caller: Caller): void {
  if (caller.user.role !== 'administrator' || !mayUse(caller, 'admin')) throw new AppError('scope-missing');
}
