import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { wordsOf } from '../packages/server/src/testing/real-speech.ts';
import { ensureSpeechModels } from '../packages/server/src/testing/test-model.ts';
import { CHROMIUM } from './harness/browser.ts';
import { accessibilityProblems } from './harness/console.ts';
import { motionIn } from './harness/motion.ts';
import { temporaryFolder } from './harness/product.ts';
import { heardWords, recordSound, say } from './harness/speech.ts';
import { until } from './harness/until.ts';
import { afterSilence } from './harness/wav.ts';
import {
  connected,
  FOCUSED,
  FRAMES,
  launcher,
  lines,
  startWidgetWorld,
  told,
  type VisitedPage,
  type VisitOptions,
  WIDGET,
  type WidgetWorld,
  write,
} from './harness/widget-world.ts';

const BUNDLE = fileURLToPath(new URL('../packages/widget/dist/web/widget.js', import.meta.url));
const MOST_BYTES = 60 * 1024;
const models = await ensureSpeechModels();
const QUESTION = 'When do you open tomorrow morning?';
const ANSWER = 'We open at nine in the morning, and we close at five.';
/** Chromium's microphone plays its file from the moment it is opened; the call stands well before this, in seconds. */
const BEFORE_QUESTION = 4;

/** The real server, its ears, voices and faces, and a page of another origin in a real browser. */
describe.skipIf(!models.store || !existsSync(CHROMIUM))('a page that embeds an agent', () => {
  let world: WidgetWorld;

  beforeAll(async () => {
    world = await startWidgetWorld({ answer: ANSWER, agent: { properties: { turn: { greeting: { enabled: false } } } } });
  });
  afterEach(() => world.leave());
  afterAll(() => world?.close());

  const visit = (page?: VisitedPage, options?: VisitOptions) => world.visit(page, options);

  it('loads no more than 60 KB of script', () => {
    expect(gzipSync(readFileSync(BUNDLE)).length).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('chats, asks aloud and is answered by voice, sees a moving face, and goes on after a reload', {
    timeout: 180_000,
  }, async () => {
    const file = join(temporaryFolder(), 'question.wav');
    writeFileSync(file, afterSilence(Buffer.from(await (await say(world.product, QUESTION)).arrayBuffer()), BEFORE_QUESTION));
    const microphone = [`--use-file-for-fake-audio-capture=${file}%noloop`, '--use-fake-ui-for-media-stream'];
    const speaking = await world.open(microphone);
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
    expect(wordsOf(await heardWords(page, world.product))).toEqual(expect.arrayContaining(['nine', 'morning', 'close', 'five']));

    await page.getByRole('button', { name: 'Face to face' }).click();
    await until('pictures of the face', async () => ((await page.evaluate(FRAMES)) as number) > 3, 60_000);
    await write(page, 'Once more, please.');
    await page.getByText('Speaking', { exact: true }).waitFor();
    // A talking face changes from picture to picture; the same picture over and over would not.
    expect(await motionIn(page, `${WIDGET}.querySelector('video')`)).toBeGreaterThan(0.5);
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

    const element = `<visavis-agent embed="${world.embed}" mode="inline"></visavis-agent>`;
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
    const recordedAgent = await world.product.api.createAgent({ name: 'Museum', properties: { recording: { enabled: true } } });
    const { page } = await visit({ embed: await world.embedOf({ agent_id: recordedAgent }), attributes: 'open' });
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

  it('is used with the keyboard alone, and tells a screen reader what matters', { timeout: 120_000 }, async () => {
    const { page } = await visit({}, { viewport: { width: 360, height: 740 } });
    await launcher(page).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Museum' }).waitFor();
    await page.keyboard.type('When do you open?');
    await page.keyboard.press('Enter');
    // Whole replies are read out, once.
    await until('the answer to be announced', async () => (await page.locator('[aria-live]').textContent())?.endsWith(ANSWER));
    // The panel covers the page: the focus goes round in it, in the order in which it is read.
    const order: unknown[] = [];
    for (let stop = 0; stop < 8; stop++) {
      await page.keyboard.press('Tab');
      order.push(await page.evaluate(NAME));
    }
    const round = ['Send', 'Devices and more', 'Close', 'Conversation', 'Talk', 'Face to face', 'Write a message', 'Send'];
    expect(order).toEqual(round);
    await page.keyboard.press('Shift+Tab');
    expect(await page.evaluate(NAME)).toBe('Write a message');

    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Space');
    await connected(page);
    // The button that was pressed is gone: the focus is on another one of the call.
    expect(await page.evaluate(NAME)).toBe('Mute');
    await page.keyboard.press('Space');
    await page.locator('.said', { hasText: 'You are muted' }).waitFor();
    expect(await page.evaluate(NAME)).toBe('Unmute');
    // One Escape closes the menu, the next one the panel; the call goes on.
    await page.locator('[part~=more]').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    expect(await page.evaluate(NAME)).toBe('Devices and more');
    await page.keyboard.press('Escape');
    expect(await page.evaluate(NAME)).toBe('In a call with Museum');
    expect(await page.locator('[data-call=connected]').count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Hang up' }).focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate(NAME)).toMatch(/Talk|Write a message/);
  });

  it.each([
    { name: 'light', colorScheme: 'light', attributes: '' },
    { name: 'dark', colorScheme: 'dark', attributes: '' },
    { name: 'with a pale accent', colorScheme: 'light', attributes: 'accent="#ffe14d"' },
    { name: 'dark with a dark accent', colorScheme: 'dark', attributes: 'accent="#1a1a40"' },
    { name: 'right to left', colorScheme: 'light', attributes: 'lang="ar"' },
    { name: 'with forced colours', colorScheme: 'dark', forcedColors: 'active', attributes: '' },
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

/** The name of what has the focus. */
const NAME = `(() => {
  const focused = document.activeElement?.shadowRoot?.activeElement;
  return focused?.getAttribute('aria-label') ?? focused?.textContent;
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
