import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MARKER } from './harness/api-client.ts';
import { gate } from './harness/gate.ts';
import { gone } from './harness/processes.ts';
import { cleanUp, type Exit, environmentOf, type Product, startProduct } from './harness/product.ts';
import { heard, heardOf, type Provider, startProvider } from './harness/provider.ts';
import { until } from './harness/until.ts';

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.close());
beforeEach(() => void provider.requests.splice(0));
afterEach(cleanUp);

/** The bound that the issue states. */
const STOPPED_WITHIN_MS = 5_000;
/** The 3 s that the issue states, on a machine where Node by itself takes 45 ms. */
const READY_WITHIN_BARE_STARTS = 67;

const start = (options: { dataDir?: string; settings?: Record<string, unknown> } = {}) =>
  startProduct({ env: provider.env, ...options });

/** A product with one chat in which two sentences were said. */
async function withChat(): Promise<{ product: Product; id: number }> {
  provider.script(heard());
  const product = await start();
  const { session_id: id } = await product.api.createSession(await product.api.createAgent());
  await product.api.send(id, `${MARKER} one`, { key: 'one', streamed: true });
  return { product, id };
}

/** The chat goes on with everything that was said. */
async function goesOn(product: Product, id: number, heardMessages: number): Promise<void> {
  provider.script(heard());
  expect((await product.api.session(id)).status).toBe('active');
  const outcome = await product.api.send(id, `${MARKER} on`, { key: 'on', streamed: false });
  expect(outcome).toMatchObject({ type: 'answered', reply: { content: `Heard ${heardMessages}: ${MARKER} on` } });
}

const requestsOf = (text: string) => provider.requests.filter(({ body }) => body.messages?.at(-1)?.content === text);

describe('a server that is started again', () => {
  it('is ready within the time in which Node alone starts 67 times', async () => {
    const first = await start();
    const { dataDir } = first;
    let { stop } = first;
    const starts: number[] = [];
    const bare: number[] = [];
    // The quickest of three: other programs may be busy on this machine.
    for (let n = 0; n < 3; n++) {
      await stop();
      const from = performance.now();
      await promisify(execFile)(process.execPath, ['-e', '0']);
      bare.push(performance.now() - from);
      const again = await start({ dataDir });
      starts.push(Math.round(again.readyMs));
      stop = again.stop;
    }
    console.log(`Later starts: /readyz after ${starts} ms; Node alone: ${bare.map(Math.round)} ms`);
    expect(Math.min(...starts)).toBeLessThan(READY_WITHIN_BARE_STARTS * Math.min(...bare));
  });

  it('ends what passed its deadline meanwhile with server-recovered, and leaves the rest alone', async () => {
    const settings = { sessions: { idle_timeout_seconds: 1 } };
    const first = await start({ settings });
    const agent = await first.api.createAgent();
    const patient = await first.api.createAgent({ properties: { limits: { idle_timeout_seconds: 600 } } });
    const [over, live] = [await first.api.createSession(agent), await first.api.createSession(patient)];
    await first.kill9();
    // Nothing runs that could be asked: the deadline passes in real time.
    await pause(1_100);

    const { api } = await start({ dataDir: first.dataDir, settings });
    expect(await api.session(over.session_id)).toMatchObject({ status: 'completed', end_reason: 'server-recovered' });
    expect(await api.session(live.session_id)).toMatchObject({ status: 'active', end_reason: null });
    const next = await api.createSession(agent);
    const ended = await until('the next one to fall silent', async () => {
      const session = await api.session(next.session_id);
      return session.status === 'completed' ? session : undefined;
    });
    expect(ended.end_reason).toBe('idle-timeout');
  });
});

