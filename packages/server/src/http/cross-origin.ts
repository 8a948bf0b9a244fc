import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../core/access/caller.ts';
import { allowsOrigin } from '../core/embeds/allowed-origin.ts';
import { AppError } from '../core/errors.ts';
import type { Stores } from '../core/stores.ts';
import type { App } from './api.ts';
import { isOwnOrigin } from './same-origin.ts';

/** How long a browser need not ask again, in seconds: most take no more than two hours. */
const PREFLIGHT_SECONDS = 7_200;
/** No `x-api-key`: a key does not belong into a page. */
const REQUEST_HEADERS = 'authorization, content-type, idempotency-key, last-event-id, range, if-range, if-none-match';
const ANSWER_HEADERS = [
  'x-request-id',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'x-next-cursor',
  'x-recording-started-at',
  'retry-after',
  'content-range',
  'etag',
].join(', ');

/**
 * What pages of other origins may read (Fetch standard, CORS), never with credentials: the answers to session tokens, because who holds a
 * token may use it anywhere, but for the sessions of an embed, which are good on its pages only; and what an embed answers to its widget.
 */
export function allowCrossOrigin(app: App): void {
  app.addHook('onSend', async (request, reply) => {
    const { origin } = request.headers;
    const access = request.routeOptions.config.access;
    if (origin === undefined || !access || reply.hasHeader('access-control-allow-origin')) return;
    const { caller } = request;
    if (access.embed) allow(reply, origin);
    else if (access.sessionToken && (!caller || caller.kind === 'session'))
      allow(reply, caller?.embedId === undefined ? '*' : origin);
  });
}

/** Answers the preflights of routes that take a session token. */
export function sessionPreflights(app: App): void {
  app.options('/sessions/*', { schema: { hide: true } as never }, async (_request, reply) => {
    allow(reply, '*');
    return answerPreflight(reply, 'GET, POST, PUT, PATCH, DELETE');
  });
}

/** Answers the preflight of a route of an embed, whose origin has been found to be allowed. */
export function answerEmbedPreflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  allow(reply, request.headers.origin ?? '');
  return answerPreflight(reply, 'GET, POST');
}

function answerPreflight(reply: FastifyReply, methods: string): FastifyReply {
  return reply
    .headers({
      'access-control-allow-methods': methods,
      'access-control-allow-headers': REQUEST_HEADERS,
      'access-control-max-age': PREFLIGHT_SECONDS,
    })
    .code(204)
    .send();
}

function allow(reply: FastifyReply, origin: string): void {
  void reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', ANSWER_HEADERS);
  if (origin !== '*') void reply.header('vary', 'Origin');
}

/** 403 where the session of an embed is used on a page that its embed does not allow, or whose embed is gone. Programs send no `Origin`. */
export async function requireEmbedOrigin(
  deps: { stores: Pick<Stores, 'embeds'>; publicUrl: string },
  caller: Caller & { kind: 'session' },
  { origin, host }: { origin?: string | undefined; host?: string | undefined },
): Promise<void> {
  if (caller.embedId === undefined || origin === undefined || isOwnOrigin(deps.publicUrl, origin, host)) return;
  const embed = await deps.stores.embeds.find(caller.user.id, caller.embedId);
  if (!embed || !allowsOrigin(embed, origin)) throw new AppError('origin-not-allowed');
}
