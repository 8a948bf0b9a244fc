import {
  AvatarDetail,
  AvatarList,
  CreateAvatar,
  CreatedAvatar,
  Done,
  IdParams,
  PageQuery,
  UpdateAvatar,
  UserIdParams,
} from '@visavis/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Page } from '../../core/agents/agent.ts';
import type { Avatar } from '../../core/avatars/avatar.ts';
import { type AvatarEdits, createAvatar, deleteAvatar, updateAvatar } from '../../core/avatars/manage-avatars.ts';
import { encodeCursor } from '../../core/cursor.ts';
import { AppError } from '../../core/errors.ts';
import { callerOf } from '../access.ts';
import type { Api } from '../api.ts';
import { answers } from '../openapi.ts';
import { cutPage, pageOf } from '../page.ts';
import { presentAvatar } from '../present/avatar.ts';

/** Section 3 of the contract, but for the upload. */
export function avatarRoutes({ app, storage, images, faces, faceBuilding, now, publicUrl, createOnce }: Api): void {
  const tags = ['Avatars'];
  const access = { scope: 'avatars' } as const;
  const change = {
    scope: 'avatars',
    find: async (userId: number, { id }: { id: number }) => {
      if (!(await storage.read.avatars.find(userId, id))) throw new AppError('avatar-not-found');
    },
  } as const;
  const list = async (
    request: FastifyRequest & { query: { limit?: number | undefined; cursor?: string | undefined } },
    reply: FastifyReply,
    read: (userId: number, page: Page) => Promise<Avatar[]>,
  ) => {
    const userId = callerOf(request).user.id;
    const page = pageOf(request.query);
    const { rows } = cutPage(reply, page, await read(userId, page), (avatar) => encodeCursor([avatar.id]));
    return rows.map((avatar) => presentAvatar(avatar, publicUrl, userId));
  };

  app.post(
    '/avatars',
    {
      config: { access },
      preValidation: requireNameAndUrl,
      schema: {
        tags,
        operationId: 'createAvatar',
        summary: 'Create an avatar from an address',
        body: CreateAvatar,
        response: answers({ 201: CreatedAvatar }),
      },
    },
    async (request, reply) => {
      const { user } = callerOf(request);
      const { name, url, voice_id, consent } = request.body;
      const { status, body: answer } = await createOnce(request, user.id, async (stores) => {
        const avatar = await createAvatar({ stores, now }, user.id, {
          name,
          url,
          voiceId: voice_id ?? null,
          consent: Boolean(consent),
        });
        return { status: 201, body: { id: avatar.id, message: 'Avatar created' } };
      });
      faceBuilding.wake();
      return reply.code(status as 201).send(answer as never);
    },
  );

  app.get(
    '/avatars',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'listAvatars',
        summary: 'List own avatars',
        querystring: PageQuery,
        response: answers({ 200: AvatarList }),
      },
    },
    (request, reply) => list(request, reply, storage.read.avatars.list),
  );

  app.get(
    '/avatars/public',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'listPublicAvatars',
        summary: 'List avatars that everybody may use',
        querystring: PageQuery,
        response: answers({ 200: AvatarList }),
      },
    },
    (request, reply) => list(request, reply, (_userId, page) => storage.read.avatars.listPublic(page)),
  );

  app.get(
    '/avatars/user/:userId',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'listAvatarsOfUser',
        summary: 'List own avatars (older path)',
        deprecated: true,
        params: UserIdParams,
        querystring: PageQuery,
        response: answers({ 200: AvatarList }),
      },
    },
    (request, reply) => {
      // Another user's id answers as one that nobody has.
      if (request.params.userId !== callerOf(request).user.id) throw new AppError('user-not-found');
      return list(request, reply, storage.read.avatars.list);
    },
  );

  app.get(
    '/avatars/:id',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'getAvatar',
        summary: 'Get an avatar',
        params: IdParams,
        response: answers({ 200: AvatarDetail }),
      },
    },
    async (request) => {
      const userId = callerOf(request).user.id;
      const avatar = await storage.read.avatars.findUsable(userId, request.params.id);
      if (!avatar) throw new AppError('avatar-not-found');
      return presentAvatar(avatar, publicUrl, userId);
    },
  );

  app.put(
    '/avatars/:id',
    {
      config: { access: change },
      schema: {
        tags,
        operationId: 'updateAvatar',
        summary: 'Change an avatar',
        params: IdParams,
        body: UpdateAvatar,
        response: answers({ 200: Done }),
      },
    },
    async (request) => {
      const { name, url, voice_id, is_favorite, is_public, consent, take_largest } = request.body;
      const edits: AvatarEdits = {
        ...(name !== undefined && { name }),
        ...(url !== undefined && { url }),
        ...(voice_id !== undefined && { voiceId: voice_id }),
        ...(is_favorite !== undefined && { isFavorite: Boolean(is_favorite) }),
        ...(is_public !== undefined && { isPublic: Boolean(is_public) }),
        ...(consent !== undefined && { consent: Boolean(consent) }),
        ...(take_largest !== undefined && { takeLargest: Boolean(take_largest) }),
      };
      await updateAvatar({ storage, images, faces, now, publicUrl }, callerOf(request), request.params.id, edits);
      faceBuilding.wake();
      return { success: true as const };
    },
  );

  app.delete(
    '/avatars/:id',
    {
      config: { access: change },
      schema: {
        tags,
        operationId: 'deleteAvatar',
        summary: 'Delete an avatar',
        params: IdParams,
        response: answers({ 200: Done }),
      },
    },
    async (request) => {
      await deleteAvatar({ storage, images, faces }, callerOf(request).user.id, request.params.id);
      return { success: true as const };
    },
  );
}

/** Clients know this text: it comes before the schema's own words. */
async function requireNameAndUrl(request: FastifyRequest): Promise<void> {
  const { body } = request;
  if (body === null || Array.isArray(body) || (typeof body !== 'object' && body !== undefined)) return;
  const given: Record<string, unknown> = { ...body };
  const missing = ['name', 'url'].filter((field) => [undefined, null, ''].includes(given[field] as undefined));
  if (missing.length === 0) return;
  throw new AppError('name-and-url-required', undefined, {
    details: Object.fromEntries(missing.map((field) => [field, 'is required'])),
  });
}
