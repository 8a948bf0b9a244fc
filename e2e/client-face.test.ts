import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureSpeechModels, userModelsDir } from '../packages/server/src/testing/test-model.ts';
import { CHROMIUM, openBrowser, WATCHABLE_CANVASES } from './harness/browser.ts';
import { type Account, accessibilityProblems, setUpAccount, signIn } from './harness/console.ts';
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
  let agentId: number;
  let account: Account | undefined;
  const refused: string[] = [];

  beforeAll(async () => {
    provider = await startProvider(() => ({ tokens: 'Fine.' }));
    product = await startProduct({
      env: { ...provider.env, VISAVIS_STT: undefined, VISAVIS_TTS: undefined, VISAVIS_MODELS_DIR: userModelsDir() },
      settings: { sessions: { concurrent: 100_000 }, most_faces: 0 },
    });
    agentId = await product.api.createAgent({ name: 'Museum', custom_greeting: GREETING });
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

  it('is seen in the console, too, under its policy: a call is drawn by the page', { timeout: 120_000 }, async () => {
    const page = await consolePage();
    await page.goto(`${product.url}/agents/${agentId}/talk?mode=video`);
    const drawn = page.locator('canvas[role=img]');
    await drawn.waitFor();
    await until('the face to move', async () => (await movedIn(page, 'canvas[role=img]')).mouth > 1, 60_000);
    expect(refused).toEqual([]);
    await page.context().close();
  });

  it('speaks a sentence in the gallery of avatars, its lips moving with what is heard', { timeout: 120_000 }, async () => {
    const page = await consolePage();
    await page.goto(`${product.url}/avatars?show=public`);
    await page.getByRole('button', { name: 'Open Clara', exact: true }).click();
    const drawer = page.getByRole('dialog', { name: 'Clara' });
    await drawer.getByRole('textbox', { name: 'Hear it speak' }).fill(GREETING);
    await drawer.getByRole('button', { name: 'Speak' }).click();
    await drawer.getByRole('img', { name: 'Clara, saying the sentence' }).waitFor();
    await drawer.getByRole('button', { name: 'Stop' }).waitFor();
    const { mouth, hair } = await movedIn(page, '[role=dialog] canvas');
    console.log(`mouth ${mouth}, hair ${hair}`);
    expect(mouth).toBeGreaterThan(2 * hair);
    expect(await accessibilityProblems(page)).toEqual([]);
    // When everything is said, the still picture is there again.
    await drawer.getByRole('button', { name: 'Speak' }).waitFor({ timeout: 60_000 });
    await drawer.getByRole('img', { name: 'Clara, saying the sentence' }).waitFor({ state: 'hidden' });
    expect(refused).toEqual([]);
    await page.context().close();
  });

  /** A page of the console for who is signed in; what its policy refuses is noted. */
  async function consolePage(): Promise<Page> {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await page.addInitScript(WATCHABLE_CANVASES);
    page.on('console', (message) => void (message.text().includes('Content Security Policy') && refused.push(message.text())));
    account ??= await setUpAccount(product);
    await signIn(page, product, account);
    return page;
  }
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

/** For 3 s: how much the mouth's place and the hair's change from look to look, in a drawn face. */
function movedIn(page: Page, canvas: string): Promise<{ mouth: number; hair: number }> {
  return page.evaluate(`(async () => {
    const copy = new OffscreenCanvas(512, 512).getContext('2d', { willReadFrequently: true });
    const places = { mouth: [200, 270, 112, 90], hair: [200, 40, 112, 90] };
    const sums = { mouth: 0, hair: 0 };
    const before = {};
    const began = performance.now();
    let looks = 0;
    for (; performance.now() - began < 3000; looks++) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      const drawn = document.querySelector(${JSON.stringify(canvas)});
      if (!drawn?.width) continue;
      copy.drawImage(drawn, 0, 0, 512, 512);
      for (const [name, place] of Object.entries(places)) {
        const { data } = copy.getImageData(...place);
        if (before[name]) for (let n = 0; n < data.length; n += 4) sums[name] += Math.abs(data[n] - before[name][n]) / (data.length / 4);
        before[name] = data;
      }
    }
    return { mouth: sums.mouth / looks, hair: sums.hair / looks };
  })()`);
}
