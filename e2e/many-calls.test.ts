import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureSpeechModels, userModelsDir } from '../packages/server/src/testing/test-model.ts';
import { createCall } from './harness/caller.ts';
import { type Peers, startPeers } from './harness/peers.ts';
import { cleanUp, type Product, startProduct } from './harness/product.ts';
import { type Provider, startProvider } from './harness/provider.ts';
import { until } from './harness/until.ts';

const models = await ensureSpeechModels();

/** One after the other: those who end their session, those who leave, those who are killed. */
const ENDS = ['ended', 'left', 'killed'] as const;
const ROUNDS = 10;
const EACH = 10;

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.close());
afterEach(cleanUp);

describe.skipIf(!models.store)(`${ROUNDS * EACH * ENDS.length} calls, a third of whose clients are killed`, () => {
  it('leave nothing behind, and every session has the reason it ended for', { timeout: 600_000 }, async () => {
    const product = await startProduct({
      env: { ...provider.env, VISAVIS_STT: undefined, VISAVIS_TTS: undefined, VISAVIS_MODELS_DIR: userModelsDir() },
      settings: { sessions: { concurrent: 100_000 } },
    });
    const agentId = await product.api.createAgent({ custom_greeting: null, properties: { limits: { rejoin_seconds: 5 } } });
    await until(
      'the ears to be there',
      async () => {
        const { session } = await product.api.ok<{ session: { warnings: string[] } }>('POST', 'sessions', { agent_id: agentId });
        await product.api.endSession((session as never as { session_id: number }).session_id);
        return !session.warnings.includes('voice-unavailable');
      },
      60_000,
    );
    const [worker] = product.workers() as [number];
    const expected = new Map<number, string>();

    const round = async () => {
      const [staying, doomed] = [startPeers(), startPeers()];
      for (const end of ENDS) {
        const peers: Peers = end === 'killed' ? doomed : staying;
        for (let n = 0; n < EACH; n++) {
          const { session_id } = await createCall(product, agentId);
          await peers.join(product, session_id).catch((error: unknown) => {
            console.log(
              product
                .output()
                .split('\n')
                .filter((line) => /lost|"level":50/.test(line)),
            );
            throw error;
          });
          if (end === 'ended') await product.api.endSession(session_id);
          if (end === 'left') await peers.leave(session_id);
          expected.set(session_id, end === 'ended' ? 'ended-by-client' : 'client-gone');
        }
      }
      await Promise.all([doomed.kill(), staying.stop()]);
      await until('all sessions of the round to end', async () => (await hosted(product)) === 0, 60_000);
    };

    await round();
    const before = stateOf(worker);
    for (let n = 1; n < ROUNDS; n++) await round();
    const after = await until('handles to be given back', () => {
      const now = stateOf(worker);
      return now.files <= before.files + 5 && now.threads <= before.threads + 5 ? now : undefined;
    });
    console.log('after the first round', before, 'after the last', after);
    expect(product.workers()).toEqual([worker]);
    expect(after.megabytes).toBeLessThan(before.megabytes * 1.5 + 50);
    const sessions = await product.api.sessions();
    const wrong = [];
    for (const { session_id, status } of sessions) {
      const reason = expected.get(session_id);
      if (reason === undefined) continue;
      const { end_reason } = await product.api.session(session_id);
      if (status !== 'completed' || end_reason !== reason) wrong.push([session_id, status, end_reason, reason]);
    }
    expect(wrong, JSON.stringify(wrong)).toEqual([]);
  });
});

/** Conversations that the workers hold. */
async function hosted(product: Product): Promise<number> {
  const page = await (await fetch(`${product.url}/metrics`)).text();
  return Number(/^visavis_conversations_hosted (\d+)$/m.exec(page)?.[1]);
}

/** What a process has open. Linux, proc(5). */
function stateOf(pid: number) {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return {
    files: readdirSync(`/proc/${pid}/fd`).length,
    threads: Number(/Threads:\s+(\d+)/.exec(status)?.[1]),
    megabytes: Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024),
  };
}
