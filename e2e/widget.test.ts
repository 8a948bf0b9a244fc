import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { wordsOf } from '../packages/server/src/testing/real-speech.ts';
import { ensureSpeechModels, userModelsDir } from '../packages/server/src/testing/test-model.ts';
import { CHROMIUM } from './harness/browser.ts';
import { accessibilityProblems } from './harness/console.ts';
import { type ForeignSite, startForeignSite } from './harness/foreign-site.ts';
import { cleanUp, type Product, startProduct, temporaryFolder } from './harness/product.ts';
import { type Provider, startProvider } from './harness/provider.ts';
import { freePort } from './harness/proxies.ts';
import { heardWords, recordSound, say, speaks } from './harness/speech.ts';
import { until } from './harness/until.ts';
import { afterSilence } from './harness/wav.ts';

const BUNDLE = fileURLToPath(new URL('../packages/widget/dist/web/widget.js', import.meta.url));
const MOST_BYTES = 60 * 1024;
const models = await ensureSpeechModels();
const QUESTION = 'When do you open tomorrow morning?';
const ANSWER = 'We open at nine in the morning, and we close at five.';
/** Chromium's microphone plays its file from the moment it is opened; the call stands well before this, in seconds. */
const BEFORE_QUESTION = 4;
const ARGUMENTS = ['--no-sandbox', '--use-fake-device-for-media-stream', '--autoplay-policy=no-user-gesture-required'];

const WIDGET = "document.querySelector('visavis-agent').shadowRoot";

