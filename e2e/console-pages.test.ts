import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from './harness/browser.ts';
import {
  accessibilityProblems,
  accessibilityProblemsInBothSchemes,
  setUpAccount,
  setUpLinkOf,
  signIn,
  tooWideElements,
} from './harness/console.ts';
import { forgetShifts, pageLoad, watchLoad } from './harness/page-load.ts';
import { cleanUp, type Product, startProduct } from './harness/product.ts';
import { type Provider, startProvider } from './harness/provider.ts';

const LONG = Array.from({ length: 40 }, (_, n) => `Here comes sentence number ${n + 1} of a long answer.`).join(' ');
const LAST = /sentence number 40 of a long answer\./;
/** https://web.dev/articles/cls calls less than 0.1 good. */
const MOST_SHIFT = 0.02;
/** A token every so many ms: some 500 of them. */
const TOKEN_MS = 4;

let provider: Provider;
let product: Product;
let browser: Browser;
let page: Page;
let agentId: number;
let sessionId: number;
beforeAll(async () => {
  provider = await startProvider(() => ({ tokens: LONG, gate: () => pause(TOKEN_MS) }));
  product = await startProduct({ env: provider.env });
  browser = await openBrowser();
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(10_000);
  await watchLoad(page);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await provider?.close();
  await cleanUp();
});

/** Pages that are no part of the console follow the browser's colours by themselves. */
async function problemsOfPlainPage(): Promise<string[]> {
  const problems: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    problems.push(...(await accessibilityProblems(page)).map((problem) => `${colorScheme}: ${problem}`));
  }
  problems.push(...(await tooWideElements(page)));
  await page.setViewportSize({ width: 1440, height: 900 });
  return problems;
}

describe('what other tests do not open, read with assistive technology and on a phone', () => {
  it('is the page of the set-up link', async () => {
    await page.goto(setUpLinkOf(product));
    await page.getByRole('heading', { name: 'Set up your account' }).waitFor();
    expect([...(await accessibilityProblemsInBothSchemes(page)), ...(await tooWideElements(page))]).toEqual([]);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('is every dialog, menu, drawer and error of the console', { timeout: 300_000 }, async () => {
    await setUpAccount(product);
    agentId = await product.api.createAgent({ name: 'Customer support of the Northern Lights Energy Cooperative' });
    ({ session_id: sessionId } = await product.api.createSession(agentId));
    await product.api.ok('POST', `sessions/${sessionId}/messages`, { message: 'When do you open tomorrow morning?' });
    await signIn(page, product);
    const press = (name: string | RegExp) => page.getByRole('button', { name }).first().click();
    const failing = (path: string) =>
      page.route(`**/api/v1/${path}`, (route) =>
        route.fulfill({ status: 500, json: { success: false, error: 'Something broke', code: 'internal' } }),
      );
    /** Where each is, and what opens it. */
    const states: Array<[path: string, open: () => Promise<unknown>]> = [
      ['/', () => press('Show as code')],
      ['/', () => press(/Account menu/)],
      ['/agents', () => press(/More about Customer support/)],
      ['/sessions', () => page.getByRole('link', { name: /Session \d+ with Customer/ }).waitFor()],
      [`/sessions/${sessionId}`, () => page.getByText(LAST).first().waitFor()],
      [`/sessions/${sessionId}`, () => press('End now')],
      [`/sessions/${sessionId}`, () => press('Export')],
      ['/embeds', () => press('Create an embed')],
      ['/settings/keys', () => press('Create a key')],
      ['/settings/providers', () => press('Add another endpoint')],
      ['/settings/providers', () => page.getByRole('button', { name: /Anthropic/ }).click()],
      ['/settings/users', () => press('Invite somebody')],
      ['/avatars?show=public', () => press('Open Clara')],
    ];
    const problems: string[] = [];
    const look = async (what: string) => {
      const found = [...(await accessibilityProblemsInBothSchemes(page)), ...(await tooWideElements(page))];
      problems.push(...found.map((problem) => `${what}: ${problem}`));
      await page.setViewportSize({ width: 1440, height: 900 });
    };
    for (const [n, [path, open]] of states.entries()) {
      await page.goto(`${product.url}${path}`);
      await open();
      await look(`${n} ${path}`);
    }
    await page.goto(product.url);
    await page.setViewportSize({ width: 360, height: 780 });
    await press('Open the menu');
    await page.getByRole('link', { name: 'Users' }).waitFor();
    await look('the menu of a phone');
    for (const [api, path] of [
      ['agents?*', '/agents'],
      ['sessions?*', '/sessions'],
      ['usage*', '/usage'],
    ] as const) {
      await failing(api);
      await page.goto(`${product.url}${path}`);
      await page.getByRole('alert').first().waitFor();
      await look(`${path} without an answer`);
    }
    await page.unrouteAll();
    expect(problems).toEqual([]);
  });
});

describe('a long answer that is written word by word', () => {
  const shiftOf = async (what: string) => {
    const { layoutShift, shifts } = await pageLoad(page);
    console.log(`${what}: layout shift ${layoutShift.toFixed(4)}`);
    expect(layoutShift, shifts.join('\n')).toBeLessThan(MOST_SHIFT);
  };
  const ask = async () => {
    await forgetShifts(page);
    await page.getByRole('textbox', { name: /message/i }).fill('Please tell me everything.');
    await page.keyboard.press('Enter');
    await page.getByText(LAST).last().waitFor();
  };

  it('moves nothing in the playground', async () => {
    await page.goto(`${product.url}/agents/${agentId}/talk?mode=chat`);
    await ask();
    await page.getByRole('button', { name: /Show the timing of this answer/ }).waitFor();
    await shiftOf('playground');
  });

  it('moves nothing on the try page, which everybody can read', async () => {
    const { url } = await product.api.ok<{ url: string }>('POST', `agents/${agentId}/try-links`);
    await page.goto(`${product.url}${new URL(url).pathname}${new URL(url).hash}`);
    await page.getByRole('button', { name: 'Start' }).waitFor();
    expect(await problemsOfPlainPage()).toEqual([]);
    await ask();
    await shiftOf('try page');
    expect(await problemsOfPlainPage()).toEqual([]);
  });

  it('is no part of the start page, which is drawn in its place', async () => {
    await page.goto(product.url);
    await page.getByText('Your latest sessions').waitFor();
    await page.waitForLoadState('networkidle');
    await shiftOf('start page');
  });
});
