import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, openBrowser } from './harness/browser.ts';
import {
  ADMINISTRATOR,
  accessibilityProblemsInBothSchemes,
  countScripts,
  openConsolePage,
  setUpLinkOf,
  signIn,
  tooWideElements,
} from './harness/console.ts';
import { cleanUp, type Product, startProduct } from './harness/product.ts';
import { type Provider, startProvider } from './harness/provider.ts';
import { until } from './harness/until.ts';

const ANSWER = 'We open at nine in the morning, and we close at five.';
/** What the console may load until its first page can be used, in bytes, compressed. */
const SCRIPT_BUDGET = 250 * 1024;

describe.skipIf(!existsSync(CHROMIUM))('somebody who has just installed the product', () => {
  let provider: Provider;
  let product: Product;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    provider = await startProvider(() => ({ tokens: ANSWER }));
    product = await startProduct({ env: provider.env });
    browser = await openBrowser();
    page = await openConsolePage(browser);
  });
  afterAll(async () => {
    await browser?.close();
    await provider?.close();
    await cleanUp();
  });

  it('comes from the set-up link, by keyboard alone, to a demo agent that answers', async () => {
    const asked: string[] = [];
    page.on('request', (request) => void asked.push(request.url()));
    const link = setUpLinkOf(product);
    await page.goto(link);
    await page.getByRole('heading', { name: 'Set up your account' }).waitFor();
    expect(page.url()).toBe(`${product.url}/setup`);
    await page.getByText('This server uses no models of its own.').waitFor();
    expect(await accessibilityProblemsInBothSchemes(page)).toEqual([]);
    expect(await tooWideElements(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.keyboard.type('nobody');
    await page.keyboard.press('Enter');
    await page.getByText('Enter an e-mail address, such as you@example.org').waitFor();
    await page.getByText('Use at least 10 characters').waitFor();
    await page.keyboard.press('Control+a');
    for (const text of [ADMINISTRATOR.email, 'Ada', ADMINISTRATOR.password]) {
      await page.keyboard.type(text);
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Talk with an agent' }).waitFor();
    await page.getByRole('heading', { name: 'Welcome, Ada' }).waitFor();
    expect(page.url()).toBe(`${product.url}/`);
    expect(asked.filter((url) => url.includes(link.split('#token=')[1] as string))).toEqual([]);
    const [cookie] = await page.context().cookies(`${product.url}/api/v1/auth/refresh`);
    expect(cookie).toMatchObject({ name: 'visavis_refresh', httpOnly: true, sameSite: 'Strict', path: '/api/v1/auth' });
    await page.goBack();
    expect(page.url()).not.toContain('token');
    await page.goto(product.url);
    await page.getByRole('heading', { name: 'Talk with an agent' }).waitFor();
    await page.getByRole('link', { name: 'Write: Hotel Concierge' }).click();
    const talk = page.getByRole('region', { name: 'Conversation' });
    // The greeting is there before anything is said.
    await talk.getByText('Welcome to the Lakeside Hotel').waitFor();
    await page.getByLabel('Message').fill('When do you open?');
    await page.keyboard.press('Enter');
    await talk.getByText(ANSWER).waitFor();
    await page.getByRole('button', { name: /Show the timing of this answer/ }).waitFor();

    await page.reload();
    await talk.getByText(ANSWER).waitFor();
    await page.getByRole('button', { name: 'End the conversation' }).click();
    await page.getByText('You ended the conversation.').waitFor();
  });

  it('makes an agent from a template, edits and saves it, and is asked before unsaved changes are lost', async () => {
    await page.goto(`${product.url}/agents`);
    await page.getByRole('button', { name: 'New agent' }).click();
    await page.getByRole('radio', { name: 'Museum guide' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Harbour Guide');
    await page.getByRole('button', { name: 'Create the agent' }).click();
    await page.getByRole('heading', { level: 1, name: 'Harbour Guide' }).waitFor();
    const agentId = Number(/agents\/(\d+)/.exec(page.url())?.[1]);
    const stored = () => product.api.ok<Record<string, unknown>>('GET', `agents/${agentId}`);
    expect((await stored()).knowledge_base).toMatchObject({ Tickets: 'A ticket costs 12 euros. Children are free.' });

    await page.getByLabel('Greeting').fill('Ahoy!');
    await page.getByRole('tab', { name: 'Turn-taking' }).click();
    await page.getByLabel('Shortest wait').fill('9999');
    await page.getByText('From 0 to 5,000').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('fields have to be corrected').waitFor();
    expect((await stored()).custom_greeting).not.toBe('Ahoy!');
    await page.getByLabel('Shortest wait').fill('450');
    await page.keyboard.press('Control+s');
    await page.getByText('Everything is saved').waitFor();
    expect(await stored()).toMatchObject({ custom_greeting: 'Ahoy!', properties: { turn: { min_endpointing_ms: 450 } } });

    await page.getByRole('tab', { name: 'Behaviour' }).click();
    await page.getByLabel('Greeting').fill('Not saved');
    await page.getByRole('link', { name: 'Home' }).click();
    await page.getByRole('button', { name: 'Stay here' }).click();
    await page.getByText('Unsaved changes').waitFor();
    await page.getByRole('link', { name: 'Home' }).click();
    await page.getByRole('button', { name: 'Leave and discard' }).click();
    await page.getByRole('heading', { name: 'Talk with an agent' }).waitFor();
    expect((await stored()).custom_greeting).toBe('Ahoy!');
  });

  it('chooses what listens, and what takes the place of model, ears and voice, in order', async () => {
    await product.api.ok('PUT', 'providers/second', { base_url: provider.url, default_model: 'small' });
    const agentId = await product.api.createAgent({ name: 'Careful' });
    const stored = async () => (await product.api.ok<{ properties: unknown }>('GET', `agents/${agentId}`)).properties;
    await page.goto(`${product.url}/agents/${agentId}?tab=model`);
    const models = page.getByRole('group', { name: 'Fallback models' });
    await models.getByRole('button', { name: 'Add a fallback' }).click();
    await models.getByRole('button', { name: 'Add a fallback' }).click();
    await models.getByLabel('Provider (Fallback models, 2)').selectOption('second');
    await models.getByRole('combobox', { name: 'Model (Fallback models, 2)' }).fill('large');
    await models.getByRole('button', { name: 'move 2 up' }).click();
    await page.getByRole('tab', { name: 'Voice and ears' }).click();
    await page.getByRole('combobox', { name: 'Ears', exact: true }).selectOption('second');
    await page.getByRole('combobox', { name: 'Recogniser' }).fill('whisper-large');
    await page.getByRole('group', { name: 'Fallback ears' }).getByRole('button', { name: 'Add a fallback' }).click();
    await page.getByRole('group', { name: 'Fallback voices' }).getByRole('button', { name: 'Add a fallback' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Everything is saved').waitFor();
    expect(await stored()).toMatchObject({
      llm: { fallbacks: [{ provider: 'second', model: 'large' }, { provider: 'local' }] },
      speech: {
        listen: { provider: 'second', model: 'whisper-large', fallbacks: [{ provider: 'local' }] },
        speak: { fallbacks: [{ provider: 'local' }] },
      },
    });
    expect(await accessibilityProblemsInBothSchemes(page)).toEqual([]);
    expect(await tooWideElements(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByRole('button', { name: 'Show as code' }).click();
    await page.getByText('"model": "whisper-large"').first().waitFor({ state: 'attached' });
    await page.keyboard.press('Escape');

    // Without a choice of ears there is nothing that could take their place.
    await page.getByRole('combobox', { name: 'Ears', exact: true }).selectOption('');
    await page.getByRole('button', { name: 'remove 1' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Everything is saved').waitFor();
    expect(await stored()).toEqual({ llm: { fallbacks: [{ provider: 'second', model: 'large' }, { provider: 'local' }] } });
  });

  it('puts a picture behind the face, sees it, and takes it away', async () => {
    const agentId = await product.api.createAgent({ name: 'Scenic' });
    const kept = async () =>
      (await product.api.ok<{ background_url: string | null }>('GET', `agents/${agentId}/background`)).background_url;
    await page.goto(`${product.url}/agents/${agentId}?tab=face`);
    await page.getByLabel('Background', { exact: true }).selectOption('image');
    const picture = page.getByRole('group', { name: 'Picture behind the face' });
    await picture.getByText('No picture yet').waitFor();
    const file = picture.locator('input[type=file]');
    await file.setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
    await picture.getByRole('alert').getByText('This file is no picture').waitFor();
    await file.setInputFiles({ name: 'office.png', mimeType: 'image/png', buffer: await pictureFile(page) });
    const preview = picture.getByRole('img', { name: 'The picture behind the face' });
    await preview.waitFor();
    const width = () => preview.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth);
    await until('the preview', async () => (await width()) > 0);
    expect(await kept()).toContain('/avatars/files/');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Everything is saved').waitFor();
    expect(await product.api.ok('GET', `agents/${agentId}`)).toMatchObject({ properties: { video: { background: 'image' } } });
    expect(await accessibilityProblemsInBothSchemes(page)).toEqual([]);
    expect(await tooWideElements(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 900 });
    await picture.getByRole('button', { name: 'Remove the picture' }).click();
    await picture.getByText('No picture yet').waitFor();
    expect(await kept()).toBeNull();
  });

  it('sees what the server says at the field that it is about', async () => {
    const agentId = await product.api.createAgent({ name: 'Picky' });
    await page.route(`**/api/v1/agents/${agentId}`, (route) =>
      route.request().method() === 'PUT'
        ? route.fulfill({
            status: 400,
            json: { success: false, error: 'no', code: 'invalid-request', details: { 'properties.llm.model': 'is not known' } },
          })
        : route.fallback(),
    );
    await page.goto(`${product.url}/agents/${agentId}`);
    await page.getByLabel('Greeting').fill('Hello');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('is not known').waitFor();
    expect(await page.getByRole('tab', { name: 'Model' }).getAttribute('aria-selected')).toBe('true');
    await page.unroute(`**/api/v1/agents/${agentId}`);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Everything is saved').waitFor();
  });

  it('keeps what the form does not know, duplicates, archives, restores and deletes, ending who talks', async () => {
    const properties = { llm: { temperature: 0.4, fallbacks: [{ provider: 'local' }] } };
    const agentId = await product.api.createAgent({ name: 'Original', properties });
    await page.goto(`${product.url}/agents/${agentId}?tab=model`);
    await page.getByLabel('Temperature').fill('0.7');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Everything is saved').waitFor();
    expect(await product.api.ok('GET', `agents/${agentId}`)).toMatchObject({
      properties: { llm: { temperature: 0.7, fallbacks: [{ provider: 'local' }] } },
    });

    await page.getByRole('button', { name: 'More about Original' }).click();
    await page.getByRole('menuitem', { name: 'Duplicate' }).click();
    await page.getByRole('heading', { level: 1, name: 'Original (copy)' }).waitFor();
    await page.getByRole('button', { name: 'More about Original (copy)' }).click();
    await page.getByRole('menuitem', { name: 'Archive' }).click();
    await page.getByText('This agent is archived').waitFor();
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.getByText('This agent is archived').waitFor({ state: 'hidden' });

    await product.api.ok('POST', 'sessions', { agent_id: agentId, session_type: 'agent_chat' });
    await page.goto(`${product.url}/agents?q=Original`);
    await page.getByRole('button', { name: 'More about Original', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'End them and delete' }).click();
    await page.getByRole('link', { name: 'Original', exact: true }).waitFor({ state: 'detached' });
    expect((await product.api.call('GET', `agents/${agentId}`)).status).toBe(404);
  });

  it('can use every page with assistive technology and on a phone', { timeout: 180_000 }, async () => {
    const agents = await product.api.ok<{ agents: Array<{ agent_id: number }> }>('GET', 'agents');
    const id = agents.agents.at(-1)?.agent_id;
    const tabs = ['behaviour', 'knowledge', 'model', 'voice', 'face', 'turns', 'limits'].map((tab) => `/agents/${id}?tab=${tab}`);
    const problems: string[] = [];
    for (const path of ['/', '/agents', '/agents?create=true', ...tabs, `/agents/${id}/talk`, '/agents/999999', '/nowhere']) {
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.goto(`${product.url}${path}`);
      await settled(page);
      problems.push(
        ...[...(await accessibilityProblemsInBothSchemes(page)), ...(await tooWideElements(page))].map((one) => `${path} ${one}`),
      );
    }
    expect(problems).toEqual([]);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('loads little until the first page can be used', async () => {
    const context = await browser.newContext();
    const fresh = await context.newPage();
    const cdp = await context.newCDPSession(fresh);
    const scripts = await countScripts(cdp);
    await signIn(fresh, product);
    await fresh
      .getByRole('link', { name: /Talk now with/ })
      .first()
      .waitFor();
    await fresh.waitForLoadState('networkidle');
    console.log(`console: ${(scripts.bytes() / 1024).toFixed(1)} KiB of scripts until the start page can be used`);
    expect(scripts.bytes()).toBeGreaterThan(0);
    expect(scripts.bytes()).toBeLessThan(SCRIPT_BUDGET);
    await context.close();
  });

  it('signs out in all tabs, and comes back to where the address says', async () => {
    const context = await browser.newContext();
    const first = await context.newPage();
    await signIn(first, product, ADMINISTRATOR, '/agents?q=harbour');
    await first.getByRole('heading', { level: 1, name: 'Agents' }).waitFor();
    expect(await first.getByLabel('Search agents').inputValue()).toBe('harbour');
    const second = await context.newPage();
    await second.goto(`${product.url}/`);
    await second.getByRole('heading', { name: 'Talk with an agent' }).waitFor();
    await first.getByRole('button', { name: /Account menu/ }).click();
    await first.getByRole('menuitem', { name: 'Sign out' }).click();
    await first.getByRole('button', { name: 'Sign in' }).waitFor();
    await second.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await accessibilityProblemsInBothSchemes(first)).toEqual([]);
    expect(await tooWideElements(first)).toEqual([]);
    await context.close();
  });

  it('goes on in writing without a microphone', async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const silent = await context.newPage();
    await silent.addInitScript(
      "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))",
    );
    await signIn(silent, product);
    const agentId = await product.api.createAgent({ name: 'Patient', custom_greeting: 'Hello there.' });
    await silent.goto(`${product.url}/agents/${agentId}/talk?mode=voice`);
    await silent.getByText('The microphone was not allowed.').waitFor();
    await silent.getByLabel('Message').fill('When do you open?');
    await silent.keyboard.press('Enter');
    await silent.getByRole('region', { name: 'Conversation' }).getByText(ANSWER).waitFor();
    await context.close();
  });
});

/** Everything that the page loads is there, and nothing moves any more. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.locator('[role=status][aria-label]').waitFor({ state: 'detached' });
}

/** A picture as somebody has it on their disk. */
async function pictureFile(page: Page): Promise<Buffer> {
  const address = (await page.evaluate(`(() => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 640, height: 480 });
    const context = canvas.getContext('2d');
    context.fillStyle = 'steelblue';
    context.fillRect(0, 0, 640, 480);
    return canvas.toDataURL('image/png');
  })()`)) as string;
  return Buffer.from(address.split(',')[1] as string, 'base64');
}
