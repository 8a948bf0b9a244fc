import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSocket, watch } from '../packages/server/src/testing/drive-client.ts';
import { ensureSpeechModels, userModelsDir } from '../packages/server/src/testing/test-model.ts';
import { loudness } from '../packages/server/src/testing/webrtc-peer.ts';
import { cleanUp, type Product, startProduct } from './harness/product.ts';
import { until } from './harness/until.ts';

const models = await ensureSpeechModels();

/** The built product with its own voices: a program that has nothing but texts. */
describe.skipIf(!models.store)('a driven face that says texts', () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct({
      env: { VISAVIS_STT: undefined, VISAVIS_TTS: undefined, VISAVIS_MODELS_DIR: userModelsDir() },
    });
    await until(
      'the voices to be there',
      async () =>
        (await product.api.ok<{ voices: Array<{ available: boolean }> }>('GET', 'voices')).voices.some(
          ({ available }) => available,
        ),
      90_000,
    );
  });
  afterAll(cleanUp);

  it('speaks with the local voice, and shows it, one text after the other', { timeout: 120_000 }, async () => {
    const agentId = await product.api.createAgent({ name: 'Face' });
    const { session } = await product.api.ok<{
      session: { session_id: number; session_token: string; warnings: string[] };
    }>('POST', 'sessions', { agent_id: agentId, session_type: 'webrtc_video', video: { height: 256 } });
    expect(session.warnings).not.toContain('voice-unavailable');
    const client = await openSocket(`${product.url.replace('http', 'ws')}/api/v1/webrtc?session_token=${session.session_token}`);
    const watcher = await watch(client, session.session_id);
    let height = 0;
    watcher.onSeen((picture) => {
      height = picture.height;
    });
    client.send({ type: 'agent.say', text: 'Good morning to you.' });
    client.send({ type: 'agent.say', text: 'The museum opens at nine.' });
    for (let n = 0; n < 2; n++) {
      await client.next('agent.speech.started');
      const { played_ms, interrupted } = await client.next('agent.speech.ended');
      expect(interrupted).toBe(false);
      expect(played_ms).toBeGreaterThan(700);
      expect(played_ms).toBeLessThan(5_000);
    }
    const loudMs = 10 * watcher.heard.filter(({ samples }) => loudness(samples) > 500).length;
    expect(loudMs).toBeGreaterThan(1_000);
    // The session's own wish, which this socket has no other way to tell.
    await expect.poll(() => height, { timeout: 10_000 }).toBe(256);
    expect(client.told.filter(({ type }) => type === 'error')).toEqual([]);
    watcher.close();
    client.close();
  });
});
