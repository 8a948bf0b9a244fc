import {
  CreatedEmbed,
  CreateEmbed,
  DoneWithMessage,
  EmbedAnswer,
  EmbedList,
  EmbedParams,
  EmbedQuery,
  UpdateEmbed,
} from '@visavis/protocol';
import type { z } from 'zod';
import { encodeCursor } from '../../core/cursor.ts';
import { dayOf, type Embed, type EmbedChanges, type NewEmbed } from '../../core/embeds/embed.ts';
import { createEmbed, deleteEmbed, updateEmbed } from '../../core/embeds/manage-embeds.ts';
import { AppError } from '../../core/errors.ts';
import type { Stores } from '../../core/stores.ts';
import { callerOf } from '../access.ts';
import type { Api } from '../api.ts';
import { answers } from '../openapi.ts';
import { cutPage, pageOf } from '../page.ts';
import { presentEmbed } from '../present/embed.ts';

/** The embeds of a user: what pages of other sites may do with an agent. */
export function embedRoutes({ app, storage, now, createOnce, live, publicUrl }: Api): void {
  const tags = ['Embeds'];
  const config = { access: { scope: 'agents' } } as const;
  const shown = async (stores: Pick<Stores, 'embeds'>, embeds: Embed[]) => {
    const uses = await stores.embeds.use(
      embeds.map(({ publicId }) => publicId),
      dayOf(now()),
    );
    return embeds.map((embed) => presentEmbed(embed, uses.get(embed.publicId), publicUrl));
  };
  const shownOne = async (stores: Pick<Stores, 'embeds'>, embed: Embed) => {
    const [one] = await shown(stores, [embed]);
    if (!one) throw new AppError('embed-not-found');
    return one;
  };

  app.post(
    '/embeds',
    {
      config,
      schema: {
        tags,
        operationId: 'createEmbed',
        summary: 'Create an embed',
        description:
          'A publishable id with which pages of the allowed origins start sessions with one agent, within a budget. No API key reaches a page.',
        body: CreateEmbed,
        response: answers({ 201: CreatedEmbed }),
      },
    },
    async (request, reply) => {
      const { user } = callerOf(request);
      const wish = { ...fieldsOf(request.body), agentId: request.body.agent_id } as Omit<NewEmbed, 'publicId'>;
      const { status, body } = await createOnce(request, user.id, async (stores) => {
        const embed = await createEmbed({ stores, now }, user.id, { ...wish, expiresAt: wish.expiresAt ?? null });
        return {
          status: 201,
          body: { success: true, message: 'Embed created successfully', embed: await shownOne(stores, embed) },
        };
      });
      return reply.code(status as 201).send(body as never);
    },
  );

  app.get(
    '/embeds',
    {
      config,
      schema: {
        tags,
        operationId: 'listEmbeds',
        summary: 'List embeds',
        querystring: EmbedQuery,
        response: answers({ 200: EmbedList }),
      },
    },
    async (request, reply) => {
      const { agent_id: agentId } = request.query;
      const page = pageOf(request.query);
      const found = await storage.read.embeds.list(callerOf(request).user.id, {
        page,
        ...(agentId !== undefined && { agentId }),
      });
      const { rows, nextCursor } = cutPage(reply, page, found, (embed) => encodeCursor([embed.id]));
      return {
        success: true as const,
        embeds: await shown(storage.read, rows),
        ...(nextCursor && { next_cursor: nextCursor }),
      };
    },
  );

  app.get(
    '/embeds/:embed',
    {
      config,
      schema: {
        tags,
        operationId: 'getEmbed',
        summary: 'Get an embed',
        params: EmbedParams,
        response: answers({ 200: EmbedAnswer }),
      },
    },
    async (request) => {
      const embed = await storage.read.embeds.find(callerOf(request).user.id, request.params.embed);
      if (!embed) throw new AppError('embed-not-found');
      return { success: true as const, embed: await shownOne(storage.read, embed) };
    },
  );

  app.put(
    '/embeds/:embed',
    {
      config,
      schema: {
        tags,
        operationId: 'updateEmbed',
        summary: 'Change an embed',
        description: 'Only sent fields change. Sessions that are live go on, on the pages that are allowed now.',
        params: EmbedParams,
        body: UpdateEmbed,
        response: answers({ 200: EmbedAnswer }),
      },
    },
    async (request) => {
      const userId = callerOf(request).user.id;
      const embed = await storage.write((stores) =>
        updateEmbed({ stores, now }, userId, request.params.embed, fieldsOf(request.body)),
      );
      return { success: true as const, embed: await shownOne(storage.read, embed) };
    },
  );

  app.delete(
    '/embeds/:embed',
    {
      config,
      schema: {
        tags,
        operationId: 'deleteEmbed',
        summary: 'Delete an embed',
        description: 'Ends its live sessions; ended ones stay.',
        params: EmbedParams,
        response: answers({ 200: DoneWithMessage }),
      },
    },
    async (request) => {
      await deleteEmbed(live, callerOf(request).user.id, request.params.embed);
      return { success: true as const, message: 'Embed deleted successfully' };
    },
  );
}

/** What of an embed a body sets. */
function fieldsOf(body: z.output<typeof UpdateEmbed>): EmbedChanges {
  return {
    ...(body.name !== undefined && { name: body.name }),
    ...(body.allowed_origins !== undefined && { allowedOrigins: body.allowed_origins }),
    ...(body.session_types !== undefined && { sessionTypes: body.session_types }),
    ...(body.sessions_per_day !== undefined && { sessionsPerDay: body.sessions_per_day }),
    ...(body.minutes_per_day !== undefined && { minutesPerDay: body.minutes_per_day }),
    ...(body.minutes_per_session !== undefined && { minutesPerSession: body.minutes_per_session }),
    ...(body.expires_at !== undefined && { expiresAt: body.expires_at }),
    ...(body.enabled !== undefined && { enabled: body.enabled }),
    ...(body.appearance !== undefined && { appearance: body.appearance }),
  };
}
