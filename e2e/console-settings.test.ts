import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userModelsDir } from '../packages/server/src/testing/test-model.ts';
import { openBrowser } from './harness/browser.ts';
import { type Account, accessibilityProblemsInBothSchemes, setUpAccount, signIn, tooWideElements } from './harness/console.ts';
import { cleanUp, PROVIDER_KEY, type Product, startProduct } from './harness/product.ts';
import { type Provider, startProvider } from './harness/provider.ts';
import { until } from './harness/until.ts';

/** The smallest model that Visavis knows: one file of 1.3 MB. */
const MODEL = 'Silero voice activity detector 6';
const OWN_KEY = `${PROVIDER_KEY}-of-ada`;
const BEN: Account = { email: 'ben@example.com', password: 'a long password of Ben' };

let provider: Provider;
let product: Product;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  provider = await startProvider();
  // No key of the configuration: the first account is made with the set-up link.
  const env = { ...provider.env, VISAVIS_API_KEY: undefined };
  product = await startProduct({ env, settings: { model_folders: [userModelsDir()] } });
  await setUpAccount(product);
  browser = await openBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await signIn(page, product);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await provider?.close();
  await cleanUp();
});

const open = async (path: string, title: string) => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(`${product.url}${path}`);
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
};
/** The row of a list that is about this. */
const row = (text: string) => page.getByRole('listitem').filter({ hasText: text });
const choose = async (menu: string, item: string) => {
  await page.getByRole('button', { name: `Actions for ${menu}` }).click();
  await page.getByRole('menuitem', { name: item }).click();
};
const statusWith = async (key: string) => (await fetch(`${product.url}/api/v1/agents`, { headers: { 'x-api-key': key } })).status;

