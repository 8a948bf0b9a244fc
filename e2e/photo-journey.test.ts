import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePhotographs } from '../packages/server/src/testing/photographs.ts';
import { ensureSpeechModels, userModelsDir } from '../packages/server/src/testing/test-model.ts';
import { CHROMIUM, openBrowser } from './harness/browser.ts';
import { setUpAccount, signIn } from './harness/console.ts';
import { giveMicrophone, speakInto } from './harness/microphone.ts';
import { motionIn } from './harness/motion.ts';
import { forgetShifts, pageLoad, watchLoad } from './harness/page-load.ts';
import { cleanUp, type Product, startProduct, temporaryFolder } from './harness/product.ts';
import { type Provider, startProvider } from './harness/provider.ts';
import { say, speaks } from './harness/speech.ts';
import { until } from './harness/until.ts';

const models = await ensureSpeechModels();
const { folder } = await ensurePhotographs();
const STORY = Array.from({ length: 30 }, (_, n) => `Here comes sentence number ${n + 1} about the lighthouse keeper.`).join(' ');
const ANSWER = 'We open at nine in the morning, and we close at five.';
/** Nothing on the page may jump while somebody talks: https://web.dev/articles/cls calls less than 0.1 good. */
const MOST_SHIFT = 0.02;

/** What a new user comes for, from one end to the other, with nothing but the console: every step begins where the one before has led. */
describe.skipIf(!models.store || !folder || !existsSync(CHROMIUM))('somebody with a photo', () => {
  let provider: Provider;
  let product: Product;
  let browser: Browser;
  let page: Page;
  const photo = join(temporaryFolder(), 'portrait.jpg');
  const playground = () => page.getByRole('region', { name: 'Playground' });
  const said = (who: 'user' | 'agent') => playground().locator(`li[data-who=${who}]`);

  beforeAll(async () => {
    await sharp(join(folder ?? '', 'astronaut.png'))
      .jpeg()
      .toFile(photo);
    provider = await startProvider(() => ({ tokens: STORY }));
    product = await startProduct({
      env: { ...provider.env, VISAVIS_STT: undefined, VISAVIS_TTS: undefined, VISAVIS_MODELS_DIR: userModelsDir() },
    });
    await setUpAccount(product);
    await until('the voice to be there', () => speaks(product), 90_000);
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(60_000);
    await watchLoad(page);
    await giveMicrophone(page);
    await signIn(page, product);
  });
  afterAll(async () => {
    await browser?.close();
    await provider?.close();
    await cleanUp();
  });
  const spoken = async (text: string) => new Uint8Array(await (await say(product, text)).arrayBuffer());

  it('makes an agent that is recorded', async () => {
    await page.getByRole('link', { name: /Make an agent/ }).click();
    await page.getByRole('radio', { name: 'Museum guide' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Harbour Guide');
    await page.getByRole('button', { name: 'Create the agent' }).click();
    await page.getByRole('heading', { level: 1, name: 'Harbour Guide' }).waitFor();
    await page.getByLabel('Greeting').fill('Ahoy!');
    await page.getByRole('tab', { name: 'Limits' }).click();
    await page.getByLabel('Record spoken conversations').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Everything is saved').waitFor();
  });

  it('gives it the face of the photo', { timeout: 120_000 }, async () => {
    await page.getByRole('link', { name: 'Avatars' }).click();
    await page.getByRole('button', { name: 'Add avatar' }).first().click();
    await page.locator('input[type=file]').setInputFiles(photo);
    await page.getByLabel('Name', { exact: true }).fill('Eileen');
    await page.getByLabel('The person in the picture agrees to be animated').check();
    await page.getByRole('button', { name: 'Create avatar' }).click();
    await page.getByText('Eileen is ready').waitFor();
    await page.getByRole('button', { name: 'Open Eileen' }).click();
    const drawer = page.getByRole('dialog', { name: 'Eileen' });
    await drawer.getByRole('button', { name: 'Use in an agent' }).click();
    await page.getByRole('menuitem', { name: 'Harbour Guide' }).click();
    await drawer.getByRole('link', { name: 'Harbour Guide' }).click();
    await page.getByRole('heading', { level: 1, name: 'Harbour Guide' }).waitFor();
  });

  it('talks with it face to face, and interrupts it', { timeout: 240_000 }, async () => {
    const [question, interruption] = await Promise.all([
      spoken('Please tell me the story of the lighthouse.'),
      spoken('Thank you, that is enough. When do you open tomorrow morning?'),
    ]);
    await playground().getByRole('button', { name: 'Face to face' }).click();
    await said('agent').getByText('Ahoy!').waitFor();
    await playground().getByText('Listening', { exact: true }).waitFor();
    const frames = () =>
      page.evaluate(`document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames`) as Promise<number>;
    await until('pictures of the face', async () => (await frames()) > 3, 60_000);

    await forgetShifts(page);
    await speakInto(page, question);
    const story = said('agent').filter({ hasText: 'sentence number 1 ' });
    await story.waitFor();
    await playground().getByText('Speaking', { exact: true }).waitFor();
    // The mouth moves: a still picture would not change.
    expect(await motionIn(page, 'document.querySelector("video")')).toBeGreaterThan(0.5);
    provider.script(() => ({ tokens: ANSWER }));
    await speakInto(page, interruption);
    await story.getByText('interrupted here').waitFor();
    await said('agent').getByText(ANSWER).waitFor();
    await said('user')
      .getByText(/enough/i)
      .waitFor();
    await playground()
      .getByRole('button', { name: /Timing: answered after/ })
      .waitFor();
    await playground().getByText('Listening', { exact: true }).waitFor();
    const { layoutShift, shifts } = await pageLoad(page);
    console.log(`playground: layout shift ${layoutShift.toFixed(4)} in a call`);
    expect(layoutShift, shifts.join('\n')).toBeLessThan(MOST_SHIFT);

    await playground().getByRole('button', { name: 'End the conversation' }).click();
    await page.getByText('You ended the conversation.').waitFor();
  });

  it('finds the conversation by what was said, reads what was cut off, and hears it again', { timeout: 120_000 }, async () => {
    await page.getByRole('link', { name: 'Sessions', exact: true }).click();
    await page.getByLabel('Search what was said').fill('lighthouse keeper');
    await page.getByRole('link', { name: /Session \d+ with Harbour Guide/ }).click();
    const lines = page.getByRole('list', { name: 'Conversation' }).getByRole('listitem');
    const cutOff = lines.filter({ hasText: 'sentence number 1 ' });
    await cutOff.getByText('Interrupted', { exact: true }).waitFor();
    await cutOff.getByText(/The rest of the reply was not heard/).waitFor();
    expect(await cutOff.textContent()).not.toContain('sentence number 30 ');

    // The transcript follows the recording, from one line to the next.
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    const current = page.locator('li[aria-current=true]');
    await current.filter({ hasText: 'Ahoy!' }).waitFor();
    await current.filter({ hasText: /lighthouse/ }).waitFor();
    await current.filter({ hasText: 'sentence number 1 ' }).waitFor();
    expect(await current.count()).toBe(1);
    await page.getByRole('button', { name: 'Pause' }).click();
  });
});
