import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { SecretBox } from '../core/access/secrets.ts';
import type { Now } from '../core/clock.ts';
import { AppError, invalid } from '../core/errors.ts';
import type { Storage, Stores } from '../core/stores.ts';

export interface Answer {
  status: number;
  body: object;
}

/** Runs a creating request once per `Idempotency-Key`: its writes and its kept answer are one transaction. */
export type CreateOnce = (
  request: FastifyRequest,
  userId: number,
  work: (stores: Stores) => Promise<Answer>,
  options?: {
    /** What is compared where the key comes again; default: the JSON body's hash. */
    bodyHash?: string;
    /** Who sends it, where that is not `userId`: the same key of somebody else is another key. */
    sender?: string;
  },
) => Promise<Answer>;

export function createIdempotency(deps: { storage: Storage; box: SecretBox; now: Now }): CreateOnce {
  return async (request, userId, work, { bodyHash: givenHash, sender } = {}) => {
    const key = idempotencyKeyOf(request);
    if (key === undefined) return deps.storage.write(work);
    const path = request.url.replace(/^\/(api\/)?v1|\?.*$/g, '') + (sender === undefined ? '' : `#${hashBody(sender)}`);
    const bodyHash = givenHash ?? hashBody(request.body);

    const once = () =>
      deps.storage.write(async (stores): Promise<Answer> => {
        const kept = await stores.idempotency.find(userId, path, key);
        if (kept) {
          if (kept.bodyHash !== bodyHash) throw new AppError('idempotency-mismatch');
          return { status: kept.status, body: JSON.parse(deps.box.open(kept.sealedBody)) as object };
        }
        const answer = await work(stores);
        const sealedBody = deps.box.seal(JSON.stringify(answer.body));
        await stores.idempotency.insert(userId, path, key, { bodyHash, status: answer.status, sealedBody }, deps.now());
        return answer;
      });
    // Where several servers share a database, the same key can be in flight on another one: then its answer stands.
    return once().catch((error: unknown) => (isUniqueViolation(error) ? once() : Promise.reject(error)));
  };
}

/** The request's `Idempotency-Key`: 1 to 255 printable characters. */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw invalid('Idempotency-Key', 'must be 1 to 255 printable ASCII characters');
  }
  return key;
}

/** Hash of a body, whatever the order of its keys. */
export function hashBody(body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(body)) ?? '')
    .digest('base64url');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

function isUniqueViolation(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE';
}
