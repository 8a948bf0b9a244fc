import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from './harness/browser.ts';
import { accessibilityProblemsInBothSchemes, setUpAccount, signIn, tooWideElements } from './harness/console.ts';
import { cleanUp, type Product, startProduct } from './harness/product.ts';
import { type Provider, startProvider } from './harness/provider.ts';

let provider: Provider;
let product: Product;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  provider = await startProvider();
  product = await startProduct({ env: { ...provider.env, VISAVIS_API_KEY: undefined } });
  await setUpAccount(product);
  browser = await openBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await signIn(page, product, undefined, '/embeds');
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await provider?.close();
  await cleanUp();
});

const row = (text: string) => page.getByRole('listitem').filter({ hasText: text });
const choose = async (item: string) => {
  await page.getByRole('button', { name: 'Actions for Shop' }).click();
  await page.getByRole('menuitem', { name: item }).click();
};
/** What a page of this origin is answered when it asks for the widget. */
const widgetFor = (id: string, origin: string) =>
  fetch(`${product.url}/api/v1/embeds/${id}/widget`, { headers: { origin } }).then(({ status }) => status);

describe('embeds in the console', () => {
  let id = '';

  it('are made for the sites that are named, with the code to copy', async () => {
    await page.getByText('No embeds yet').waitFor();
    await page.getByRole('button', { name: 'Create an embed' }).click();
    const form = page.getByRole('dialog');
    expect(await accessibilityProblemsInBothSchemes(page)).toEqual([]);
    await form.getByLabel('Name', { exact: true }).fill('Shop');
    await form.getByRole('combobox', { name: 'Agent' }).click();
    await page.getByRole('option', { name: 'Sales Support Agent' }).click();
    await form.getByLabel('Allowed sites').fill('*');
    await form.getByRole('button', { name: 'Create an embed' }).click();
    await form.getByText('Name the sites one by one').waitFor();
    await form.getByLabel('Allowed sites').fill('Shop.example.com/cart');
    await form.getByText('Will be added as https://shop.example.com').waitFor();
    await form.getByLabel('Allowed sites').press('Enter');
    await form.getByRole('button', { name: 'Remove https://shop.example.com' }).waitFor();
    // Forgetting to press "Add" loses nothing.
    await form.getByLabel('Allowed sites').fill('*.example.org');
    await form.getByLabel('Title').fill('Ask the shop');
    await form.getByRole('figure').getByText('Ask the shop').waitFor();
    await form.getByRole('button', { name: 'Create an embed' }).click();

    await page.getByText('Two lines for your page').waitFor();
    const code = (await page.getByRole('dialog').locator('code').textContent()) ?? '';
    id = /embed="(emb_[\w-]+)"/.exec(code)?.[1] ?? '';
    const [script, element] = code.split('\n');
    expect(script).toMatch(/^<script src="http:\/\/[^"]+\/widget\.js" async><\/script>$/);
    expect(element).toBe(`<visavis-agent embed="${id}"></visavis-agent>`);
    expect(await widgetFor(id, 'https://shop.example.com')).toBe(200);
    expect(await widgetFor(id, 'https://www.example.org')).toBe(200);
    expect(await widgetFor(id, 'https://elsewhere.example')).toBe(403);
    await page.getByRole('button', { name: 'Done' }).click();
    await row('Shop').getByText('https://shop.example.com, https://*.example.org').waitFor();
  });

  it('are changed, tried here, switched off and deleted', async () => {
    await choose('Edit');
    const form = page.getByRole('dialog');
    await form.getByLabel('Sessions a day').fill('7');
    await form.getByRole('button', { name: 'Save' }).click();
    await row('Shop').getByText('0 of 7 sessions').waitFor();

    await choose('Try it here');
    await page.locator('visavis-agent').getByText('Ask the shop').first().waitFor();
    await page.keyboard.press('Escape');
    await page.locator('visavis-agent').waitFor({ state: 'detached' });

    await choose('Switch off');
    await row('Shop').getByText('Off', { exact: true }).waitFor();
    expect(await widgetFor(id, 'https://shop.example.com')).toBe(404);
  });

  it('are read by everybody and fit a phone', async () => {
    expect(await accessibilityProblemsInBothSchemes(page)).toEqual([]);
    expect(await tooWideElements(page)).toEqual([]);
    await page.getByRole('button', { name: 'Create an embed' }).click();
    await page.getByRole('dialog').getByLabel('Allowed sites').waitFor();
    expect(await tooWideElements(page)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it('are gone when they are deleted', async () => {
    await choose('Delete');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No embeds yet').waitFor();
  });
});
