import { ChangePassword, Done, Me, SetUpAccount, SignedIn, SignIn, UpdateMe, UserAnswer } from '@visavis/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SCOPES } from '../../core/access/api-key.ts';
import { type Caller, mayUse } from '../../core/access/caller.ts';
import {
  type Access,
  changePassword,
  refreshSignIn,
  SIGN_IN_MS,
  setUpAccount,
  signIn,
  signOut,
} from '../../core/access/sign-in.ts';
import { TOKEN_SECONDS } from '../../core/access/tokens.ts';
import { AppError } from '../../core/errors.ts';
import { updateUser } from '../../core/users/manage-users.ts';
import { callerOf } from '../access.ts';
import type { Api } from '../api.ts';
import { answers } from '../openapi.ts';
import { presentUser } from '../present/user.ts';
import { requireSameOrigin } from '../same-origin.ts';

const COOKIE = 'visavis_refresh';

/** How a person gets in, and stays in: a short token for requests, and a cookie that only these routes receive. */
export function signInRoutes({ app, storage, tokens, now, publicUrl, attempts }: Api): void {
  const tags = ['Sign-in'];
  const deps = { storage, tokens, now };
  const preHandler = requireSameOrigin(publicUrl) as never;
  const openToAll = { config: { access: { scope: 'public' as const } }, preHandler };
  const cookie = {
    path: '/api/v1/auth',
    httpOnly: true,
    sameSite: 'strict' as const,
    secure: publicUrl.startsWith('https:'),
  };

  const signedIn = (reply: FastifyReply, access: Access) => {
    void reply.header('cache-control', 'no-store');
    void reply.setCookie(COOKIE, access.refreshToken, { ...cookie, maxAge: SIGN_IN_MS / 1000 });
    return {
      success: true as const,
      access_token: access.accessToken,
      token_type: 'Bearer' as const,
      expires_in: TOKEN_SECONDS,
      user: presentUser(access.user),
    };
  };

  app.post(
    '/auth/setup',
    {
      ...openToAll,
      schema: {
        tags,
        operationId: 'setUpAccount',
        summary: 'Set e-mail and password with a set-up link or an invitation',
        body: SetUpAccount,
        response: answers({ 200: SignedIn }),
      },
    },
    async (request, reply) => {
      const { token, email, password, name } = request.body;
      const access = await attempts.attempt({ address: request.ip }, () => setUpAccount(deps, { token, email, password, name }));
      return signedIn(reply, access);
    },
  );

  app.post(
    '/auth/login',
    {
      ...openToAll,
      schema: {
        tags,
        operationId: 'signIn',
        summary: 'Sign in',
        body: SignIn,
        response: answers({ 200: SignedIn }),
      },
    },
    async (request, reply) => {
      const { email, password } = request.body;
      const access = await attempts.attempt({ address: request.ip, account: email }, () => signIn(deps, email, password));
      return signedIn(reply, access);
    },
  );

  app.post(
    '/auth/refresh',
    {
      ...openToAll,
      schema: {
        tags,
        operationId: 'refreshSignIn',
        summary: 'Renew the access token',
        description:
          'With the cookie `visavis_refresh`, which is replaced. A replaced cookie that comes back later ends the sign-in.',
        response: answers({ 200: SignedIn }),
      },
    },
    async (request, reply) => {
      try {
        return signedIn(reply, await refreshSignIn(deps, cookieOf(request)));
      } catch (error) {
        if (error instanceof AppError && error.code === 'not-signed-in') void reply.clearCookie(COOKIE, cookie);
        throw error;
      }
    },
  );

  app.post(
    '/auth/logout',
    {
      ...openToAll,
      schema: { tags, operationId: 'signOut', summary: 'Sign out', response: answers({ 200: Done }) },
    },
    async (request, reply) => {
      await signOut(deps, cookieOf(request));
      void reply.clearCookie(COOKIE, cookie);
      return { success: true as const };
    },
  );

  app.get(
    '/auth/me',
    {
      config: { access: { scope: 'any' } },
      schema: { tags, operationId: 'getMe', summary: 'Who is calling', response: answers({ 200: Me }) },
    },
    async (request) => {
      const caller = callerOf(request);
      const credential = {
        kind: caller.kind === 'api-key' ? ('api-key' as const) : ('user' as const),
        scopes: SCOPES.filter((scope) => mayUse(caller, scope)),
      };
      return { success: true as const, user: presentUser(caller.user), credential };
    },
  );

  app.put(
    '/auth/me',
    {
      config: { access: { scope: 'any' } },
      schema: {
        tags,
        operationId: 'updateMe',
        summary: 'Change your name',
        description: 'For signed-in users.',
        body: UpdateMe,
        response: answers({ 200: UserAnswer }),
      },
    },
    async (request) => {
      const { id } = signedInUser(callerOf(request), 'A name is changed by signing in');
      const user = await storage.write((stores) => updateUser({ stores, now }, id, { name: request.body.name }));
      return { success: true as const, user: presentUser(user) };
    },
  );

  app.post(
    '/auth/password',
    {
      config: { access: { scope: 'any' } },
      preHandler,
      schema: {
        tags,
        operationId: 'changePassword',
        summary: 'Change the password',
        description: 'For signed-in users. Ends every sign-in of the user but this one.',
        body: ChangePassword,
        response: answers({ 200: SignedIn }),
      },
    },
    async (request, reply) => {
      const user = signedInUser(callerOf(request), 'A password is changed by signing in');
      const { current_password, new_password } = request.body;
      const access = await attempts.attempt({ address: request.ip, account: user.email ?? '' }, () =>
        changePassword(deps, user, current_password, new_password),
      );
      return signedIn(reply, access);
    },
  );
}

function cookieOf(request: FastifyRequest): string | undefined {
  return request.cookies[COOKIE] || undefined;
}

/** A key, which may have leaked, cannot change who somebody is. */
function signedInUser(caller: Caller, refusal: string) {
  if (caller.kind !== 'user') throw new AppError('scope-missing', refusal);
  return caller.user;
}
