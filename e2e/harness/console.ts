import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import type { Product } from './product.ts';

/** Who uses the console in tests. */
export interface Account {
  email: string;
  password: string;
}

export const ADMINISTRATOR: Account = { email: 'ada@example.com', password: 'a long password of Ada' };

/** The set-up link that the product has printed, at the address where it is reached. */
export function setUpLinkOf(product: Product): string {
  const link = /http\S+\/setup(#token=\S+)/.exec(product.output());
  if (!link) throw new Error('The product has printed no set-up link');
  return `${product.url}/setup${link[1]}`;
}

/** Makes the first account without the page for it. */
export async function setUpAccount(product: Product, account: Account = ADMINISTRATOR): Promise<Account> {
  const token = setUpLinkOf(product).split('#token=')[1];
  const answer = await fetch(`${product.url}/api/v1/auth/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: product.url },
    body: JSON.stringify({ token, ...account, name: 'Ada' }),
  });
  if (!answer.ok) throw new Error(`The account could not be made: ${answer.status} ${await answer.text()}`);
  return account;
}

/** Opens a page of the console and signs in there, as a person does. */
export async function signIn(page: Page, product: Product, account: Account = ADMINISTRATOR, path = '/'): Promise<void> {
  await page.goto(`${product.url}${path}`);
  await page.getByLabel('E-mail address').fill(account.email);
  await page.getByLabel('Password', { exact: true }).fill(account.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: /Account menu/ }).waitFor();
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds serious or critical on the page as it stands: the rule, and the elements. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  // Through the debugger, which the page's content security policy does not concern.
  if (!(await page.evaluate('typeof axe !== "undefined"'))) await page.evaluate(AXE);
  return page.evaluate(`axe
    .run(document, { resultTypes: ['violations'] })
    .then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, impact, nodes }) => impact + ' ' + id + ': ' + nodes.slice(0, 4)
        .map(({ target, any, html }) => target.join(' ') + (any[0] ? ' (' + any[0].message + ')' : '') + ' ' + html.slice(0, 160)).join(' | ')))`);
}

/** The same in light and in dark: `light: serious color-contrast: …`. The page's own transitions are waited for. */
export async function accessibilityProblemsInBothSchemes(page: Page): Promise<string[]> {
  const problems: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // Not `waitForFunction`: it evaluates text within the page, which its policy forbids.
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
    await settled(page);
    problems.push(...(await accessibilityProblems(page)).map((problem) => `${colorScheme}: ${problem}`));
  }
  return problems;
}

/** Waits until nothing on the page moves, but for what moves for ever. */
async function settled(page: Page): Promise<void> {
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
  await page.evaluate(`Promise.all(document.getAnimations()
    .filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity)
    .map((animation) => animation.finished.catch(() => {})))`);
}

/** What makes the page scroll sideways at this width, in pixels: nothing, on a page that fits. */
export async function tooWideElements(page: Page, width = 360): Promise<string[]> {
  await page.setViewportSize({ width, height: 780 });
  await settled(page);
  return page.evaluate(`(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    return [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1)
      .slice(0, 8)
      .map((element) => element.tagName.toLowerCase() + '.' + String(element.className).slice(0, 60) + ' ends at '
        + Math.round(element.getBoundingClientRect().right));
  })()`);
}

/** Scripts that a page has loaded, with what went over the line for each, in bytes. */
export interface TransferredScripts {
  bytes(): number;
  list(): Array<{ url: string; bytes: number }>;
}

/** Counts the scripts that come from now on, dynamic imports and workers included, as they go over the line. */
export async function countScripts(cdp: CDPSession): Promise<TransferredScripts> {
  const scripts = new Map<string, { url: string; bytes: number }>();
  cdp.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (type === 'Script' || response.mimeType.includes('javascript')) scripts.set(requestId, { url: response.url, bytes: 0 });
  });
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const script = scripts.get(requestId);
    if (script) script.bytes = encodedDataLength;
  });
  await cdp.send('Network.enable');
  const list = () => [...scripts.values()];
  return { list, bytes: () => list().reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** A page wide enough for the playground beside the form, whose own errors fail the test. */
export async function openConsolePage(browser: Browser | BrowserContext): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on('pageerror', (error) => {
    throw error;
  });
  return page;
}