/** The real server, its ears, voices and faces, and a page of another origin in a real browser. */
describe.skipIf(!models.store || !existsSync(CHROMIUM))('a page that embeds an agent', () => {
  let provider: Provider;
  let product: Product;
  let site: ForeignSite;
  let agentId: number;
  let embed: string;
  /** Its microphone is silent, and allowed. */
  let browser: Browser;
  const open: Page[] = [];

  beforeAll(async () => {
    provider = await startProvider(() => ({ tokens: ANSWER }));
    product = await startProduct({
      env: {
        ...provider.env,
        PORT: String(await freePort()),
        VISAVIS_STT: undefined,
        VISAVIS_TTS: undefined,
        VISAVIS_MODELS_DIR: userModelsDir(),
      },
      settings: { sessions: { concurrent: 100_000 } },
    });
    site = await startForeignSite();
    agentId = await product.api.createAgent({
      name: 'Museum',
      avatar_id: 1,
      properties: { turn: { greeting: { enabled: false } } },
    });
    embed = await embedOf({});
    await until(
      'the ears, voices and faces to be there',
      async () => {
        if (!(await speaks(product))) return false;
        const wish = { agent_id: agentId, session_type: 'agent_video' };
        const { session } = await product.api.ok<{ session: { warnings: string[] } }>('POST', 'sessions', wish);
        return session.warnings.length === 0;
      },
      120_000,
    );
    browser = await chromium.launch({ executablePath: CHROMIUM, args: [...ARGUMENTS, '--use-fake-ui-for-media-stream'] });
  });
  afterEach(async () => {
    for (const page of open.splice(0)) await page.context().close();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await provider?.close();
    await cleanUp();
  });

  async function embedOf(settings: object): Promise<string> {
    const body = { agent_id: agentId, name: 'A shop', allowed_origins: [site.origin], ...settings };
    return (await product.api.ok<{ embed: { embed_id: string } }>('POST', 'embeds', body)).embed.embed_id;
  }

  /** Opens a page of the foreign site; `troubles` are errors of it, and what its policy did not let in. */
  async function visit(
    page: { embed?: string; attributes?: string; body?: string; strict?: boolean } = {},
    { inBrowser = browser, ...options }: BrowserContextOptions & { inBrowser?: Browser } = {},
  ) {
    const context = await inBrowser.newContext(options);
    const opened = await context.newPage();
    open.push(opened);
    opened.setDefaultTimeout(30_000);
    const troubles: string[] = [];
    opened.on('pageerror', (error) => void troubles.push(String(error)));
    opened.on('console', (message) => {
      if (message.type() === 'error') troubles.push(message.text());
    });
    await opened.addInitScript(LISTEN);
    await opened.goto(site.page({ server: product.url, embed, ...page }));
    return { page: opened, troubles };
  }

  const launcher = (page: Page) => page.getByRole('button', { name: 'Open the conversation with Museum' });
  const told = (page: Page, name: string) =>
    page.evaluate<Array<Record<string, unknown>>>(`told.filter(({ name }) => name === '${name}')`);
  const write = async (page: Page, text: string) => {
    await page.getByRole('textbox', { name: 'Write a message' }).fill(text);
    await page.keyboard.press('Enter');
  };
  const lines = (page: Page, kind: 'user' | 'agent') => page.locator(`.lines .${kind} p`);

  it('loads no more than 60 KB of script', () => {
    expect(gzipSync(readFileSync(BUNDLE)).length).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('chats, asks aloud and is answered by voice, sees a moving face, and goes on after a reload', {
    timeout: 180_000,
  }, async () => {
    const file = join(temporaryFolder(), 'question.wav');
    writeFileSync(file, afterSilence(Buffer.from(await (await say(product, QUESTION)).arrayBuffer()), BEFORE_QUESTION));
    const microphone = [`--use-file-for-fake-audio-capture=${file}%noloop`, '--use-fake-ui-for-media-stream'];
    const speaking = await chromium.launch({ executablePath: CHROMIUM, args: [...ARGUMENTS, ...microphone] });
    const { page, troubles } = await visit({}, { inBrowser: speaking, permissions: ['microphone'] });
    await launcher(page).click();
    await write(page, 'What does a ticket cost?');
    await lines(page, 'agent').getByText(ANSWER).waitFor();
    const [session] = await told(page, 'visavis-session');
    expect(session).toMatchObject({ mode: 'chat', resumed: false });

    await page.getByRole('button', { name: 'Talk' }).click();
    await page.getByText('Listening', { exact: true }).first().waitFor();
    await recordSound(page, `${WIDGET}.querySelector('audio')`);
    await page.evaluate(WATCH_LENGTHS);
    const question = lines(page, 'user').filter({ hasText: /morning/i });
    await question.waitFor();
    // The greeting and the written answer come before it.
    const heard = lines(page, 'agent').nth(2).locator('span').first();
    await until('the whole answer', async () => (await heard.textContent()) === ANSWER, 60_000);
    // What is not heard yet is dimmed: the answer takes its time.
    expect(await page.evaluate('new Set(heardLengths).size')).toBeGreaterThan(4);
    expect(wordsOf((await question.textContent()) ?? '').join('')).toBe(wordsOf(QUESTION).join(''));
    expect(wordsOf(await heardWords(page, product))).toEqual(expect.arrayContaining(['nine', 'morning', 'close', 'five']));

    await page.getByRole('button', { name: 'Face to face' }).click();
    await until('pictures of the face', async () => ((await page.evaluate(FRAMES)) as number) > 3, 60_000);
    await write(page, 'Once more, please.');
    await page.getByText('Speaking', { exact: true }).waitFor();
    // A talking face changes from picture to picture; the same picture over and over would not.
    expect(await page.evaluate(MOTION)).toBeGreaterThan(0.5);
    await until('the answer to be heard', async () => (await told(page, 'visavis-message')).length === 6, 60_000);

    await page.reload();
    await page.getByRole('button', { name: 'Hang up' }).waitFor();
    await until('the call to stand again', async () => ((await page.evaluate(FRAMES)) as number) > 3, 60_000);
    expect(await told(page, 'visavis-session')).toMatchObject([{ sessionId: session?.sessionId, mode: 'video', resumed: true }]);
    await lines(page, 'user').getByText('What does a ticket cost?').waitFor();
    await lines(page, 'user').getByText('Once more, please.').waitFor();

    await page.getByRole('button', { name: 'Devices and more' }).click();
    await page.getByRole('button', { name: 'End the conversation' }).click();
    await page.getByText('You ended the conversation.').waitFor();
    expect(await told(page, 'visavis-end')).toMatchObject([{ reason: 'ended-by-client', sessionId: session?.sessionId }]);
    expect(troubles).toEqual([]);
    await speaking.close();
  });

  it('is refused on a page of another origin, in the server’s words', async () => {
    const { page } = await visit({ embed: await embedOf({ allowed_origins: ['https://other.example'] }) });
    await page.getByRole('button', { name: /Open the conversation/ }).click();
    await page.getByText('This page’s origin is not among those that the embed allows.').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    expect(await told(page, 'visavis-error')).toMatchObject([{ code: 'origin-not-allowed' }, { code: 'origin-not-allowed' }]);
  });

  it('says so when the budget of the day is used up, and gives back what was written', async () => {
    const spent = await embedOf({ sessions_per_day: 1 });
    const first = await visit({ embed: spent, attributes: 'open' });
    await write(first.page, 'One.');
    await lines(first.page, 'agent').getByText(ANSWER).waitFor();
    const second = await visit({ embed: spent, attributes: 'open' });
    await write(second.page, 'Two.');
    await second.page.getByText('This embed has used up its budget for today.').waitFor();
    await second.page.getByRole('button', { name: 'Try again' }).click();
    expect(await second.page.getByRole('textbox').inputValue()).toBe('Two.');
    // The first one goes on.
    await write(first.page, 'Three.');
    await until('another answer', async () => (await lines(first.page, 'agent').filter({ hasText: ANSWER }).count()) === 2);
  });

  it('goes on in writing without a microphone', async () => {
    const refusing = await chromium.launch({ executablePath: CHROMIUM, args: [...ARGUMENTS, '--deny-permission-prompts'] });
    const { page } = await visit({ attributes: 'open' }, { inBrowser: refusing });
    await page.getByRole('button', { name: 'Talk' }).click();
    await page.getByText('The microphone was not allowed.').waitFor();
    await write(page, 'Then I write.');
    await lines(page, 'agent').getByText(ANSWER).waitFor();
    await refusing.close();
  });

  it('keeps two tabs and two elements apart', async () => {
    const { page } = await visit({ attributes: 'open mode="inline"' });
    await write(page, 'The first tab.');
    await lines(page, 'agent').getByText(ANSWER).waitFor();
    // A tab that a page opens begins with a copy of its storage, as a duplicated one does.
    const opening = page.waitForEvent('popup');
    await page.evaluate('void window.open(location.href)');
    const other = await opening;
    await other.getByRole('textbox').waitFor();
    expect(await other.locator('.lines li').count()).toBe(0);
    await write(other, 'The second tab.');
    await lines(other, 'agent').getByText(ANSWER).waitFor();
    await write(page, 'Still here.');
    await until('an answer in the first tab', async () => (await lines(page, 'agent').filter({ hasText: ANSWER }).count()) === 2);
    expect(await lines(page, 'user').allTextContents()).toEqual(['The first tab.', 'Still here.']);

    const element = `<visavis-agent embed="${embed}" mode="inline"></visavis-agent>`;
    const two = await visit({ body: element + element });
    await two.page.getByRole('textbox').nth(1).fill('To the second one.');
    await two.page.keyboard.press('Enter');
    await two.page.locator('visavis-agent').nth(1).locator('.lines .agent').getByText(ANSWER).waitFor();
    expect(await two.page.locator('visavis-agent').nth(0).locator('.lines li').count()).toBe(0);
    await two.page.reload();
    await two.page.locator('visavis-agent').nth(1).getByText('To the second one.').waitFor();
    expect(await two.page.locator('visavis-agent').nth(0).locator('.lines li').count()).toBe(0);
  });

  it('asks before it records', async () => {
    const recordedAgent = await product.api.createAgent({ name: 'Museum', properties: { recording: { enabled: true } } });
    const { page } = await visit({ embed: await embedOf({ agent_id: recordedAgent }), attributes: 'open' });
    await page.getByRole('button', { name: 'Talk' }).click();
    const dialog = page.getByRole('alertdialog', { name: 'This conversation is recorded' });
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Talk' }).click();
    await dialog.getByRole('button', { name: 'Agree and talk' }).click();
    await page.getByText('Listening', { exact: true }).first().waitFor();
  });

  it('works under the policy of docs/embeds.md, and breaks nothing of it', async () => {
    const { page, troubles } = await visit({ strict: true, attributes: 'accent="#ffd400"' });
    await launcher(page).click();
    await page.locator('.picture img:visible').first().waitFor();
    await page.getByRole('button', { name: 'Face to face' }).click();
    await until('pictures of the face', async () => ((await page.evaluate(FRAMES)) as number) > 3, 60_000);
    await page.getByRole('button', { name: 'Hang up' }).click();
    await write(page, 'And in writing?');
    await lines(page, 'agent').getByText(ANSWER).waitFor();
    expect(troubles).toEqual([]);
  });

  it('keeps the focus: in the panel when it opens, on its button when it closes', async () => {
    const { page } = await visit();
    await launcher(page).focus();
    await page.keyboard.press('Enter');
    await until('the text box', async () => (await page.evaluate(FOCUSED)) === 'Write a message');
    await page.keyboard.press('Escape');
    await until('the launcher', async () => (await page.evaluate(FOCUSED)) === 'Open the conversation with Museum');
    expect(await page.evaluate('told.map(({ name }) => name)')).toEqual(['visavis-open', 'visavis-close']);
    await page.evaluate(`document.querySelector('visavis-agent').send('By script.')`);
    await page.evaluate(`document.querySelector('visavis-agent').open()`);
    await lines(page, 'agent').getByText(ANSWER).waitFor();
  });

  it.each([
    { name: 'light', colorScheme: 'light', attributes: '' },
    { name: 'dark', colorScheme: 'dark', attributes: '' },
    { name: 'with a pale accent', colorScheme: 'light', attributes: 'accent="#ffe14d"' },
    { name: 'dark with a dark accent', colorScheme: 'dark', attributes: 'accent="#1a1a40"' },
    { name: 'right to left', colorScheme: 'light', attributes: 'lang="ar"' },
    { name: 'on a telephone', colorScheme: 'light', attributes: '', viewport: { width: 360, height: 740 } },
  ] as const)('can be used by everybody: $name', async ({ colorScheme, attributes, ...rest }) => {
    const { page, troubles } = await visit({ attributes }, { colorScheme, reducedMotion: 'reduce', ...rest });
    const launch = page.locator('.launcher');
    await launch.waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await launch.click();
    await page.locator('.welcome:visible').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole('textbox').fill('Hello?');
    await page.keyboard.press('Enter');
    await lines(page, 'agent').getByText(ANSWER).waitFor();
    await page.locator('[part~=talk]').click();
    await page.locator('[data-call=connected]').waitFor({ state: 'attached' });
    await page.locator('[part~=more]').click();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.locator('.devices [part~=end]').click();
    await page.locator('.outcome:visible').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(troubles).toEqual([]);
  });
});

/** What the element tells the page. */
const LISTEN = `
  window.told = [];
  for (const name of ['open', 'close', 'session', 'message', 'end', 'error'].map((name) => 'visavis-' + name))
    addEventListener(name, ({ detail }) => told.push({ name, ...detail }));
`;

const FOCUSED = `document.activeElement?.shadowRoot?.activeElement?.getAttribute('aria-label')`;

/** Pictures that the video element has shown. */
const FRAMES = `(() => {
  const quality = document.querySelector('visavis-agent').shadowRoot.querySelector('video').getVideoPlaybackQuality();
  return quality.totalVideoFrames - quality.droppedVideoFrames;
})()`;

/** The largest change between two pictures of the next two seconds: the mean of all pixels, of 255. */
const MOTION = `(async () => {
  const video = document.querySelector('visavis-agent').shadowRoot.querySelector('video');
  const canvas = new OffscreenCanvas(128, 128);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const look = () => (context.drawImage(video, 0, 0, 128, 128), context.getImageData(32, 32, 64, 64).data);
  let before = look();
  let most = 0;
  for (let pictures = 0; pictures < 40; pictures++) {
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    const now = look();
    most = Math.max(most, now.reduce((sum, value, at) => sum + Math.abs(value - before[at]), 0) / now.length);
    before = now;
  }
  return most;
})()`;

/** How long the second answer is shown to be, each time that it changes. */
const WATCH_LENGTHS = `(() => {
  window.heardLengths = [];
  const log = ${WIDGET}.querySelector('.lines');
  new MutationObserver(() => {
    const line = log.querySelectorAll('.agent')[2];
    if (line) heardLengths.push(line.querySelector('p > span').textContent.length);
  }).observe(log, { subtree: true, childList: true, characterData: true });
})()`;
