import { existsSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureSpeechModels } from '../packages/server/src/testing/test-model.ts';
import { CHROMIUM } from './harness/browser.ts';
import { until } from './harness/until.ts';
import { connected, lines, startWidgetWorld, told, type WidgetWorld, write } from './harness/widget-world.ts';

const models = await ensureSpeechModels();
const ANSWER = 'We open at nine.';
const BUSY = 'The assistant is talking with as many people as it may right now. Please try again in a few minutes.';
const BUDGET = 'The assistant has talked as much as it may for today. Please come back tomorrow.';
const GONE = 'The assistant is not available here any more.';

/** What is refused on somebody else's page is said plainly, and what still goes, goes on. */
describe.skipIf(!models.store || !existsSync(CHROMIUM))('an embedded agent that may not, or cannot', () => {
  let world: WidgetWorld;

  beforeAll(async () => {
    world = await startWidgetWorld({ answer: ANSWER, agent: { properties: { turn: { greeting: { enabled: false } } } } });
  });
  afterEach(() => world.leave());
  afterAll(() => world?.close());

  const writes = async (page: Page, text = 'Then I write.') => {
    const answers = lines(page, 'agent').filter({ hasText: ANSWER });
    const before = await answers.count();
    await write(page, text);
    await answers.nth(before).waitFor();
  };

  it('is refused on a page of another origin; whoever builds the page is told why', async () => {
    const embed = await world.embedOf({ allowed_origins: ['https://other.example'] });
    const { page } = await world.visit({ embed });
    const warned = page.waitForEvent('console', (message) => message.text().includes('origin is not among'));
    await page.getByRole('button', { name: /Open the conversation/ }).click();
    await page.getByText('The assistant is not set up for this web site.').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await warned;
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    const message = 'This page’s origin is not among those that the embed allows';
    expect(await told(page, 'visavis-error')).toMatchObject([
      { code: 'origin-not-allowed', message },
      { code: 'origin-not-allowed', message },
    ]);
  });

  it('is refused in the language of the page', async () => {
    const embed = await world.embedOf({ allowed_origins: ['https://other.example'] });
    const { page } = await world.visit({ embed, attributes: 'open lang="de"' });
    await page.getByText('Der Assistent ist für diese Website nicht eingerichtet.').waitFor();
  });

  it('says so when the sessions of the day are used up, and gives back what was written', async () => {
    const embed = await world.embedOf({ sessions_per_day: 1 });
    const first = await world.visit({ embed, attributes: 'open' });
    await writes(first.page, 'One.');
    const second = await world.visit({ embed, attributes: 'open' });
    await write(second.page, 'Two.');
    await second.page.getByText(BUDGET).waitFor();
    await second.page.getByRole('button', { name: 'Try again' }).click();
    expect(await second.page.getByRole('textbox').inputValue()).toBe('Two.');
    // The first one goes on.
    await writes(first.page, 'Three.');
  });

  it('says so while others talk all the minutes that are left, and goes on in writing', async () => {
    const embed = await world.embedOf({ minutes_per_day: 3, minutes_per_session: 2 });
    const first = await world.visit({ embed, attributes: 'open' });
    await first.page.getByRole('button', { name: 'Talk' }).click();
    await connected(first.page);
    const second = await world.visit({ embed, attributes: 'open' });
    await writes(second.page);
    await second.page.getByRole('button', { name: 'Talk' }).click();
    await second.page.getByText(BUSY).waitFor();
    expect(await told(second.page, 'visavis-error')).toMatchObject([{ code: 'embed-busy' }]);
    await writes(second.page, 'Then in writing.');
    // Who has not begun is told instead of a conversation.
    const third = await world.visit({ embed, attributes: 'open' });
    await third.page.getByRole('button', { name: 'Talk' }).click();
    await third.page.getByText(BUSY).waitFor();

    // What the first one did not use comes back as soon as it goes on in writing.
    await first.page.getByRole('button', { name: 'Hang up' }).click();
    await until('the minutes to come back', async () => {
      const { embed: now } = await world.product.api.ok<{ embed: { usage_today: { minutes: number } } }>(
        'GET',
        `embeds/${embed}`,
      );
      return now.usage_today.minutes < 2;
    });
    await third.page.getByRole('button', { name: 'Try again' }).click();
    await third.page.getByRole('button', { name: 'Talk' }).click();
    await connected(third.page);
  });

  it('says so when the minutes of the day are used up', async () => {
    const embed = await world.embedOf({ minutes_per_day: 1, minutes_per_session: 1 });
    const first = await world.visit({ embed, attributes: 'open' });
    await writes(first.page);
    await first.page.getByRole('button', { name: 'Talk' }).click();
    await first.page.getByText(BUDGET).waitFor();
    await writes(first.page, 'In the same minute.');
    const second = await world.visit({ embed, attributes: 'open' });
    await second.page.getByRole('button', { name: 'Talk' }).click();
    await second.page.getByText(BUDGET).waitFor();
    expect(await told(second.page, 'visavis-error')).toMatchObject([{ code: 'embed-budget-exhausted' }]);
  });

  it('says so when it has expired, and lets a conversation that has begun come to its end', async () => {
    const embed = await world.embedOf({});
    const { page } = await world.visit({ embed, attributes: 'open' });
    await writes(page);
    await world.product.api.ok('PUT', `embeds/${embed}`, { expires_at: new Date(Date.now() - 1000).toISOString() });
    await writes(page, 'And now?');
    await page.reload();
    await page.getByText(GONE).waitFor();
    expect(await told(page, 'visavis-error')).toMatchObject([{ code: 'embed-expired' }]);
  });

  it('says so when it is deleted in the middle of a conversation', async () => {
    const embed = await world.embedOf({});
    const { page } = await world.visit({ embed, attributes: 'open' });
    await writes(page);
    await world.product.api.ok('DELETE', `embeds/${embed}`);
    await write(page, 'Are you still there?');
    await page.getByText('The conversation is no longer there. You can start a new one.').waitFor();
    // What was said can be read on.
    await lines(page, 'agent').filter({ hasText: ANSWER }).waitFor();
    await page.getByRole('button', { name: 'Start a new conversation' }).click();
    await write(page, 'A new one, then.');
    await page.getByText(GONE).waitFor();
    await page.reload();
    await page.getByText(GONE).waitFor();
    expect(await told(page, 'visavis-error')).toMatchObject([{ code: 'embed-not-found' }]);
  });

  it('goes on in writing when talking is allowed no more', async () => {
    const embed = await world.embedOf({});
    const { page } = await world.visit({ embed, attributes: 'open' });
    await writes(page);
    await world.product.api.ok('PUT', `embeds/${embed}`, { session_types: ['agent_chat'] });
    await page.getByRole('button', { name: 'Talk' }).click();
    await page.getByText('The assistant cannot be talked with in this way here. You can write meanwhile.').waitFor();
    await writes(page, 'All right.');
  });

  it('goes on in writing where the microphone is refused', async () => {
    const refusing = await world.open(['--deny-permission-prompts']);
    const { page } = await world.visit({ attributes: 'open' }, { inBrowser: refusing });
    await page.getByRole('button', { name: 'Talk' }).click();
    await page.getByText('The microphone was not allowed.').waitFor();
    await writes(page);
  });

  it('goes on in writing where there is no microphone', async () => {
    const bare = await world.open(['--use-fake-ui-for-media-stream'], { ignore: ['--use-fake-device', '--use-file'] });
    const { page } = await world.visit({ attributes: 'open' }, { inBrowser: bare });
    await page.getByRole('button', { name: 'Talk' }).click();
    await page.getByText('No microphone was found. Plug one in and try again. You can write meanwhile.').waitFor();
    await writes(page);
  });

  it('goes on in writing on a page that came over plain http, and over its reload', async () => {
    const plain = await world.open(['--host-resolver-rules=MAP shop.example localhost', '--use-fake-ui-for-media-stream']);
    const embed = await world.embedOf({ allowed_origins: [world.site.origin.replace('localhost', 'shop.example')] });
    const { page, troubles } = await world.visit({ embed, attributes: 'open', host: 'shop.example' }, { inBrowser: plain });
    expect(await page.evaluate('[isSecureContext, typeof navigator.mediaDevices]')).toEqual([false, 'undefined']);
    await page.getByRole('button', { name: 'Talk' }).click();
    await page.getByText('Browsers give pages a microphone only over https, and this page came over plain http.').waitFor();
    await writes(page);
    await page.reload();
    await until('what was said', async () => (await lines(page, 'user').allTextContents()).join() === 'Then I write.');
    await writes(page, 'Once more.');
    expect(troubles).toEqual([]);
  });
});
