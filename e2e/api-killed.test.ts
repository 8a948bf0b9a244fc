import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { killRounds } from './harness/kill-rounds.ts';
import { gone } from './harness/processes.ts';
import { beginStart, cleanUp, startProduct, temporaryFolder } from './harness/product.ts';
import { heard, type Provider, startProvider } from './harness/provider.ts';
import { loggedRandom } from './harness/random.ts';
import { until } from './harness/until.ts';

const ROUNDS = 30;

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.close());
afterEach(cleanUp);

describe('the server killed with -9', () => {
  it(`loses and doubles nothing that it has acknowledged, ${ROUNDS} times under 50 messages a second`, async () => {
    const random = loggedRandom('kill -9 of the server');
    provider.script(heard(() => (random.chance(0.7) ? 0 : random.integer(1, 15))));
    const dataDir = temporaryFolder();
    const settings = { sessions: { concurrent: 100_000 } };
    const start = () => startProduct({ env: provider.env, settings, dataDir });
    const counts = await killRounds({ rounds: ROUNDS, random, start });
    expect(counts.acknowledged).toBeGreaterThan(ROUNDS * 3);
    expect(counts.retried).toBeGreaterThan(0);
  }, 240_000);

  it('at any moment of its start leaves no process behind, and the next start succeeds', async () => {
    const random = loggedRandom('kill -9 during the start');
    const dataDir = temporaryFolder();
    for (let round = 1; round <= 6; round++) {
      const starting = beginStart({ env: { ...provider.env, VISAVIS_WORKERS: '2' }, dataDir });
      const killAt = performance.now() + random.integer(100, 2_500);
      await until('the moment of the kill', () => performance.now() > killAt);
      const workers = starting.children();
      starting.kill9();
      await starting.exited;
      await gone(workers, 2_000);
    }
    const { api } = await startProduct({ env: provider.env, dataDir });
    await api.createSession(await api.createAgent());
  });
});
