import { existsSync } from 'node:fs';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureSpeechModels } from '../packages/server/src/testing/test-model.ts';
import { CHROMIUM, WATCHABLE_CANVASES } from './harness/browser.ts';
import { type Account, accessibilityProblems, setUpAccount, signIn } from './harness/console.ts';
import { until } from './harness/until.ts';
import { launcher, lines, startWidgetWorld, WIDGET, type WidgetWorld, write } from './harness/widget-world.ts';

const models = await ensureSpeechModels();
const GREETING =
  'Hello there! Banana pancakes, maple syrup and a big cup of coffee: what would you like for breakfast this morning?';
/** Left and right of the picture behind the face, in red, green, blue. */
const [LEFT, RIGHT] = [
  [190, 40, 40],
  [40, 60, 170],
] as const;

/** A server that draws no faces at all, its real voice, and a real browser. */
describe.skipIf(!models.store || !existsSync(CHROMIUM))('a server without room for faces', () => {
  let world: WidgetWorld;
  let account: Account | undefined;
  const refused: string[] = [];
  /** An agent that is seen before a picture. */
  let pictured: number;

  beforeAll(async () => {
    world = await startWidgetWorld({ answer: 'Fine.', agent: { custom_greeting: GREETING }, settings: { most_faces: 0 } });
    pictured = await world.product.api.createAgent({
      name: 'Museum',
      avatar_id: 1,
      properties: { video: { background: 'image' } },
    });
    await putBehind(pictured);
  });
  afterEach(() => world.leave());
  afterAll(() => world?.close());

  /** Half red, half blue: wider than the face, so that it is cropped. */
  async function putBehind(agentId: number): Promise<void> {
    const half = ([r, g, b]: readonly [number, number, number]) => ({
      create: { width: 500, height: 600, channels: 3 as const, background: { r, g, b } },
    });
    const right = await sharp(half(RIGHT)).png().toBuffer();
    const wide = sharp({ create: { width: 1000, height: 600, channels: 3, background: { r: LEFT[0], g: LEFT[1], b: LEFT[2] } } });
    const picture = await wide
      .composite([{ input: right, left: 500, top: 0 }])
      .png()
      .toBuffer();
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(picture)], { type: 'image/png' }), 'room.png');
    const answer = await fetch(`${world.product.url}/api/v1/agents/${agentId}/background`, {
      method: 'POST',
      headers: { 'x-api-key': world.product.apiKey },
      body: form,
    });
    expect(answer.status).toBe(200);
  }

  async function callTryPage(agentId: number): Promise<Page> {
    const { url } = await world.product.api.ok<{ url: string }>('POST', `agents/${agentId}/try-links`);
    const page = await world.browser.newPage();
    page.setDefaultTimeout(60_000);
    await page.addInitScript(WATCHABLE_CANVASES);
    await page.goto(`${world.product.url}${new URL(url).pathname}${new URL(url).hash}`);
    await page.getByRole('button', { name: 'Face to face' }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('Connected', { exact: true }).waitFor();
    return page;
  }

  /** Waits until the canvas shows a face before the picture. */
  const seenBeforePicture = (page: Page, canvas: string) =>
    until(
      'the picture behind the face',
      async () => {
        const { left, right, middle } = (await page.evaluate(lookAt(canvas))) as Record<'left' | 'right' | 'middle', number[]>;
        const near = (one: readonly number[] = [], other: readonly number[] = []) =>
          one.every((value, at) => Math.abs(value - (other[at] ?? 0)) < 24);
        return near(left, LEFT) && near(right, RIGHT) && !near(middle, LEFT) && !near(middle, RIGHT);
      },
      60_000,
    );

  it('is seen all the same: the page draws the face, whose lips move with the voice', { timeout: 120_000 }, async () => {
    const page = await callTryPage(world.agentId);
    const { speaking, silent } = (await page.evaluate(WATCH)) as Record<'speaking' | 'silent', { looks: number; moved: number }>;
    expect(speaking.looks).toBeGreaterThan(40);
    expect(silent.looks).toBeGreaterThan(10);
    expect(speaking.moved).toBeGreaterThan(2 * silent.moved);
    // Nothing is said of it.
    expect(await page.locator('#notice').isVisible()).toBe(false);
    expect(await page.locator('#face-note').textContent()).toBe('');
    await page.close();
  });

  it('is seen before a picture of its own', { timeout: 120_000 }, async () => {
    const page = await callTryPage(pictured);
    await seenBeforePicture(page, "document.getElementById('drawn')");
    await page.close();
  });

  it('is seen so on somebody else’s page, under the policy of docs/embeds.md', { timeout: 120_000 }, async () => {
    const embed = await world.embedOf({ agent_id: pictured });
    const { page, troubles } = await world.visit({ embed, strict: true }, { script: WATCHABLE_CANVASES });
    await launcher(page).click();
    await page.getByRole('button', { name: 'Face to face' }).click();
    const canvas = `${WIDGET}.querySelector('canvas')`;
    await seenBeforePicture(page, canvas);
    // It lives: no picture is like the one before.
    const before = await page.evaluate(lookAt(canvas));
    await until('another picture', async () => JSON.stringify(await page.evaluate(lookAt(canvas))) !== JSON.stringify(before));
    await page.getByRole('button', { name: 'Hide face' }).click();
    await page.locator('.orb:visible').waitFor();
    await page.getByRole('button', { name: 'Face to face' }).click();
    await seenBeforePicture(page, canvas);
    await page.getByRole('button', { name: 'Hang up' }).click();
    await write(page, 'And in writing?');
    await lines(page, 'agent').getByText('Fine.').waitFor();
    // That the server had no room is what the browser notes of the answer.
    expect(troubles.filter((trouble) => !/503/.test(trouble))).toEqual([]);
  });

  it('is heard on a page whose policy lets no face be drawn, which is said', { timeout: 120_000 }, async () => {
    const { page } = await world.visit({ strict: true, without: 'worker-src' });
    await launcher(page).click();
    await page.getByRole('button', { name: 'Face to face' }).click();
    await page.getByText('The picture could not be shown; the voice goes on.').waitFor();
    await page.locator('[data-call=connected]').waitFor({ state: 'attached' });
  });

  it('is seen in the console, too, under its policy: a call is drawn by the page', { timeout: 120_000 }, async () => {
    const page = await consolePage();
    await page.goto(`${world.product.url}/agents/${world.agentId}/talk?mode=video`);
    const drawn = page.locator('canvas[role=img]');
    await drawn.waitFor();
    await until('the face to move', async () => (await movedIn(page, 'canvas[role=img]')).mouth > 1, 60_000);
    expect(refused).toEqual([]);
    await page.context().close();
  });

  it('speaks a sentence in the gallery of avatars, its lips moving with what is heard', { timeout: 120_000 }, async () => {
    const page = await consolePage();
    await page.goto(`${world.product.url}/avatars?show=public`);
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
    const context = await world.browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await page.addInitScript(WATCHABLE_CANVASES);
    page.on('console', (message) => void (message.text().includes('Content Security Policy') && refused.push(message.text())));
    account ??= await setUpAccount(world.product);
    await signIn(page, world.product, account);
    return page;
  }
});

