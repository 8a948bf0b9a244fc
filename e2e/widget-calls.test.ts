import { existsSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureSpeechModels } from '../packages/server/src/testing/test-model.ts';
import { CHROMIUM } from './harness/browser.ts';
import { until } from './harness/until.ts';
import { connected, heardLines, lines, startWidgetWorld, told, type WidgetWorld, write } from './harness/widget-world.ts';

const models = await ensureSpeechModels();
const GREETING = 'Welcome to the museum.';
const ANSWER = 'We open at nine.';

/** Calls on somebody else's page: what becomes of them over reloads, in two tabs, without sound and without time. */
describe.skipIf(!models.store || !existsSync(CHROMIUM))('a call on a page that embeds an agent', () => {
  let world: WidgetWorld;
  /** A call within the last minute of its embed, which goes on while the other tests run. */
  let lastMinute: Page;

  beforeAll(async () => {
    world = await startWidgetWorld({ answer: ANSWER, agent: { custom_greeting: GREETING } });
    const embed = await world.embedOf({ minutes_per_day: 1 });
    const { page } = await world.visit({ embed, attributes: 'open' });
    lastMinute = page;
    await page.getByRole('button', { name: 'Talk' }).click();
    await connected(page);
  });
  afterEach(() => world.leave(lastMinute));
  afterAll(() => world?.close());

  const talk = async (page: Page) => {
    await page.getByRole('button', { name: 'Talk' }).click();
    await connected(page);
  };
  const greetings = (page: Page) => lines(page, 'agent').filter({ hasText: GREETING });
  const answers = (page: Page) => lines(page, 'agent').filter({ hasText: ANSWER });
  /** Waits until the greeting was heard; on a busy machine the voice may have given it up: tells how many there are. */
  const greeted = async (page: Page) => {
    await greetings(page).waitFor({ timeout: 60_000 });
    const over = async () => (await told(page, 'visavis-message')).length > 0 || (await greetings(page).count()) === 0;
    await until('the greeting to be over', over, 60_000);
    return greetings(page).count();
  };
  const sessionId = async (page: Page) => (await told(page, 'visavis-session'))[0]?.sessionId;

  it('goes on after a reload, and does not greet again', async () => {
    const { page, troubles } = await world.visit({ attributes: 'open' }, { permissions: ['microphone'] });
    await talk(page);
    const heard = await greeted(page);
    const before = await sessionId(page);
    await page.reload();
    await connected(page);
    await write(page, 'Are you there?');
    await heardLines(page, ANSWER).waitFor({ timeout: 60_000 });
    expect(await told(page, 'visavis-session')).toMatchObject([{ sessionId: before, mode: 'voice', resumed: true }]);
    expect(await greetings(page).count()).toBe(heard);
    expect(troubles).toEqual([]);
  });

  it('waits after a reload where the browser would ask for the microphone again, and goes on with a tap', async () => {
    const { page } = await world.visit({ attributes: 'open' }, { script: TELLS_NOTHING });
    await talk(page);
    const heard = await greeted(page);
    const id = await sessionId(page);
    await page.reload();
    await page.getByText('You were in a call when this page was reloaded.').waitFor();
    // The server waits for nobody meanwhile.
    const typeNow = async () =>
      (await world.product.api.ok<{ session: { session_type: string } }>('GET', `sessions/${id}`)).session.session_type;
    await until('a chat', async () => (await typeNow()) === 'agent_chat');
    await page.getByRole('button', { name: 'Go on talking' }).click();
    await connected(page);
    expect(await sessionId(page)).toBe(id);
    expect(await typeNow()).toBe('agent_voice');
    expect(await greetings(page).count()).toBe(heard);
  });

  it('is one of each tab, also of a duplicated one', async () => {
    const { page } = await world.visit({ attributes: 'open' }, { permissions: ['microphone'] });
    await talk(page);
    await greeted(page);
    // A tab that a page opens begins with a copy of its storage, as a duplicated one does.
    const opening = page.waitForEvent('popup');
    await page.evaluate('void window.open(location.href)');
    const other = await opening;
    await other.getByRole('button', { name: 'Talk' }).waitFor();
    expect(await other.locator('.lines li').count()).toBe(0);
    await talk(other);
    await greeted(other);
    expect(await sessionId(other)).not.toBe(await sessionId(page));
    // The first one talks on.
    await write(page, 'Still here?');
    await answers(page).waitFor();
    expect(await page.locator('[data-call=connected]').count()).toBe(1);
  });

  it('says where the browser holds the sound back, and one tap brings it', async () => {
    const { page } = await world.visit({ attributes: 'open' }, { permissions: ['microphone'], script: HOLD_SOUND });
    await talk(page);
    await greeted(page);
    expect(await page.getByRole('button', { name: /^Turn the sound on/ }).count()).toBe(0);
    await page.reload();
    await connected(page);
    const listen = page.getByRole('button', { name: /^Turn the sound on/ });
    await listen.waitFor();
    expect(await page.evaluate(PAUSED)).toBe(true);
    await listen.click();
    await listen.waitFor({ state: 'hidden' });
    await until('sound', async () => (await page.evaluate(PAUSED)) === false);
    // The focus goes on within the widget.
    expect(await page.evaluate('document.activeElement?.shadowRoot?.activeElement?.tagName')).toMatch(/BUTTON|TEXTAREA/);
  });

  it('ends when the minutes of its embed are used up, which is said, and that there are no more', {
    timeout: 120_000,
  }, async () => {
    await lastMinute.getByText('The conversation reached its longest length.').waitFor({ timeout: 100_000 });
    expect(await told(lastMinute, 'visavis-end')).toMatchObject([{ reason: 'max-duration' }]);
    await lastMinute.getByRole('button', { name: 'Start a new conversation' }).click();
    await lastMinute.getByRole('button', { name: 'Talk' }).click();
    await lastMinute.getByText('The assistant has talked as much as it may for today.').waitFor();
  });
});

/** As browsers that do not say whether a microphone is allowed. */
const TELLS_NOTHING = `navigator.permissions.query = () => Promise.reject(new TypeError('unknown'));`;
/** Plays nothing before the first tap or key, as Safari does; Chromium lets whoever has a microphone play. */
const HOLD_SOUND = `
  const play = HTMLMediaElement.prototype.play;
  let tapped = false;
  for (const type of ['pointerdown', 'keydown']) addEventListener(type, () => (tapped = true), true);
  HTMLMediaElement.prototype.play = function () {
    return this.muted || tapped ? play.call(this) : Promise.reject(new DOMException('Not before a tap', 'NotAllowedError'));
  };
`;
const PAUSED = "document.querySelector('visavis-agent').shadowRoot.querySelector('audio').paused";
