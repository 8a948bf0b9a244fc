import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSetUpLink } from '../../core/users/first-user.ts';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

const CHROMIUM = '/usr/bin/chromium';
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];

let api: TestApi;
let address: string;
beforeAll(async () => {
  api = await startTestApi();
  address = await api.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => api.close());

describe('the set-up page', () => {
  it('is one file that may load nothing and is kept by nobody', async () => {
    const { statusCode, body, headers } = await api.app.inject({ url: '/setup' });
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; script-src 'sha256-\S+'; style-src 'sha256-\S+';/),
    });
    expect(body).not.toMatch(/https?:\/\//);
    expect(body).not.toMatch(/\son[a-z]+=|\sstyle=/);
  });
});

describe.skipIf(!existsSync(CHROMIUM))('the set-up page in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  });
  afterAll(() => browser.close());

  /** Runs `work` on a small page; nothing may be asked of another server, and nothing may fail in its scripts. */
  async function onPage(hash: string, work: (page: Page) => Promise<void>): Promise<string[]> {
    const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
    const paths: string[] = [];
    const errors: string[] = [];
    page.on('request', (request) => void paths.push(request.url().replace(address, '')));
    page.on('pageerror', (error) => void errors.push(String(error)));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) errors.push(message.text());
    });
    await page.goto(`${address}/setup${hash}`);
    await work(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(errors).toEqual([]);
    await page.close();
    return paths;
  }

  it('sets up the account by keyboard alone, and the token is nowhere in an address', async () => {
    const token = await createSetUpLink({ storage: api.storage, now: Date.now }, api.user.id);
    const paths = await onPage(`#token=${token}`, async (page) => {
      expect(page.url()).toBe(`${address}/setup`);
      for (const text of ['ada@example.org', 'Ada', 'a sentence is better']) {
        await page.keyboard.type(text);
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'You are all set' }).waitFor();
      expect(await page.locator('#who').textContent()).toBe('ada@example.org');
      const [cookie] = await page.context().cookies(`${address}/api/v1/auth/refresh`);
      expect(cookie).toMatchObject({ name: 'visavis_refresh', httpOnly: true, sameSite: 'Strict', path: '/api/v1/auth' });
    });
    expect(paths).toEqual(['/setup', '/api/v1/auth/setup']);
    expect(await api.storage.read.users.find(api.user.id)).toMatchObject({ email: 'ada@example.org', name: 'Ada' });
  });

  it('says what is wrong beside the field, before anything is sent', async () => {
    const paths = await onPage('#token=some', async (page) => {
      await page.getByLabel('E-mail address').fill('nobody');
      await page.getByLabel('Password', { exact: true }).fill('short');
      await page.keyboard.press('Enter');
      expect(await page.getByRole('alert').allInnerTexts()).toEqual([
        'Please enter an e-mail address, such as you@example.org.',
        'Please use at least 10 characters.',
      ]);
      expect(await page.evaluate('document.activeElement.id')).toBe('email');
    });
    expect(paths).toEqual(['/setup']);
  });

  it('says what to do about a link that is used up, and keeps an invited address as it is', async () => {
    await onPage('#token=used&email=grace%40example.org', async (page) => {
      expect(await page.getByLabel('E-mail address').inputValue()).toBe('grace@example.org');
      expect(await page.getByLabel('E-mail address').isEditable()).toBe(false);
      await page.getByLabel('Password', { exact: true }).fill('a sentence is better');
      await page.keyboard.press('Enter');
      await page.getByText('This link was used already or has run out.').waitFor();
    });
  });

  it('without a link says where to find one', async () => {
    await onPage('', async (page) => {
      await page.getByRole('heading', { name: 'This page needs a set-up link' }).waitFor();
    });
  });
});
