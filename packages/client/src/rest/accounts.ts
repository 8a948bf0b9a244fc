import type { CallOptions, Http } from './http.ts';
import { type List, listAt } from './pages.ts';
import type {
  AccountSetUp,
  Invitation,
  Invited,
  Key,
  KeyChanges,
  MadeKey,
  MeAnswer,
  NewKey,
  OwnChanges,
  PasswordChange,
  SignInAnswer,
  SignInBody,
  User,
  UserChanges,
} from './types.ts';

export interface Keys extends List<Key> {
  /** `key` of the answer is the key itself, shown this once. */
  create(body: NewKey, options?: CallOptions): Promise<MadeKey>;
  update(id: number, body: KeyChanges, options?: CallOptions): Promise<Key>;
  remove(id: number, options?: CallOptions): Promise<void>;
}

export function keys(http: Http): Keys {
  return {
    ...listAt<Key>(http, '/keys', 'keys'),
    create: (body, options) => http.json('POST', '/keys', { ...options, body, creates: true }),
    async update(id, body, options) {
      return (await http.json<{ api_key: Key }>('PUT', `/keys/${id}`, { ...options, body })).api_key;
    },
    async remove(id, options) {
      await http.json('DELETE', `/keys/${id}`, options);
    },
  };
}

/** Signing in: for pages of the server itself, where the browser keeps the refresh token in a cookie. */
export interface Auth {
  /** Takes the secret of a set-up link or an invitation. */
  setUp(body: AccountSetUp, options?: CallOptions): Promise<SignInAnswer>;
  signIn(body: SignInBody, options?: CallOptions): Promise<SignInAnswer>;
  /** Another access token for the cookie; 401 `not-signed-in` without one. */
  refresh(options?: CallOptions): Promise<SignInAnswer>;
  signOut(options?: CallOptions): Promise<void>;
  me(options?: CallOptions): Promise<MeAnswer>;
  updateMe(body: OwnChanges, options?: CallOptions): Promise<User>;
  changePassword(body: PasswordChange, options?: CallOptions): Promise<SignInAnswer>;
}

export function auth(http: Http): Auth {
  return {
    setUp: (body, options) => http.json('POST', '/auth/setup', { ...options, body, anonymous: true }),
    signIn: (body, options) => http.json('POST', '/auth/login', { ...options, body, anonymous: true }),
    refresh: (options) => http.json('POST', '/auth/refresh', { ...options, anonymous: true }),
    async signOut(options) {
      await http.json('POST', '/auth/logout', { ...options, anonymous: true });
    },
    me: (options) => http.json('GET', '/auth/me', options),
    async updateMe(body, options) {
      return (await http.json<{ user: User }>('PUT', '/auth/me', { ...options, body })).user;
    },
    changePassword: (body, options) => http.json('POST', '/auth/password', { ...options, body }),
  };
}

/** The people who may sign in; for administrators. */
export interface Users extends List<User> {
  invite(body: Invitation, options?: CallOptions): Promise<Invited>;
  /** Another link for somebody who has not used theirs. */
  inviteAgain(id: number, options?: CallOptions): Promise<Invited>;
  update(id: number, body: UserChanges, options?: CallOptions): Promise<User>;
  remove(id: number, options?: CallOptions): Promise<void>;
}

export function users(http: Http): Users {
  return {
    ...listAt<User>(http, '/users', 'users'),
    invite: (body, options) => http.json('POST', '/users', { ...options, body, creates: true }),
    inviteAgain: (id, options) => http.json('POST', `/users/${id}/invite`, { ...options, creates: true }),
    async update(id, body, options) {
      return (await http.json<{ user: User }>('PUT', `/users/${id}`, { ...options, body })).user;
    },
    async remove(id, options) {
      await http.json('DELETE', `/users/${id}`, options);
    },
  };
}