describe('the settings in the console', () => {
  it('give a key that programs call with, once, and refuse it as soon as it is revoked', async () => {
    await open('/settings/keys', 'API keys');
    await page.getByRole('button', { name: 'Create a key' }).click();
    const form = page.getByRole('dialog');
    await form.getByRole('button', { name: 'Create a key' }).click();
    await form.getByText('Give it a name').waitFor();
    await form.getByLabel('Name').fill('Website backend');
    await form.getByRole('button', { name: 'Create a key' }).click();
    const key = await page.getByRole('textbox', { name: 'Key' }).inputValue();
    expect(key).toMatch(/^ah_live_[\w-]{32}$/);
    expect(await page.getByRole('button', { name: 'Done' }).isDisabled()).toBe(true);
    await page.getByLabel('I have stored it').check();
    await page.getByRole('button', { name: 'Done' }).click();

    await row('Website backend')
      .getByText(`ah_live_…${key.slice(-4)}`)
      .waitFor();
    expect(await statusWith(key)).toBe(200);
    expect(await page.content()).not.toContain(key);

    await choose('Website backend', 'Revoke');
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await row('Website backend').waitFor({ state: 'detached' });
    expect(await statusWith(key)).toBe(401);
  });

  it('take the key of a provider, try it, and never show it again', async () => {
    await open('/settings/providers', 'Providers');
    await page.getByRole('button', { name: 'Add another endpoint' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name').fill('My endpoint');
    await form.getByRole('button', { name: 'Save and test' }).click();
    await form.getByText('Use small letters').waitFor();
    await form.getByLabel('Name').fill('my-endpoint');
    await form.getByLabel('Address').fill(provider.url);
    await form.getByLabel('Key', { exact: true }).fill(OWN_KEY);
    await form.getByLabel('Default model').fill('small');
    await form.getByRole('button', { name: 'Save and test' }).click();
    await row('my-endpoint')
      .getByText(/small answered in \d+ ms/)
      .waitFor();
    expect(provider.requests.at(-1)?.headers.authorization).toBe(`Bearer ${OWN_KEY}`);

    await page.reload();
    await row('my-endpoint')
      .getByText(`Key ends in ${OWN_KEY.slice(-4)}`)
      .waitFor();
    await choose('my-endpoint', 'Edit');
    expect(await page.getByRole('dialog').getByLabel('Key', { exact: true }).inputValue()).toBe('');
    expect(await page.content()).not.toContain(OWN_KEY);
    await page.getByRole('button', { name: 'Cancel' }).click();

    provider.script(() => ({ status: 401, error: { message: 'Incorrect API key provided' } }));
    await page.getByRole('button', { name: 'Test my-endpoint' }).click();
    await row('my-endpoint').getByText('The key is refused').waitFor();

    await choose('my-endpoint', 'Remove');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await row('my-endpoint').waitFor({ state: 'detached' });
  });

  it('bring a model, compare its files with their checksums, and remove it', async () => {
    await open('/settings/models', 'Models');
    await page.getByRole('button', { name: `Download ${MODEL}` }).click();
    await row(MODEL).getByText('Ready').waitFor({ timeout: 60_000 });
    await page.getByText('1.3 MB on disk').waitFor();
    await choose(MODEL, 'Check the files');
    await page.getByText('All files are whole').waitFor();
    await choose(MODEL, 'Remove');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('button', { name: `Download ${MODEL}` }).waitFor();
  }, 90_000);

  it('show how far a download is, and go on by themselves until it is there', async () => {
    // No server sends slowly enough to be looked at without a clock: what the real one answers is put into the middle of a download.
    let received = 0.25;
    await page.route('**/api/v1/models', async (route) => {
      const answer = await route.fetch();
      const body = (await answer.json()) as { models: Array<Record<string, unknown> & { title: string; size_bytes: number }> };
      for (const model of body.models.filter(({ title }) => title === MODEL)) {
        const under = { state: 'downloading', progress: received, received_bytes: received * model.size_bytes };
        if (received < 1) Object.assign(model, under, { bytes_per_second: 120_000, seconds_left: 8 });
      }
      await route.fulfill({ response: answer, json: body });
    });
    await open('/settings/models', 'Models');
    const bar = row(MODEL).getByRole('progressbar');
    const share = async () => Math.round(Number(await bar.getAttribute('aria-valuenow')));
    await bar.waitFor();
    expect(await share()).toBe(25);
    await row(MODEL).getByText('120 kB').waitFor();
    await row(MODEL).getByText('0:08').waitFor();
    expect(await accessibilityProblemsInBothSchemes(page)).toEqual([]);
    expect(await tooWideElements(page)).toEqual([]);
    received = 0.75;
    await until('the bar to follow', async () => (await share()) === 75);
    received = 1;
    await bar.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: `Download ${MODEL}` }).waitFor();
    await page.unroute('**/api/v1/models');
  });

  it('invite somebody, who sees nothing of who invited them', async () => {
    await open('/settings/users', 'Users');
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    await page.getByLabel('E-mail address').fill(BEN.email);
    await page.getByRole('button', { name: 'Make the invitation' }).click();
    // Started with port 0, the server does not know the address that it is reached at.
    const { pathname, hash } = new URL(await page.getByRole('textbox', { name: 'Link' }).inputValue());
    await page.getByRole('button', { name: 'Done' }).click();
    await row(BEN.email).getByText('Invited', { exact: true }).waitFor();

    const other = await (await browser.newContext()).newPage();
    await other.goto(product.url + pathname + hash);
    expect(await other.getByLabel('E-mail address').inputValue()).toBe(BEN.email);
    expect(await other.getByLabel('E-mail address').isEditable()).toBe(false);
    await other.getByLabel('Password', { exact: true }).fill(BEN.password);
    await other.getByRole('button', { name: 'Set up and sign in' }).click();
    await other.getByRole('button', { name: `Account menu of ${BEN.email}` }).waitFor();
    await other.goto(`${product.url}/settings/keys`);
    await other.getByText('No keys yet').waitFor();
    expect(await other.getByRole('link', { name: 'Users' }).count()).toBe(0);
    await other.goto(`${product.url}/settings/users`);
    await other.getByText('Only administrators of this server see its users.').waitFor();
    await other.goto(`${product.url}/usage`);
    await other.getByText('Nothing in this period').waitFor();

    // The link again, in the address bar of the page that says it needs one.
    await other.goto(`${product.url}/setup`);
    await other.getByRole('heading', { name: 'This page needs a set-up link' }).waitFor();
    await other.goto(product.url + pathname + hash);
    await other.getByLabel('Password', { exact: true }).fill(BEN.password);
    await other.getByRole('button', { name: 'Set up and sign in' }).click();
    await other.getByText('This link was used already or has run out.').waitFor();
    await other.context().close();
  });

  it('change the name and the password of who is signed in', async () => {
    await open('/settings/account', 'Your account');
    await page.getByLabel('Name').fill('Ada L.');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Account menu of Ada L.' }).waitFor();
    await page.getByLabel('Current password').fill('not the password');
    await page.getByLabel('New password').fill('another long password');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('This is not your current password').waitFor();
    await page.getByLabel('Current password').fill('a long password of Ada');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('The password is changed').waitFor();
    await open('/settings/keys', 'API keys');
  });

  it('count what was said', async () => {
    await open('/usage', 'Usage');
    await page.getByText('Nothing in this period').waitFor();
    // As a program does, with a key of Ada's.
    await open('/settings/keys', 'API keys');
    await page.getByRole('button', { name: 'Create a key' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Counting');
    await page.getByRole('dialog').getByRole('button', { name: 'Create a key' }).click();
    const key = await page.getByRole('textbox', { name: 'Key' }).inputValue();
    const headers = { 'x-api-key': key, 'content-type': 'application/json' };
    const call = (path: string, body?: object) =>
      fetch(`${product.url}/api/v1${path}`, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) });
    const { agents } = (await (await call('/agents')).json()) as { agents: Array<{ agent_id: number }> };
    expect((await call('/sessions', { agent_id: agents[0]?.agent_id, session_type: 'agent_chat' })).status).toBe(201);

    await open('/usage', 'Usage');
    await page.getByText('Chat 1').waitFor();
    await page.getByRole('button', { name: 'Numbers: Sessions and minutes a day' }).click();
    const today = page.getByRole('table').getByRole('row').nth(1);
    expect((await today.getByRole('cell').allTextContents()).map(Number)).toEqual([1, 0, 0, 0, 1]);
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download CSV' }).click()]);
    expect(file.suggestedFilename()).toBe('visavis-usage-30-days.csv');
  });

  for (const [path, title] of [
    ['/settings/keys', 'API keys'],
    ['/settings/providers', 'Providers'],
    ['/settings/models', 'Models'],
    ['/settings/users', 'Users'],
    ['/settings/account', 'Your account'],
    ['/usage', 'Usage'],
    ['/developers', 'Developers'],
  ] as const) {
    it(`are read by everybody and fit a phone: ${path}`, async () => {
      await open(path, title);
      await page.getByRole('status', { name: 'Loading …' }).waitFor({ state: 'detached' });
      expect(await accessibilityProblemsInBothSchemes(page)).toEqual([]);
      expect(await tooWideElements(page)).toEqual([]);
    });
  }
});
