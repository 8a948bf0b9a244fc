import type { FastifyRequest } from 'fastify';
import { authenticate } from '../../core/access/authenticate.ts';
import { mayUse } from '../../core/access/caller.ts';
import { AppError } from '../../core/errors.ts';
import type { ApiDeps, App } from '../api.ts';

/** How the server is, for those that watch it. */
export interface Health {
  /** Migrated, listening, at least one worker up. */
  ready(): boolean;
  /** The local models that are in use or being brought, and their progress. */
  models(): Array<{ name: string; state: string; progress: number; error?: string }>;
}

/** What Prometheus reads. */
export interface MetricsPage {
  readonly contentType: string;
  render(): Promise<string>;
}

/** `/healthz`, `/readyz` and `/metrics`; none of them is part of the API. */
export function healthRoutes(app: App, deps: Pick<ApiDeps, 'storage' | 'tokens' | 'health' | 'metricsPage'>): void {
  const hidden = { schema: { hide: true } };

  app.get('/healthz', hidden, async () => ({ ok: true }));
  app.get('/readyz', hidden, async (_request, reply) => {
    const ready = deps.health.ready();
    return reply.code(ready ? 200 : 503).send({ ready, models: deps.health.models() });
  });
  app.get('/metrics', hidden, async (request, reply) => {
    await permitMetrics(deps, request);
    return reply.header('content-type', deps.metricsPage.contentType).send(await deps.metricsPage.render());
  });
}

/** Loopback may read the metrics; everybody else needs a key of scope `admin`. */
async function permitMetrics({ storage, tokens }: Pick<ApiDeps, 'storage' | 'tokens'>, request: FastifyRequest): Promise<void> {
  if (
    isLoopback(request.ip) &&
    isLoopback(request.socket.remoteAddress ?? '') &&
    request.headers['x-forwarded-for'] === undefined
  )
    return;
  const apiKey = request.headers['x-api-key'];
  const caller = await authenticate(
    { stores: storage.read, tokens },
    { apiKey: typeof apiKey === 'string' ? apiKey : undefined },
  );
  if (!mayUse(caller, 'admin')) throw new AppError('scope-missing');
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
