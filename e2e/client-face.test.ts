import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureSpeechModels, userModelsDir } from '../packages/server/src/testing/test-model.ts';
import { CHROMIUM, openBrowser, WATCHABLE_CANVASES } from './harness/browser.ts';
import { cleanUp, type Product, startProduct } from './harness/product.ts';
import { type Provider, startProvider } from './harness/provider.ts';
import { speaks } from './harness/speech.ts';
import { until } from './harness/until.ts';

const models = await ensureSpeechModels();
const GREETING =
  'Hello there! Banana pancakes, maple syrup and a big cup of coffee: what would you like for breakfast this morning?';

/** A server that draws no faces at all, its real voice, and a real browser. */
describe.skipIf(!models.store || !existsSync(CHROMIUM))('a server without room for faces', () => {
  let provider: Provider;
  let product: Product;
  let browser: Browser;
  let link: string;

  beforeAll(async () => {
    provider = await startProvider(() => ({ tokens: 'Fine.' }));
    product = await startProduct({
      env: { ...provider.env, VISAVIS_STT: undefined, VISAVIS_TTS: undefined, VISAVIS_MODELS_DIR: userModelsDir() },
      settings: { sessions: { concurrent: 100_000 }, most_faces: 0 },
    });
    const agentId = await product.api.createAgent({ name: 'Museum', custom_greeting: GREETING });
    await until(
      'a voice and a face to be there',
      async () => {
        if (!(await speaks(product))) return false;
        const wish = { agent_id: agentId, session_type: 'agent_video' };
        const { session } = await product.api.ok<{ session: { warnings: string[] } }>('POST', 'sessions', wish);
        return !session.warnings.includes('voice-unavailable') && !session.warnings.includes('video-unavailable');
      },
      120_000,
    );
    const { url } = await product.api.ok<{ url: string }>('POST', `agents/${agentId}/try-links`);
    link = `${product.url}${new URL(url).pathname}${new URL(url).hash}`;
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await provider?.close();
    await cleanUp();
  });

  it('is seen all the same: the page draws the face, whose lips move with the voice', { timeout: 120_000 }, async () => {
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    await page.addInitScript(WATCHABLE_CANVASES);
    await page.goto(link);
    await page.getByRole('button', { name: 'Face to face' }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('Connected', { exact: true }).waitFor();
    const { speaking, silent } = (await page.evaluate(WATCH)) as Record<'speaking' | 'silent', { looks: number; moved: number }>;
    expect(speaking.looks).toBeGreaterThan(40);
    expect(silent.looks).toBeGreaterThan(10);
    expect(speaking.moved).toBeGreaterThan(2 * silent.moved);
    // Nothing is said of it.
    expect(await page.locator('#notice').isVisible()).toBe(false);
    expect(await page.locator('#face-note').textContent()).toBe('');
  });
});

/** For 12 s: how much the mouth's place changes from look to look, while the voice is heard and while it is not. */
const WATCH = `(async () => {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(document.getElementById('audio').srcObject).connect(analyser);
  const samples = new Float32Array(1024);
  const drawn = document.getElementById('drawn');
  const copy = new OffscreenCanvas(512, 512).getContext('2d', { willReadFrequently: true });
  const looks = [];
  const began = performance.now();
  let before;
  while (performance.now() - began < 12000) {
    await new Promise((resolve) => setTimeout(resolve, 40));
    analyser.getFloatTimeDomainData(samples);
    const loud = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    copy.drawImage(drawn, 0, 0, 512, 512);
    const { data } = copy.getImageData(200, 270, 112, 90);
    let moved = 0;
    if (before) for (let n = 0; n < data.length; n += 4) moved += Math.abs(data[n] - before[n]);
    before = data;
    looks.push({ at: performance.now(), loud, moved: moved / (data.length / 4) });
  }
  const mean = (list) => list.reduce((a, b) => a + b, 0) / Math.max(1, list.length);
  const near = (look) => looks.filter((other) => Math.abs(other.at - look.at) < 250);
  const speaking = looks.filter((look) => mean(near(look).map(({ loud }) => loud)) > 0.01);
  const silent = looks.slice(75).filter((look) => Math.max(...near(look).map(({ loud }) => loud)) < 0.002);
  await context.close();
  const of = (some) => ({ looks: some.length, moved: mean(some.map(({ moved }) => moved)) });
  return { speaking: of(speaking), silent: of(silent) };
})()`;
