import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordsOf } from '../packages/server/src/testing/real-speech.ts';
import { ensureSpeechModels, userModelsDir } from '../packages/server/src/testing/test-model.ts';
import { CHROMIUM, openBrowser } from './harness/browser.ts';
import { cleanUp, type Product, startProduct, temporaryFolder } from './harness/product.ts';
import { type Provider, startProvider } from './harness/provider.ts';
import { heardWords, recordSound, say, speaks } from './harness/speech.ts';
import { until } from './harness/until.ts';
import { afterSilence } from './harness/wav.ts';

const models = await ensureSpeechModels();
const QUESTION = 'When do you open tomorrow morning?';
const ANSWER = 'We open at nine in the morning, and we close at five.';
/** Chromium's microphone plays its file from the moment it is opened; the call stands well before this, in seconds. */
const BEFORE_QUESTION = 4;

/** The real ears, voices, transport and page, in a real browser whose microphone is a recorded question. */
describe.skipIf(!models.store || !existsSync(CHROMIUM))('a person who tries an agent in a browser', () => {
  let provider: Provider;
  let product: Product;
  let link: string;

  beforeAll(async () => {
    provider = await startProvider(() => ({ tokens: ANSWER }));
    product = await startProduct({
      env: { ...provider.env, VISAVIS_STT: undefined, VISAVIS_TTS: undefined, VISAVIS_MODELS_DIR: userModelsDir() },
      settings: { sessions: { concurrent: 100_000 } },
    });
    const agentId = await product.api.createAgent({ name: 'Museum', properties: { turn: { greeting: { enabled: false } } } });
    await until(
      'the ears and voices to be there',
      async () => {
        if (!(await speaks(product))) return false;
        const { session } = await product.api.ok<{ session: { warnings: string[] } }>('POST', 'sessions', { agent_id: agentId });
        return !session.warnings.includes('voice-unavailable');
      },
      90_000,
    );
    const { url } = await product.api.ok<{ url: string }>('POST', `agents/${agentId}/try-links`);
    link = `${product.url}${new URL(url).pathname}${new URL(url).hash}`;
  });
  afterAll(async () => {
    await provider?.close();
    await cleanUp();
  });

  it('asks aloud, and hears and reads the right answer', { timeout: 120_000 }, async () => {
    const wav = Buffer.from(await (await say(product, QUESTION)).arrayBuffer());
    const file = join(temporaryFolder(), 'question.wav');
    writeFileSync(file, afterSilence(wav, BEFORE_QUESTION));
    const browser = await openBrowser({ microphoneFile: file });
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(link);
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('Connected', { exact: true }).waitFor();
    await recordSound(page, 'document.getElementById("audio")');

    const question = page.locator('#lines .user p > span:first-child', { hasText: /morning/i });
    await question.waitFor({ timeout: 60_000 });
    const answer = page.locator('#lines .agent p > span:first-child', { hasText: 'We open' });
    await answer.waitFor();
    // What is not heard yet is dimmed: the answer takes its time.
    expect((await answer.textContent())?.length).toBeLessThan(ANSWER.length);
    await until('the answer to be heard', async () => (await page.locator('#total').textContent()) !== '', 60_000);
    // The recogniser may write “to morrow”.
    expect(wordsOf((await question.textContent()) ?? '').join('')).toBe(wordsOf(QUESTION).join(''));
    expect(await answer.textContent()).toBe(ANSWER);

    const heard = await heardWords(page, product);
    expect(wordsOf(heard)).toEqual(expect.arrayContaining(['nine', 'morning', 'close', 'five']));
    await until('the client’s part of the timings', async () => (await stages(page)).has('First sound heard'));
    const times = [...(await stages(page)).values()];
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect([...(await stages(page)).keys()]).toEqual(
      expect.arrayContaining([
        'Final transcript',
        'Turn taken to be over',
        'First word written',
        'First sound made',
        'First sound sent',
      ]),
    );

    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByText('You ended the conversation.').waitFor();
    await browser.close();
  });
});

/** The timings on the page, in ms, by stage. */
async function stages(page: Page): Promise<Map<string, number>> {
  const rows = await page
    .locator('#stages li')
    .evaluateAll((items) => items.map((item) => [...item.children].map((part) => part.textContent)));
  return new Map(rows.map(([name, time]) => [name ?? '', Number.parseInt(time ?? '', 10)]));
}
