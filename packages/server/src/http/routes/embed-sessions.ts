import { CreatedEmbedSession, CreateEmbedSession, EmbedParams, EmbedWidgetAnswer } from '@visavis/protocol';
import type { FastifyRequest } from 'fastify';
import { findUsableEmbed, startEmbedSession, type UsableEmbed } from '../../core/embeds/start-embed-session.ts';
import { AppError } from '../../core/errors.ts';
import type { Stores } from '../../core/stores.ts';
import type { Api } from '../api.ts';
import { answerEmbedPreflight } from '../cross-origin.ts';
import { answers } from '../openapi.ts';
import { presentEmbedSession, presentWidget } from '../present/embed.ts';
import { isOwnOrigin } from '../same-origin.ts';

/** Sessions a minute that one address starts; several visitors may share one. */
const MOST_OF_ADDRESS = 20;
/** Sessions a minute that all visitors of an embed start together. */
const MOST_OF_EMBED = 120;

/** What a widget calls: public, for the pages of the embed's origins only. */
export function embedSessionRoutes({ app, storage, now, tokens, live, publicUrl, rateLimiter, createOnce }: Api): void {
  const tags = ['Embeds'];
  const config = { access: { scope: 'public', embed: true } } as const;
  const usable = (request: FastifyRequest, publicId: string) =>
    findUsableEmbed({ stores: storage.read, now }, publicId, request.headers.origin, (origin) =>
      isOwnOrigin(publicUrl, origin, request.host),
    );
  const widgetOf = async (found: UsableEmbed) => {
    const { agent } = found;
    const avatar = agent.avatarId === null ? undefined : await storage.read.avatars.findUsable(agent.userId, agent.avatarId);
    return presentWidget(found, avatar, publicUrl);
  };
  const limit = async (bucket: string, most: number) => {
    const allowance = await rateLimiter.take(bucket, most);
    if (allowance && !allowance.allowed)
      throw new AppError('rate-limited', undefined, { retryAfterSeconds: allowance.retryAfterSeconds });
  };

  for (const path of ['/embeds/:embed/widget', '/embeds/:embed/sessions']) {
    app.options(
      path,
      { config: { access: { scope: 'public' } }, schema: { hide: true, params: EmbedParams } as never },
      async (request, reply) => {
        await usable(request, (request.params as { embed: string }).embed);
        return answerEmbedPreflight(request, reply) as never;
      },
    );
  }

  app.get(
    '/embeds/:embed/widget',
    {
      config,
      schema: {
        tags,
        operationId: 'getEmbedWidget',
        summary: 'What a widget shows before anybody talks',
        description:
          'For pages of the allowed origins. 403 `origin-not-allowed` or `embed-expired`; 404 `embed-not-found`, also where the embed is ' +
          'switched off or its agent archived.',
        params: EmbedParams,
        response: answers({ 200: EmbedWidgetAnswer }),
      },
    },
    async (request, reply) => {
      const found = await usable(request, request.params.embed);
      void reply.header('cache-control', 'private, no-cache');
      return { success: true as const, widget: await widgetOf(found) };
    },
  );

  app.post(
    '/embeds/:embed/sessions',
    {
      config,
      schema: {
        tags,
        operationId: 'createEmbedSession',
        summary: 'Start a session with an embed',
        description:
          'For pages of the allowed origins; needs an `Origin`. Answers with a session token, which is good on those pages only. Refusals: ' +
          '404 `embed-not-found`; 403 `origin-not-allowed`, `embed-expired`, `session-type-not-allowed`; 429 `embed-budget-exhausted` and `embed-busy` with ' +
          '`Retry-After`, `concurrency-limit`, `rate-limited`.',
        params: EmbedParams,
        body: CreateEmbedSession,
        response: answers({ 201: CreatedEmbedSession }),
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      const found = await usable(request, request.params.embed);
      const { origin } = request.headers;
      if (origin === undefined)
        throw new AppError('origin-not-allowed', 'An embed is used by a page: the request needs an Origin');
      await limit(`embed-address:${request.ip}`, MOST_OF_ADDRESS);
      await limit(`embed:${found.embed.id}`, MOST_OF_EMBED);
      const widget = await widgetOf(found);
      const start = async (stores: Stores) => {
        const session = await startEmbedSession({ ...live, stores, now }, found, request.body.session_type, origin);
        const token = tokens.sign({ kind: 'session', userId: found.user.id, sessionId: session.id });
        return {
          status: 201,
          body: {
            success: true,
            message: 'Session started successfully',
            session: presentEmbedSession(session, { token, publicUrl, iceServers: live.iceServers(session.id) }),
            widget,
          },
        };
      };
      // Answers are kept of started sessions only, which are limited; a visitor with the key of another one does not get that one's token.
      const { status, body } = await createOnce(request, found.user.id, start, { sender: `${request.ip} ${origin}` });
      return reply.code(status as 201).send(body as never);
    },
  );
}
