import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from './harness/browser.ts';
import { cleanUp, type Product, startProduct } from './harness/product.ts';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const missing = existsSync(CHROMIUM) ? '' : ` (skipped: there is no ${CHROMIUM})`;

describe.skipIf(missing)(`the reference page${missing}`, () => {
  let product: Product;
  let browser: Browser;
  beforeAll(async () => {
    product = await startProduct();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  });
  afterAll(async () => {
    await browser.close();
    await cleanUp();
  });

  /** Opens the page, runs `work` on it, and gives every address of another host that it asked for, and its troubles. */
  async function onPage(
    hash: string,
    options: { width?: number; colorScheme?: 'dark' | 'light' },
    work: (page: Page) => Promise<void>,
  ): Promise<{ foreign: string[]; troubles: string[] }> {
    const { width = 1280, colorScheme = 'light' } = options;
    const page = await browser.newPage({ viewport: { width, height: 844 }, colorScheme });
    const foreign: string[] = [];
    const troubles: string[] = [];
    await page.route('**/*', (route) => {
      const url = new URL(route.request().url());
      if (url.origin === product.url || url.protocol === 'data:' || url.protocol === 'blob:') return route.continue();
      foreign.push(url.href);
      return route.abort();
    });
    page.on('pageerror', (error) => void troubles.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') troubles.push(message.text());
    });
    await page.goto(`${product.url}/docs/${hash}`);
    await work(page);
    await page.waitForLoadState('networkidle');
    await page.close();
    return { foreign, troubles };
  }

  const shows = (page: Page, title: string) => page.getByRole('heading', { name: title }).first().waitFor();
  const backgroundOf = (page: Page) => page.evaluate('getComputedStyle(document.body).backgroundColor');

  it('is reached from /docs and may talk to this server only', async () => {
    const answer = await fetch(`${product.url}/docs`);
    expect([answer.status, answer.url]).toEqual([200, `${product.url}/docs/`]);
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'sha256-\S+';/);
    expect(policy).toContain("connect-src 'self'");
  });

  it('shows the API and asks nobody else for anything', async () => {
    const { foreign, troubles } = await onPage('', {}, async (page) => {
      await page.getByText('Start a session').first().waitFor();
      expect(await page.getByText(/Ask AI/).count()).toBe(0);
    });
    expect([foreign, troubles]).toEqual([[], []]);
  });

  it('fits a telephone, and is dark for those who like it so', async () => {
    const backgrounds: unknown[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const { foreign, troubles } = await onPage(
        '#tag/sessions/POST/api/v1/sessions',
        { width: 390, colorScheme },
        async (page) => {
          await shows(page, 'Start a session');
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
          backgrounds.push(await backgroundOf(page));
        },
      );
      expect([foreign, troubles]).toEqual([[], []]);
    }
    expect(backgrounds[0]).not.toBe(backgrounds[1]);
  });

  it('sends a real request with an API key', async () => {
    const { foreign, troubles } = await onPage('#tag/sign-in/GET/api/v1/auth/me', {}, async (page) => {
      await shows(page, 'Who is calling');
      await page.getByRole('button', { name: /Test Request.*get .*auth\/me/ }).click();
      const dialog = page.getByRole('dialog').first();
      await dialog.locator('input[data-1p-ignore]').first().fill(product.apiKey);
      const answered = page.waitForResponse((response) => response.url() === `${product.url}/api/v1/auth/me`);
      await dialog.getByRole('button', { name: 'Send', exact: false }).first().click();
      const response = await answered;
      expect([response.status(), response.request().headers()['x-api-key']]).toEqual([200, product.apiKey]);
      await dialog.getByText('administrator').first().waitFor();
    });
    expect([foreign, troubles]).toEqual([[], []]);
  });
});
