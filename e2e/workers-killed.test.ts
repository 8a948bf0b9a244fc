import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MARKER, type Outcome } from './harness/api-client.ts';
import { gate } from './harness/gate.ts';
import { cleanUp, type Product, startProduct } from './harness/product.ts';
import { heard, heardOf, type Provider, startProvider } from './harness/provider.ts';
import { loggedRandom } from './harness/random.ts';
import { createTraffic } from './harness/traffic.ts';
import { until } from './harness/until.ts';

const ROUNDS = 15;
const SETTINGS = { sessions: { concurrent: 100_000 } };

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.close());
afterEach(cleanUp);

const start = () => startProduct({ env: { ...provider.env, VISAVIS_WORKERS: '2' }, settings: SETTINGS });

describe('a worker killed with -9', () => {
  it(`loses no message and doubles no reply, ${ROUNDS} times under 50 messages a second`, async () => {
    const random = loggedRandom('kill -9 of workers');
    provider.script(heard(() => random.integer(5, 60)));
    const product = await start();
    const traffic = createTraffic(random, await product.api.createAgent());
    const lost = () => product.output().split('worker lost; starting another').length - 1;

    for (let round = 1; round <= ROUNDS; round++) {
      await until('a worker to be up', async () => product.workers().length > 0 && !(await workersReady(product, 0)));
      const stop = new AbortController();
      const running = traffic.run(product.api, stop.signal);
      const { messages } = traffic.counts;
      const killAt = messages + random.integer(15, 60);
      await until('some traffic', () => traffic.counts.messages >= killAt);
      kill(random.pick(product.workers()));
      await until('the server to notice', () => lost() === round);
      await until('more traffic', () => traffic.counts.messages >= killAt + 15);
      stop.abort();
      await running;
      await traffic.settle(product.api);
      await traffic.verify(product.api);
      await traffic.goOn(product.api);
    }
    await traffic.verify(product.api, 'all');
    console.log(`${ROUNDS} rounds ${JSON.stringify(traffic.counts)}`);
    expect(traffic.counts.retried).toBeGreaterThan(0);
  });

  it('ends the replies it made with worker-lost, and no others; a retry with the same key is answered once', async () => {
    const product = await start();
    await until('both workers to be up', () => workersReady(product, 2));
    const agent = await product.api.createAgent();
    const sessions = [await product.api.createSession(agent), await product.api.createSession(agent)];
    const rest = gate();
    provider.script(({ body }) => ({
      tokens: heardOf(body.messages ?? []),
      gate: (token) => (token === 2 ? rest.passed : undefined),
    }));

    const ended: Outcome[] = [];
    const replies = sessions.map(async ({ session_id: id }, index) => {
      const outcome = await product.api.send(id, `${MARKER} ${index}`, { key: `key-${index}`, streamed: true });
      ended.push(outcome);
      return outcome;
    });
    await until('both replies to be half made', () => provider.requests.filter(({ body }) => body.stream).length >= 2);
    kill(product.workers()[0]);
    await until('one of the replies to end', () => ended.length > 0);
    expect(ended).toEqual([expect.objectContaining({ type: 'refused', code: 'worker-lost' })]);
    rest.pass();
    const outcomes = await Promise.all(replies);
    expect(outcomes.map(({ type }) => type).sort()).toEqual(['answered', 'refused']);

    const lost = outcomes.findIndex(({ type }) => type === 'refused');
    const { session_id: id } = sessions[lost] as { session_id: number };
    const retried = await product.api.send(id, `${MARKER} ${lost}`, { key: `key-${lost}`, streamed: false });
    expect(retried).toMatchObject({ type: 'answered', messageId: outcomes[lost]?.messageId });
    const stored = await product.api.messages(id);
    expect(stored.map(({ role }) => role)).toEqual(['assistant', 'user', 'assistant']);
    expect(stored[2]?.content).toBe(`Heard 3: ${MARKER} ${lost}`);
    await until('both workers to be up again', () => workersReady(product, 2));
  });

  it('is waited for until the next one is up, by messages that come meanwhile', async () => {
    provider.script(heard());
    const product = await startProduct({ env: { ...provider.env, VISAVIS_WORKERS: '1' } });
    const { session_id: id } = await product.api.createSession(await product.api.createAgent());
    kill(product.workers()[0]);
    await until('the server to notice', () => workersReady(product, 0));
    expect((await product.api.call('GET', '/readyz')).status).toBe(503);
    expect(await product.api.send(id, `${MARKER} none`, { key: 'key', streamed: false })).toMatchObject({ type: 'answered' });
    expect((await product.api.messages(id)).map(({ role }) => role)).toEqual(['assistant', 'user', 'assistant']);
  });
});

function kill(pid: number | undefined): number {
  if (pid === undefined) throw new Error('There is no worker to kill');
  process.kill(pid, 'SIGKILL');
  return pid;
}

async function workersReady(product: Product, count: number): Promise<boolean> {
  const { body } = await product.api.call<string>('GET', '/metrics');
  return body.includes(`\nvisavis_workers_ready ${count}\n`);
}
