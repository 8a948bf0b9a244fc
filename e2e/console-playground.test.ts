import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordsOf } from '../packages/server/src/testing/real-speech.ts';
import { ensureSpeechModels, userModelsDir } from '../packages/server/src/testing/test-model.ts';
import { CHROMIUM, openBrowser } from './harness/browser.ts';
import {
  ADMINISTRATOR,
  accessibilityProblemsInBothSchemes,
  openConsolePage,
  setUpAccount,
  signIn,
  tooWideElements,
} from './harness/console.ts';
import { cleanUp, type Product, startProduct, temporaryFolder } from './harness/product.ts';
import { type Provider, startProvider } from './harness/provider.ts';
import { say, speaks } from './harness/speech.ts';
import { until } from './harness/until.ts';
import { afterSilence } from './harness/wav.ts';

const ANSWER = 'We open at nine in the morning, and we close at five.';
const QUESTION = 'When do you open tomorrow morning?';
/** Chromium's microphone plays its file from the moment it is opened; the call stands well before this, in seconds. */
const BEFORE_QUESTION = 4;

const models = await ensureSpeechModels();

/** The real ears, voices, faces and transport, in a real browser whose microphone is a recorded question. */
describe.skipIf(!models.store || !existsSync(CHROMIUM))('somebody who talks with an agent beside its settings', () => {
  let provider: Provider;
  let product: Product;

  beforeAll(async () => {
    provider = await startProvider(() => ({ tokens: ANSWER }));
    product = await startProduct({
      env: { ...provider.env, VISAVIS_STT: undefined, VISAVIS_TTS: undefined, VISAVIS_MODELS_DIR: userModelsDir() },
    });
    await setUpAccount(product);
    await until('the voice to be there', () => speaks(product), 90_000);
  });
  afterAll(async () => {
    await provider?.close();
    await cleanUp();
  });

  it('is heard and answered, sees the timing, goes on face to face, in writing, and after a reload', {
    timeout: 180_000,
  }, async () => {
    const properties = { turn: { greeting: { enabled: false } } };
    const agentId = await product.api.createAgent({ name: 'Museum', properties });
    const file = join(temporaryFolder(), 'question.wav');
    writeFileSync(file, afterSilence(Buffer.from(await (await say(product, QUESTION)).arrayBuffer()), BEFORE_QUESTION));
    const browser = await openBrowser({ microphoneFile: file });
    const page = await openConsolePage(browser);
    page.setDefaultTimeout(60_000);
    await signIn(page, product, ADMINISTRATOR, `/agents/${agentId}`);
    const playground = page.getByRole('region', { name: 'Playground' });
    await playground.getByRole('button', { name: 'Talk' }).click();
    await playground.getByText('Listening', { exact: true }).waitFor();

    const said = playground.locator('li[data-who=user] p');
    await said.getByText(/morning/i).waitFor();
    await playground.locator('li[data-who=agent]').getByText(ANSWER).waitFor();
    // The recogniser may write “to morrow”.
    const words = wordsOf(((await said.textContent()) ?? '').replace('You:', '')).join('');
    expect(words).toBe(wordsOf(QUESTION).join(''));
    const timing = playground.getByRole('button', { name: /Timing: answered after/ });
    await timing.click();
    await playground.getByText('First sound heard').waitFor();
    await playground.getByText('Counted from your last sound').waitFor();

    const mode = (name: string) => playground.getByRole('radiogroup').getByText(name, { exact: true }).click();
    await mode('Video');
    await until('pictures', async () => (await pictures(page)) > 0, 60_000);
    const session = await onlySession(product, agentId);
    expect(session.session_type).toBe('agent_video');

    await page.reload();
    await until('pictures again', async () => (await pictures(page)) > 0, 60_000);
    const answers = playground.locator('li[data-who=agent]').getByText(ANSWER);
    await answers.waitFor();
    expect((await onlySession(product, agentId)).session_id).toBe(session.session_id);

    await mode('Chat');
    await until('a chat', async () => (await onlySession(product, agentId)).session_type === 'agent_chat');
    await page.getByLabel('Message').fill('And tomorrow?');
    await page.keyboard.press('Enter');
    await until('another answer', async () => (await answers.count()) === 2);
    await page.setViewportSize({ width: 360, height: 780 });
    await page.getByRole('button', { name: 'Try it' }).click();
    const modes = playground.getByRole('radiogroup').locator('label');
    const places = async () => Promise.all((await modes.all()).map(async (label) => (await label.boundingBox())?.x ?? 360));
    // The drawer slides in.
    await until('all three ways in sight', async () => {
      const at = await places();
      return at.length === 3 && at.every((x) => x < 160);
    });
    expect(await accessibilityProblemsInBothSchemes(page)).toEqual([]);
    expect(await tooWideElements(page)).toEqual([]);
    await playground.getByRole('button', { name: 'End the conversation' }).click();
    await page.getByText('You ended the conversation.').waitFor();
    await browser.close();
  });
});

interface SessionItem {
  session_id: number;
  session_type: string;
}

async function onlySession(product: Product, agentId: number): Promise<SessionItem> {
  const { sessions } = await product.api.ok<{ sessions: SessionItem[] }>('GET', `sessions?agent_id=${agentId}`);
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionItem;
}

/** Pictures that the video element has shown. */
async function pictures(page: Page): Promise<number> {
  return page.evaluate(`document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0`);
}