describe.each([
  ['Ctrl-C', (product: Product) => product.ctrlC()],
  ['SIGTERM', (product: Product) => product.stop()],
])('a server stopped by %s', (_name, stop) => {
  it('finishes the reply in hand, exits with 0, and its chats go on after the next start', async () => {
    const { product, id } = await withChat();
    const rest = gate();
    provider.script(({ body }) => ({
      tokens: heardOf(body.messages ?? []),
      gate: (token) => (token === 1 ? rest.passed : undefined),
    }));
    const reply = product.api.send(id, `${MARKER} two`, { key: 'two', streamed: true });
    await until('the reply to begin', () => requestsOf(`${MARKER} two`).length > 0);
    const stopped = stop(product);
    await until('the server to say so', () => product.output().includes('Stopping'));
    rest.pass();
    expect(await reply).toMatchObject({ type: 'answered', reply: { content: `Heard 5: ${MARKER} two`, interrupted: false } });
    cleanExit(await stopped);
    await goesOn(await start({ dataDir: product.dataDir }), id, 7);
  });

  it('is not held up by a provider that hangs: the client is told, and a retry after the start is answered', async () => {
    const { product, id } = await withChat();
    provider.script(() => ({ hang: 'before-first-token' }));
    const reply = product.api.send(id, `${MARKER} two`, { key: 'two', streamed: true });
    await until('the provider to hang', () => requestsOf(`${MARKER} two`).length > 0);
    const workers = product.workers();
    cleanExit(await stop(product));
    expect(await reply).toMatchObject({ type: 'refused', code: 'server-restarting' });
    await gone(workers, 100);

    provider.script(heard());
    const next = await start({ dataDir: product.dataDir });
    const retried = await next.api.send(id, `${MARKER} two`, { key: 'two', streamed: true });
    expect(retried).toMatchObject({ type: 'answered', reply: { content: `Heard 5: ${MARKER} two` } });
    await goesOn(next, id, 7);
  });

  it('tells who writes meanwhile that it is restarting', async () => {
    const { product, id } = await withChat();
    const rest = gate();
    provider.script(() => ({ tokens: 'late', gate: () => rest.passed }));
    const reply = product.api.send(id, `${MARKER} two`, { key: 'two', streamed: true });
    await until('the reply to begin', () => requestsOf(`${MARKER} two`).length > 0);
    const stopped = stop(product);
    await until('the server to say so', () => product.output().includes('Stopping'));
    const refused = await product.api.send(id, `${MARKER} three`, { key: 'three', streamed: false });
    expect(refused).toMatchObject({ status: 503, code: 'server-restarting' });
    rest.pass();
    await reply;
    cleanExit(await stopped);
  });
});

describe('npm run stop', () => {
  const stopCommand = fileURLToPath(new URL('../scripts/stop.mjs', import.meta.url));
  const run = (product: Product, ...options: string[]) =>
    promisify(execFile)(process.execPath, [stopCommand, ...options], { env: environmentOf({ dataDir: product.dataDir }) });
  const stop = async (product: Product, ...options: string[]) =>
    expect((await run(product, ...options)).stdout).toBe('Stopped.\n');

  it('stops the server of the data folder and leaves its chats live', async () => {
    const { product, id } = await withChat();
    cleanExit(await product.ended(() => stop(product)));
    await goesOn(await start({ dataDir: product.dataDir }), id, 5);
  });

  it('--end-sessions ends them with shutdown, also in the middle of a reply', async () => {
    const { product, id } = await withChat();
    provider.script(({ body }) => ({ tokens: heardOf(body.messages ?? []), breakAfter: { tokens: 2, how: 'hang' } }));
    const reply = product.api.send(id, `${MARKER} two`, { key: 'two', streamed: true });
    await until('the reply to begin', () => requestsOf(`${MARKER} two`).length > 0);
    cleanExit(await product.ended(() => stop(product, '--end-sessions')));
    expect(await reply).toMatchObject({ type: 'answered', reply: { interrupted: true } });
    const { api } = await start({ dataDir: product.dataDir });
    expect(await api.session(id)).toMatchObject({ status: 'completed', end_reason: 'shutdown' });
  });

  it('says so where no server runs', async () => {
    const product = await start();
    await product.kill9();
    await expect(run(product)).rejects.toMatchObject({
      code: 1,
      stderr: `No server runs in ${product.dataDir}; name its folder with VISAVIS_DATA_DIR.\n`,
    });
  });
});

function cleanExit(exit: Exit): void {
  expect(exit, exit.stderr).toMatchObject({ code: 0, signal: null, stderr: '' });
  expect(exit.milliseconds).toBeLessThan(STOPPED_WITHIN_MS);
}
