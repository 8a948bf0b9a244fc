import { existsSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureSpeechModels, userModelsDir } from '../packages/server/src/testing/test-model.ts';
import { connectPeer } from '../packages/server/src/testing/webrtc-peer.ts';
import { CHROMIUM, openBrowser } from './harness/browser.ts';
import { createCall } from './harness/caller.ts';
import { cleanUp, type Product, startProduct } from './harness/product.ts';
import { type Provider, startProvider } from './harness/provider.ts';
import { speaks } from './harness/speech.ts';
import { until } from './harness/until.ts';

const models = await ensureSpeechModels();
const GREETING =
  'Welcome to the museum. We open at nine in the morning and close at five. On Sundays there is a guided tour through the old ' +
  'halls, and children may come for free. Ask me whatever you like about the paintings, the garden or the way to get here.';

/** The real voice, the built-in face, the worker's render thread, WebRTC and a real browser that shows it. */
describe.skipIf(!models.store || !existsSync(CHROMIUM))('a person who sees the agent in a browser', () => {
  let provider: Provider;
  let product: Product;
  let agentId: number;

  const tryLink = async () => {
    const { url } = await product.api.ok<{ url: string }>('POST', `agents/${agentId}/try-links`);
    return `${product.url}${new URL(url).pathname}${new URL(url).hash}`;
  };

  beforeAll(async () => {
    provider = await startProvider(() => ({ tokens: 'Yes.' }));
    product = await startProduct({
      env: { ...provider.env, VISAVIS_STT: undefined, VISAVIS_TTS: undefined, VISAVIS_MODELS_DIR: userModelsDir() },
      settings: { sessions: { concurrent: 100_000 }, workers: 2, most_faces: 2 },
    });
    agentId = await product.api.createAgent({ name: 'Museum', custom_greeting: GREETING });
    await until('the voice to be there', () => speaks(product), 90_000);
  });
  afterAll(async () => {
    await provider?.close();
    await cleanUp();
  });

  it('gets about 25 pictures a second while it speaks, and hears it without a break as the picture goes and comes', {
    timeout: 120_000,
  }, async () => {
    const browser = await openBrowser();
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(await tryLink());
    await page.getByRole('button', { name: 'Face to face' }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('Speaking', { exact: true }).waitFor();
    await until('the first picture', async () => (await shown(page)).frames > 0);

    const before = await shown(page);
    await until('four seconds of pictures', async () => (await shown(page)).seconds > before.seconds + 4);
    const after = await shown(page);
    const fps = (after.frames - before.frames) / (after.seconds - before.seconds);
    // Where the machine has much else to do, fewer come; where that lasts, the server shows less and says so.
    const isBusy = (await page.locator('#face-note').textContent()) !== '' || (loadavg()[0] ?? 0) > 2 * availableParallelism();
    expect(fps).toBeGreaterThan(isBusy ? 1 : 20);
    expect(fps).toBeLessThan(26.5);
    expect([after.width, after.height]).toEqual([512, 512]);

    await page.getByRole('button', { name: 'Face to face' }).click();
    await page.locator('#stage').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Face to face' }).click();
    await until('pictures again', async () => (await shown(page)).frames > 0);
    expect(await page.locator('#activity').textContent()).toBe('Speaking');
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByText('You ended the conversation.').waitFor();
    await browser.close();
  });

  it('is moved to a worker that has room for the face, where its own has none, and goes on there', {
    timeout: 120_000,
  }, async () => {
    const others: Array<{ id: number; peer: { close(): void } }> = [];
    const joinOther = async () => {
      const { session_id: id } = await createCall(product, agentId, 'agent_video');
      const answer = async (sdp: string) =>
        (await product.api.ok<{ sdp: string }>('POST', `sessions/${id}/connect`, { sdp })).sdp;
      others.push({ id, peer: await connectPeer({ video: true, keep: false, answer }) });
    };
    // One worker has a face; the page talks at the other one; then that one has a face, too, and the first one no more.
    await joinOther();
    const browser = await openBrowser();
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(await tryLink());
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('Speaking', { exact: true }).waitFor();
    await joinOther();
    await product.api.endSession((others[0] as { id: number }).id);

    await page.getByRole('button', { name: 'Face to face' }).click();
    await until('pictures of the server', async () => (await shown(page)).frames > 10, 60_000);
    const { sessions } = await product.api.ok<{ sessions: Array<{ session_id: number; status: string }> }>(
      'GET',
      'sessions?limit=5',
    );
    const mine = sessions.find(({ session_id, status }) => status === 'active' && others.every(({ id }) => id !== session_id));
    await product.api.send(mine?.session_id ?? 0, 'Are you there?', { key: 'moved', streamed: false });
    // What was said before it moved is kept as it was heard, and not said again.
    expect(await product.api.messages(mine?.session_id ?? 0)).toMatchObject([
      { role: 'assistant', interrupted: true },
      { role: 'user', content: 'Are you there?' },
      { role: 'assistant', content: 'Yes.' },
    ]);
    expect(provider.requests.at(-1)?.body.messages).toHaveLength(3);
    for (const { peer } of others) peer.close();
    await browser.close();
  });
});

/** Pictures that the video element has shown, and how long it has played. */
async function shown(page: Page): Promise<{ frames: number; seconds: number; width: number; height: number }> {
  return page.evaluate(`(() => {
    const screen = document.getElementById('screen');
    const { totalVideoFrames, droppedVideoFrames } = screen.getVideoPlaybackQuality();
    return { frames: totalVideoFrames - droppedVideoFrames, seconds: screen.currentTime, width: screen.videoWidth, height: screen.videoHeight };
  })()`);
}
