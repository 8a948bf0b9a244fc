import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasChromium, type OpenPage, startTryPageWorld, type TryPageWorld } from '../../testing/try-page-world.ts';

const PATIENCE = { timeout: 20_000, interval: 20 };
const ELSEWHERE = 'This conversation goes on in another tab.';

describe.skipIf(!hasChromium)('two tabs with one conversation', () => {
  let world: TryPageWorld;
  beforeAll(async () => {
    world = await startTryPageWorld({ microphone: 'allowed' });
    world.models.script(() => ({ tokens: 'At nine.' }));
  });
  afterAll(() => world.close());

  const answers = (page: Page) => page.getByRole('region', { name: 'Captions' }).getByText('At nine.');
  /** A tab that a page opens begins with a copy of its storage, as a duplicated one does. */
  const duplicate = async ({ page }: OpenPage) => {
    const opening = page.waitForEvent('popup');
    await page.evaluate('void window.open(location.href)');
    return opening;
  };

  it('leave it to the newer one, in writing', async () => {
    const open = await world.open(await world.link());
    const { page } = open;
    await page.getByRole('textbox').fill('When do you open?');
    await page.keyboard.press('Enter');
    await answers(page).waitFor();
    const other = await duplicate(open);
    await answers(other).waitFor();
    await page.getByText(ELSEWHERE).first().waitFor();
    await other.getByRole('textbox').fill('And on Sundays?');
    await other.keyboard.press('Enter');
    await vi.waitFor(async () => expect(await answers(other).count()).toBe(2), PATIENCE);
    expect(open.errors).toEqual([]);
    await open.close();
  });

  it('leave it to the newer one in the middle of a call', async () => {
    const open = await world.open(await world.link());
    await open.page.getByRole('button', { name: 'Start' }).click();
    const call = await open.call(0);
    await open.page.getByText('Connected', { exact: true }).waitFor();
    await duplicate(open);
    await open.page.getByText(ELSEWHERE).first().waitFor();
    await vi.waitFor(() => expect(call.received).toContainEqual({ type: 'bye' }), PATIENCE);
    expect(open.errors).toEqual([]);
    await open.close();
  });
});
