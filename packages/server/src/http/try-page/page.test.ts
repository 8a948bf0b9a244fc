import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSetUpLink } from '../../core/users/first-user.ts';
import { startTestApi } from '../../testing/test-api.ts';
import { hasChromium, type OpenPage, startTryPageWorld, type TryPageWorld } from '../../testing/try-page-world.ts';

const PATIENCE = { timeout: 20_000, interval: 20 };

describe('the page for trying an agent', () => {
  it('runs scripts of this server only, and is kept by nobody', async () => {
    const api = await startTestApi();
    const { statusCode, body, headers } = await api.app.inject({ url: '/try/12' });
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; script-src 'self'; style-src 'sha256-\S+'; connect-src 'self';/,
      ),
    });
    expect(body).not.toMatch(/https?:\/\//);
    expect(body).not.toMatch(/\son[a-z]+=|\sstyle=/);
    const source = /src="(\/try\/assets\/main\.\w+)"/.exec(body)?.[1] ?? '';
    const script = await api.app.inject({ url: source });
    expect(script.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect(script.body).not.toMatch(/sourceMappingURL|import type|https?:\/\//);
    for (const url of ['/try/0', '/try/twelve', '/try/assets/page.ts', '/try/assets/..%2fpage.ts', '/try/assets/tsconfig.json'])
      expect([url, (await api.app.inject({ url })).statusCode]).toEqual([url, url.startsWith('/try/assets') ? 404 : 400]);
    await api.close();
  });
});

