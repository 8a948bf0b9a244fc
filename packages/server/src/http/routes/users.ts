import {
  DoneWithMessage,
  IdParams,
  InvitedUser,
  InviteUser,
  PageQuery,
  timestamp,
  UpdateUser,
  UserAnswer,
  UserList,
} from '@visavis/protocol';
import { encodeCursor } from '../../core/cursor.ts';
import {
  deleteUser,
  endSessionsOf,
  type Invitation,
  inviteAgain,
  inviteUser,
  updateUser,
} from '../../core/users/manage-users.ts';
import { callerOf } from '../access.ts';
import type { Api } from '../api.ts';
import { answers } from '../openapi.ts';
import { cutPage, pageOf } from '../page.ts';
import { presentUser, readLimits } from '../present/user.ts';

/** Users of this server, for its administrators. */
export function userRoutes({ app, storage, now, createOnce, live, publicUrl }: Api): void {
  const tags = ['Users'];
  const config = { access: { scope: 'admin' } } as const;

  const invited = ({ user, token, expiresAt }: Invitation) => {
    const address = user.email === null ? '' : `&email=${encodeURIComponent(user.email)}`;
    return {
      success: true as const,
      message: 'Send the link to the user; it is good once, for 7 days',
      user: presentUser(user),
      invite_url: `${publicUrl}/setup#token=${token}${address}`,
      expires_at: timestamp(expiresAt),
    };
  };

  app.get(
    '/users',
    {
      config,
      schema: {
        tags,
        operationId: 'listUsers',
        summary: 'List users',
        querystring: PageQuery,
        response: answers({ 200: UserList }),
      },
    },
    async (request, reply) => {
      const page = pageOf(request.query);
      const found = await storage.read.users.list(page);
      const { rows, nextCursor } = cutPage(reply, page, found, (user) => encodeCursor([user.id]));
      return { success: true as const, users: rows.map(presentUser), ...(nextCursor && { next_cursor: nextCursor }) };
    },
  );

  app.post(
    '/users',
    {
      config,
      schema: {
        tags,
        operationId: 'inviteUser',
        summary: 'Invite a user',
        body: InviteUser,
        response: answers({ 201: InvitedUser }),
      },
    },
    async (request, reply) => {
      const { email, name, role, limits } = request.body;
      const { status, body } = await createOnce(request, callerOf(request).user.id, async (stores) => {
        const wish = { email, name: name ?? null, role, limits: readLimits(limits ?? {}) };
        return { status: 201, body: invited(await inviteUser({ stores, now }, wish)) };
      });
      return reply.code(status as 201).send(body as never);
    },
  );

  app.post(
    '/users/:id/invite',
    {
      config,
      schema: {
        tags,
        operationId: 'inviteUserAgain',
        summary: 'Make a new link for a user',
        description: 'Where the first one was lost or ran out, or the password was forgotten. Older links of the user die.',
        params: IdParams,
        response: answers({ 201: InvitedUser }),
      },
    },
    async (request, reply) => {
      const { status, body } = await createOnce(request, callerOf(request).user.id, async (stores) => ({
        status: 201,
        body: invited(await inviteAgain({ stores, now }, request.params.id)),
      }));
      return reply.code(status as 201).send(body as never);
    },
  );

  app.put(
    '/users/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'updateUser',
        summary: 'Change a user',
        params: IdParams,
        body: UpdateUser,
        response: answers({ 200: UserAnswer }),
      },
    },
    async (request) => {
      const { name, role, active, limits } = request.body;
      const changes = {
        ...(name !== undefined && { name }),
        ...(role !== undefined && { role }),
        ...(active !== undefined && { active }),
        ...(limits !== undefined && { limits: readLimits(limits) }),
      };
      const { id } = request.params;
      const user = await storage.write((stores) => updateUser({ stores, now }, id, changes));
      if (!user.active) await endSessionsOf(live, id);
      return { success: true as const, user: presentUser(user) };
    },
  );

  app.delete(
    '/users/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'deleteUser',
        summary: 'Delete a user and everything of theirs',
        params: IdParams,
        response: answers({ 200: DoneWithMessage }),
      },
    },
    async (request) => {
      await deleteUser(live, callerOf(request).user.id, request.params.id);
      return { success: true as const, message: 'User deleted successfully' };
    },
  );
}
