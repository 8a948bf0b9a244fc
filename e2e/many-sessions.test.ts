import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MARKER } from './harness/api-client.ts';
import { resourcesOf } from './harness/processes.ts';
import { cleanUp, type Product, startProduct } from './harness/product.ts';
import { heard, type Provider, startProvider } from './harness/provider.ts';
import { until } from './harness/until.ts';

const AT_ONCE = 20;
/** With much memory V8 leaves garbage lying about for long; in a heap of this size only what is held stays. */
const HEAP_MB = 110;
/** Clients and the worker keep connections for their next requests, two for each of those that run at once at most. */
const KEPT_CONNECTIONS = 2 * AT_ONCE;
/** Measured: 12 MB in the worker and 20 in the server after 4000 sessions. */
const MORE_MB = 60;

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider(heard());
});
afterAll(() => provider.close());
afterEach(cleanUp);

describe('after 500 sessions', () => {
  it('the server and its worker hold what they held before', async () => {
    const product = await startProduct({ env: { ...provider.env, NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` } });
    const agent = await product.api.createAgent();
    // Connections, prepared statements, compiled code: what the first sessions bring stays.
    await sessions(product, agent, 100);
    const before = await footprint(product);
    await sessions(product, agent, 500);
    const after = await until('everything to be let go', async () => {
      const now = await footprint(product);
      const { hosted, live, handles, apiFiles, workerFiles } = now;
      const asBefore = [handles - before.handles, apiFiles - before.apiFiles, workerFiles - before.workerFiles];
      return hosted === 0 && live === 0 && asBefore.every((more) => more <= KEPT_CONNECTIONS) ? now : undefined;
    });
    console.log(`Before ${JSON.stringify(before)}, after 500 sessions ${JSON.stringify(after)}`);
    expect(after.workerMb - before.workerMb).toBeLessThan(MORE_MB);
    expect(after.apiMb - before.apiMb).toBeLessThan(MORE_MB);
    expect(product.output()).not.toMatch(/MaxListenersExceeded|unhandled rejection/);
    expect(product.workers()).toHaveLength(1);
  }, 240_000);
});

/** Creates, talks in and ends so many sessions, some of them in the middle of a reply. */
async function sessions({ api }: Product, agent: number, count: number): Promise<void> {
  let begun = 0;
  const one = async (): Promise<void> => {
    while (begun < count) {
      const n = begun++;
      const { session_id: id } = await api.createSession(agent);
      for (let message = 0; message < 2; message++) {
        const outcome = await api.send(id, `${MARKER} ${message}`, { key: `${message}`, streamed: n % 2 === 0 });
        expect(outcome.type).toBe('answered');
      }
      const last = n % 5 === 0 ? api.send(id, `${MARKER} last`, { key: 'last', streamed: true }) : undefined;
      expect((await api.endSession(id)).status).toBe('completed');
      await last;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

async function footprint(product: Product) {
  const { body } = await product.api.call<string>('GET', '/metrics');
  const metric = (name: string) =>
    [...body.matchAll(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'gm'))].reduce((sum, [, value]) => sum + Number(value), 0);
  const api = resourcesOf(product.pid);
  const worker = resourcesOf(product.workers()[0] as number);
  return {
    handles: metric('nodejs_active_handles_total'),
    hosted: metric('visavis_conversations_hosted'),
    live: metric('visavis_sessions_live'),
    apiFiles: api.files,
    workerFiles: worker.files,
    apiMb: Math.round(api.residentMb),
    workerMb: Math.round(worker.residentMb),
  };
}
