import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MARKER, type Outcome } from './harness/api-client.ts';
import { cleanUp, startProduct } from './harness/product.ts';
import { heard, type Provider, startProvider } from './harness/provider.ts';
import { mountSmallDisk, type SmallDisk } from './harness/small-disk.ts';
import { until } from './harness/until.ts';

let provider: Provider;
let disk: SmallDisk | string;
beforeAll(async () => {
  provider = await startProvider(heard());
});
afterAll(() => provider.close());
beforeEach(() => {
  disk = mountSmallDisk('12m');
});
afterEach(async () => {
  if (typeof disk !== 'string') disk.unmount();
  await cleanUp();
});

describe('a disk that becomes full while the server runs', () => {
  it('refuses with storage-full, keeps what it has acknowledged, and goes on when there is space again', async ({ skip }) => {
    if (typeof disk === 'string') return skip(disk);
    const product = await startProduct({ env: provider.env, dataDir: disk.path });
    const { api } = product;
    const agent = await api.createAgent();
    const { session_id: id } = await api.createSession(agent);
    const acknowledged = new Set<string>();
    const send = async (n: number): Promise<Outcome> => {
      const text = `${MARKER} ${n} ${'x'.repeat(8_000)}`;
      const outcome = await api.send(id, text, { key: `key-${n}`, streamed: n % 2 === 0 });
      if (outcome.type === 'answered') acknowledged.add(text);
      return outcome;
    };

    for (let n = 0; n < 5; n++) expect(await send(n)).toMatchObject({ type: 'answered' });
    disk.fill(40_000);
    let sent = 5;
    const refusal = await until('the disk to be full', async () => {
      const outcome = await send(sent++);
      return outcome.type === 'answered' ? undefined : outcome;
    });
    expect(refusal).toMatchObject({ type: 'refused', code: 'storage-full' });
    for (const streamed of [true, false]) {
      const again = await api.send(id, `${MARKER} again`, { key: `again-${streamed}`, streamed });
      expect(again).toMatchObject({ type: 'refused', status: 503, code: 'storage-full' });
    }
    const created = await api.call('POST', 'sessions', { agent_id: agent, session_type: 'agent_chat' });
    expect(created).toMatchObject({ status: 503, body: { success: false, code: 'storage-full' } });
    // Reading still works, and nothing that was acknowledged is missing.
    const texts = async () => (await api.messages(id)).filter(({ role }) => role === 'user').map(({ content }) => content);
    expect(new Set(await texts())).toEqual(new Set([...acknowledged, ...(await texts())]));
    expect((await api.call('GET', '/readyz')).status).toBe(200);

    disk.free();
    for (let n = 0; n < sent; n++) expect(await send(n)).toMatchObject({ type: 'answered' });
    expect((await texts()).sort()).toEqual([...acknowledged].sort());
    expect((await api.endSession(id)).status).toBe('completed');
    expect(await product.stop()).toMatchObject({ code: 0, stderr: '' });
  });

  it('can be stopped, and started again when there is space', async ({ skip }) => {
    if (typeof disk === 'string') return skip(disk);
    const product = await startProduct({ env: provider.env, dataDir: disk.path });
    const { session_id: id } = await product.api.createSession(await product.api.createAgent());
    expect(await product.api.send(id, `${MARKER} one`, { key: 'one', streamed: false })).toMatchObject({ type: 'answered' });
    disk.fill();
    expect(await product.stop()).toMatchObject({ code: 0, stderr: '' });
    disk.free();
    const next = await startProduct({ env: provider.env, dataDir: disk.path });
    expect((await next.api.messages(id)).map(({ role }) => role)).toEqual(['assistant', 'user', 'assistant']);
    await next.stop();
  });

  it('loses nothing when it is killed with -9 on the full disk', async ({ skip }) => {
    if (typeof disk === 'string') return skip(disk);
    const product = await startProduct({ env: provider.env, dataDir: disk.path });
    const { session_id: id } = await product.api.createSession(await product.api.createAgent());
    const answered: number[] = [];
    disk.fill(200_000);
    for (let n = 0; ; n++) {
      const outcome = await product.api.send(id, `${MARKER} ${n} ${'x'.repeat(4_000)}`, { key: `key-${n}`, streamed: false });
      if (outcome.type !== 'answered') break;
      answered.push(outcome.messageId, outcome.reply.message_id);
    }
    expect(answered.length).toBeGreaterThan(0);
    await product.kill9();
    disk.free();
    const next = await startProduct({ env: provider.env, dataDir: disk.path });
    const stored = (await next.api.messages(id)).map(({ message_id }) => message_id);
    expect(stored).toEqual(expect.arrayContaining(answered));
    await next.stop();
  });
});