/** The colours of a canvas: both upper corners, and around the middle. */
const lookAt = (canvas: string) => `(() => {
  const context = new OffscreenCanvas(64, 64).getContext('2d', { willReadFrequently: true });
  context.drawImage(${canvas}, 0, 0, 64, 64);
  const at = (x, y, size = 1) => {
    const { data } = context.getImageData(x, y, size, size);
    return [0, 1, 2].map((part) => data.filter((_, n) => n % 4 === part).reduce((a, b) => a + b, 0) / (size * size));
  };
  return { left: at(1, 1), right: at(62, 1), middle: at(24, 24, 16) };
})()`;

/** Until enough of the voice was heard, and of silence: how much the mouth's place changes from look to look, while the voice is heard and while it is not. */
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
  let loudLooks = 0;
  let until = began + 60000;
  while (performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 40));
    analyser.getFloatTimeDomainData(samples);
    const loud = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    copy.drawImage(drawn, 0, 0, 512, 512);
    const { data } = copy.getImageData(200, 270, 112, 90);
    let moved = 0;
    if (before) for (let n = 0; n < data.length; n += 4) moved += Math.abs(data[n] - before[n]);
    before = data;
    if (loud > 0.02 && ++loudLooks === 60) until = Math.min(until, performance.now() + 6000);
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
