import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Scope } from '../core/access/api-key.ts';
import { authenticate } from '../core/access/authenticate.ts';
import { type Caller, mayUse } from '../core/access/caller.ts';
import type { Tokens } from '../core/access/tokens.ts';
import { AppError } from '../core/errors.ts';
import type { Stores } from '../core/stores.ts';
import { requireEmbedOrigin } from './cross-origin.ts';
import { idempotencyKeyOf } from './idempotency.ts';
import type { RateLimiter, RateLimits } from './rate-limit.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the access hook on every route that is not public. */
    caller: Caller | undefined;
  }
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
}

/** Who may call a route. */
export interface RouteAccess {
  /** `public` takes no credentials; `any` every credential of a user. */
  scope: Scope | 'any' | 'public';
  /** Whether the token of a session may call it (its id is the path's `id`). */
  sessionToken?: boolean;
  /** Whether the widgets of embeds call it, from other origins. */
  embed?: boolean;
  /** Throws the 404 of the thing in the path: 404 comes before 403. */
  find?: (userId: number, params: { id: number }) => Promise<void>;
}

export interface AccessDeps {
  stores: Pick<Stores, 'apiKeys' | 'users' | 'sessions' | 'embeds'>;
  publicUrl: string;
  tokens: Tokens;
  rateLimiter: RateLimiter;
  rateLimits: RateLimits;
  keyUsed: (keyId: number) => void;
}

/** The checks before a handler, in the order of the contract: 401, 429; then, the request being valid, 404 and 403. */
export function registerAccess(app: FastifyInstance, deps: AccessDeps): void {
  app.decorateRequest('caller', undefined);

  app.addHook('onRequest', async (request, reply) => {
    const access = request.routeOptions.config.access;
    if (!access) return request.is404 ? countUnrouted(deps, request, reply) : undefined;
    if (access.scope === 'public') return takeFrom(deps, request, reply, `address:${request.ip}`, deps.rateLimits.address);
    const caller = await authenticate(deps, credentialsOf(request)).catch(async (error: unknown) => {
      // A refused caller is counted by its address, and told so; it is never told 429 instead of 401.
      await takeFrom(deps, request, reply, `address:${request.ip}`, deps.rateLimits.address).catch(() => undefined);
      throw error;
    });
    request.caller = caller;
    if (caller.kind === 'api-key') deps.keyUsed(caller.keyId);
    const [bucket, limit] = bucketOf(caller, deps.rateLimits);
    await takeFrom(deps, request, reply, bucket, limit);
  });

  app.addHook('preHandler', async (request) => {
    // The last of the 400s: after this comes what is found, or not.
    idempotencyKeyOf(request);
    const access = request.routeOptions.config.access;
    const { caller } = request;
    if (!access || !caller || access.scope === 'public') return;
    const params = request.params as { id?: number };
    if (caller.kind === 'session') {
      const elsewhere = access.scope === 'sessions' && params.id !== undefined && params.id !== caller.sessionId;
      if (elsewhere) throw new AppError('session-not-found');
      await requireEmbedOrigin(deps, caller, { origin: request.headers.origin, host: request.host });
      if (!access.sessionToken) throw new AppError('scope-missing');
      return;
    }
    if (access.scope === 'any' || mayUse(caller, access.scope)) return;
    if (access.find && params.id !== undefined) await access.find(caller.user.id, { id: params.id });
    throw new AppError('scope-missing');
  });
}

/** Counts a request that no route takes: by its caller, or else by its address. */
export async function countUnrouted(deps: AccessDeps, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const caller = await authenticate(deps, credentialsOf(request)).catch((error: unknown) => {
    if (error instanceof AppError) return undefined;
    throw error;
  });
  const [bucket, limit] = caller ? bucketOf(caller, deps.rateLimits) : [`address:${request.ip}`, deps.rateLimits.address];
  await takeFrom(deps, request, reply, bucket, limit);
}

/** The caller of a route that is not public. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error('The route is public: it has no caller');
  return request.caller;
}

function credentialsOf(request: FastifyRequest) {
  const apiKey = request.headers['x-api-key'];
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (typeof apiKey === 'string' && apiKey !== '') return { apiKey, bearerToken: bearer };
  // OpenAI's clients, which the speech endpoints are made for, know no other header.
  return bearer !== undefined && API_KEY.test(bearer) ? { apiKey: bearer } : { bearerToken: bearer };
}

/** How the keys begin that this server makes; its tokens begin otherwise. */
const API_KEY = /^ah_(live|test)_/;

/** The bucket that counts a caller's requests, and how many a minute it holds. */
export function bucketOf(caller: Caller, limits: RateLimits): [bucket: string, limit: number] {
  switch (caller.kind) {
    case 'api-key':
      return [`key:${caller.keyId}`, caller.rateLimit ?? limits.apiKey];
    case 'user':
      return [`user:${caller.user.id}`, limits.user];
    case 'session':
      return [`session:${caller.sessionId}`, limits.session];
  }
}

async function takeFrom(
  deps: AccessDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  bucket: string,
  limit: number,
): Promise<void> {
  const allowance = await deps.rateLimiter.take(bucket, limit);
  if (!allowance) return;
  void reply.header('x-ratelimit-limit', allowance.limit);
  void reply.header('x-ratelimit-remaining', allowance.remaining);
  void reply.header('x-ratelimit-reset', allowance.resetAt);
  if (allowance.allowed) return;
  request.log.debug({ bucket: bucket.split(':')[0] }, 'rate limited');
  throw new AppError('rate-limited', undefined, { retryAfterSeconds: allowance.retryAfterSeconds });
}