describe.skipIf(!hasChromium)('the page for trying an agent in a browser without a microphone', () => {
  let world: TryPageWorld;
  let axe: string;
  beforeAll(async () => {
    world = await startTryPageWorld({ microphone: 'refused' });
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  });
  afterAll(() => world.close());

  const violations = async (page: Page) => {
    await page.evaluate(axe);
    const found = (await page.evaluate('axe.run()')) as {
      violations: Array<{ id: string; impact: string; nodes: Array<{ html: string }> }>;
    };
    return found.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  };
  const done = async ({ page, errors, close }: OpenPage) => {
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(page.viewportSize()?.width);
    expect(errors).toEqual([]);
    await close();
  };
  const SMALL = { viewport: { width: 360, height: 740 } };

  it('says that the microphone was refused, and goes on in writing, all by keyboard', async () => {
    const open = await world.open(await world.link(), SMALL);
    const { page, requested } = open;
    expect(page.url()).toBe(`${world.address}/try/${world.agentId}`);
    await page.getByRole('button', { name: 'Start' }).waitFor();
    for (let tabs = 0; tabs < 10 && (await page.evaluate('document.activeElement.id')) !== 'call'; tabs += 1) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The microphone was not allowed.').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('text');

    world.models.script(() => ({ tokens: 'Enchantée.' }));
    await page.keyboard.type('Bonjour');
    await page.keyboard.press('Enter');
    await page.locator('#lines .agent', { hasText: 'Enchantée.' }).waitFor();
    expect(await page.locator('#lines li p').allInnerTexts()).toEqual(['Bonjour, je suis Ada.', 'Bonjour', 'Enchantée.']);
    expect(await page.getByRole('heading', { name: 'Talk with Ada' }).count()).toBe(1);
    await vi.waitFor(async () => expect(await page.locator('#stages li').allInnerTexts()).toHaveLength(1), PATIENCE);
    expect(requested.filter((path) => path.includes('/connect'))).toEqual([]);
    expect(requested.join()).not.toMatch(/token=/);

    await page.reload();
    await page.locator('#lines .agent', { hasText: 'Enchantée.' }).waitFor();
    await page.keyboard.press('Tab');
    expect(requested.filter((path) => path.endsWith('/exchange'))).toHaveLength(1);
    await done(open);
  });

  it('gives a message back that could not be answered, with what is wrong', async () => {
    const open = await world.open(await world.link(), SMALL);
    const { page } = open;
    world.models.script(() => ({ status: 400, error: { message: 'no' } }));
    await page.getByLabel('Message', { exact: true }).fill('Are you there?');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('alert').getByText('No language model provider could be reached.').waitFor();
    expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('Are you there?');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByRole('alert').waitFor({ state: 'hidden' });
    expect(await page.locator('#lines li p').allInnerTexts()).toEqual(['Bonjour, je suis Ada.']);

    // Sent again unchanged it is the same message.
    world.models.script(() => ({ tokens: 'Oui.' }));
    await page.keyboard.press('Enter');
    await page.locator('#lines .agent', { hasText: 'Oui.' }).waitFor();
    await page.reload();
    await page.locator('#lines .agent', { hasText: 'Oui.' }).waitFor();
    expect(await page.locator('#lines li p').allInnerTexts()).toEqual(['Bonjour, je suis Ada.', 'Are you there?', 'Oui.']);
    await done(open);
  });

  it('refuses a link that was used, in words', async () => {
    const link = await world.link();
    const token = new URL(link).hash.replace('#token=', '');
    expect((await world.api.call('POST', '/try-links/exchange', { token })).status).toBe(201);
    const open = await world.open(link);
    await open.page.getByLabel('Message', { exact: true }).fill('Hello');
    await open.page.keyboard.press('Enter');
    await open.page.getByRole('alert').getByText('This link was used already or has run out.').waitFor();
    await done(open);
  });

  it('asks somebody with neither link nor account to sign in, and then knows the agent', async () => {
    const { api, agentId, address } = world;
    const token = await createSetUpLink({ storage: api.storage, now: Date.now }, api.user.id);
    const account = { token, email: 'ada@example.org', password: 'a sentence is better' };
    expect((await api.call('POST', '/auth/setup', account)).status).toBe(200);
    const open = await world.open(`${address}/try/${agentId}`, SMALL);
    const { page } = open;
    await page.getByRole('heading', { name: 'Sign in to try this agent' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('E-mail address').fill('ada@example.org');
    await page.getByLabel('Password').fill('a wrong guess');
    await page.keyboard.press('Enter');
    await page.getByText('The e-mail address or the password is wrong.').waitFor();
    await page.getByLabel('Password').fill('a sentence is better');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Talk with Ada' }).waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('call');

    world.models.script(() => ({ tokens: 'Bien.' }));
    await page.getByLabel('Message', { exact: true }).fill('Ça va ?');
    await page.keyboard.press('Enter');
    await page.locator('#lines .agent', { hasText: 'Bien.' }).waitFor();
    await page.goto(`${address}/try/999999`);
    await page.getByRole('alert').getByText('There is no such agent here, or it is not yours.').waitFor();
    await done(open);
  });

  it('says what plain http lacks', async () => {
    const open = await world.open(await world.link());
    await open.page.addInitScript('Object.defineProperty(window, "isSecureContext", { value: false })');
    await open.page.reload();
    await open.page.getByRole('button', { name: 'Start' }).click();
    await open.page.getByRole('alert').getByText('Browsers give pages a microphone only over https').waitFor();
    await done(open);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`can be used by everybody in ${colorScheme} colours, in writing and with a notice`, async () => {
      const open = await world.open(await world.link(), { colorScheme, viewport: { width: 360, height: 740 } });
      const { page } = open;
      await page.getByRole('button', { name: 'Start' }).waitFor();
      expect(await violations(page)).toEqual([]);
      world.models.script(() => ({
        tokens: 'Une réponse plutôt longue, avec unmottrèstrèslongquinefinitpasdutoutcommeuneadresse.',
      }));
      await page.getByLabel('Message', { exact: true }).fill('Bonjour');
      await page.keyboard.press('Enter');
      await page.locator('#lines .agent', { hasText: 'plutôt' }).waitFor();
      await page.getByRole('button', { name: 'Start' }).click();
      await page.getByRole('alert').getByText('The microphone').waitFor();
      expect(await violations(page)).toEqual([]);
      await done(open);
    });
  }
});
