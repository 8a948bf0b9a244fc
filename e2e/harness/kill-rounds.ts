import { gone } from './processes.ts';
import type { Product } from './product.ts';
import type { Random } from './random.ts';
import { createTraffic, type Traffic } from './traffic.ts';

/** The bound for the workers of a server that was killed. */
const WORKERS_GONE_WITHIN_MS = 2_000;

/**
 * Kills the server with -9 at a random moment under traffic, starts it again at once, repeats what was not acknowledged
 * and compares; so many times. Throws at the first thing lost or doubled.
 */
export async function killRounds(options: {
  rounds: number;
  random: Random;
  start: () => Promise<Product>;
}): Promise<Traffic['counts']> {
  const { rounds, random, start } = options;
  let product = await start();
  const traffic = createTraffic(random, await product.api.createAgent());
  const starts: number[] = [];
  const workersGone: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const workers = product.workers();
    const stop = new AbortController();
    const running = traffic.run(product.api, stop.signal);
    const { kill9, exited } = product;
    setTimeout(() => void kill9(), random.integer(150, 900));
    await exited;
    stop.abort();
    const goneWithin = gone(workers, WORKERS_GONE_WITHIN_MS);
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
  console.log(
    `${rounds} rounds ${JSON.stringify(traffic.counts)}; ready again after ${spread(starts)}, workers gone after ${spread(workersGone)}`,
  );
  return traffic.counts;
}

function spread(milliseconds: number[]): string {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  return `${Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0)} ms (worst ${Math.round(sorted.at(-1) ?? 0)})`;
}
