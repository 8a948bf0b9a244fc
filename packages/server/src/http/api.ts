import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { SecretBox } from '../core/access/secrets.ts';
import type { Tokens } from '../core/access/tokens.ts';
import type { Now } from '../core/clock.ts';
import type { Storage } from '../core/stores.ts';
import type { CreateOnce } from './idempotency.ts';

/** Fastify, its requests and answers typed by Zod schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the server puts behind the routes; `compose.ts` chooses it. */
export interface ApiDeps {
  storage: Storage;
  tokens: Tokens;
  /** Seals provider keys and kept answers. */
  box: SecretBox;
  now: Now;
  /** Absolute, without a slash at its end. */
  publicUrl: string;
}

/** What a group of routes gets. */
export interface Api extends ApiDeps {
  app: App;
  createOnce: CreateOnce;
}
