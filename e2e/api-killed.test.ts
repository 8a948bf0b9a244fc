import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { gone } from './harness/processes.ts';
import { cleanUp, type Product, startProduct, temporaryFolder } from './harness/product.ts';
import { heard, type Provider, startProvider } from './harness/provider.ts';
import { loggedRandom } from './harness/random.ts';
import { createTraffic } from './harness/traffic.ts';

const ROUNDS = 30;
const SETTINGS = { sessions: { concurrent: 100_000 } };

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
    const start = () => startProduct({ env: provider.env, settings: SETTINGS, dataDir });
    const first = await start();
    const traffic = createTraffic(random, await first.api.createAgent());
    const starts: number[] = [];
    const workersGone: number[] = [];

    let product: Product = first;
    for (let round = 1; round <= ROUNDS; round++) {
      const workers = product.workers();
      const stop = new AbortController();
      const running = traffic.run(product.api, stop.signal);
      const kill = setTimeout(() => void product.kill9(), random.integer(150, 900));
      await product.exited;
      clearTimeout(kill);
      stop.abort();
      const goneWithin = gone(workers, 2_000);
      await running;
      // The folder can be used at once, while the old workers are still noticing.
      product = await start();
      workersGone.push(await goneWithin);
      starts.push(product.readyMs);
      await traffic.settle(product.api);
      await traffic.verify(product.api);
      await traffic.goOn(product.api);
      await traffic.verify(product.api);
    }
    await traffic.verify(product.api, 'all');

    const worst = (values: number[]) => Math.round(Math.max(...values));
    const middle = (values: number[]) => Math.round(values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number);
    console.log(
      `${ROUNDS} rounds ${JSON.stringify(traffic.counts)}; ready again after ${middle(starts)} ms (worst ${worst(starts)}), ` +
        `workers gone after ${middle(workersGone)} ms (worst ${worst(workersGone)})`,
    );
    expect(traffic.counts.acknowledged).toBeGreaterThan(ROUNDS * 3);
    expect(traffic.counts.retried).toBeGreaterThan(0);
  }, 240_000);
});
