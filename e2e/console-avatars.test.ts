import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePhotographs } from '../packages/server/src/testing/photographs.ts';
import { CHROMIUM, openBrowser } from './harness/browser.ts';
import { accessibilityProblemsInBothSchemes, setUpAccount, signIn, tooWideElements } from './harness/console.ts';
import { cleanUp, type Product, startProduct, temporaryFolder } from './harness/product.ts';
import { until } from './harness/until.ts';

const { folder } = await ensurePhotographs();

/** A person who gives agents faces, in a real browser. */
describe.skipIf(!folder || !existsSync(CHROMIUM))('the avatars of the console', () => {
  let product: Product;
  let browser: Browser;
  let page: Page;
  const cat = join(temporaryFolder(), 'cat.jpg');
  const astronaut = join(temporaryFolder(), 'astronaut.jpg');

  beforeAll(async () => {
    await sharp(join(folder ?? '', 'chelsea.png'))
      .jpeg()
      .toFile(cat);
    await sharp(join(folder ?? '', 'astronaut.png'))
      .jpeg()
      .toFile(astronaut);
    product = await startProduct();
    await setUpAccount(product);
    await product.api.createAgent({ name: 'Help desk' });
    browser = await openBrowser();
    page = await (await browser.newContext({ permissions: ['camera'] })).newPage();
    page.setDefaultTimeout(60_000);
    await signIn(page, product, undefined, '/avatars');
  });
  afterAll(async () => {
    await browser?.close();
    await cleanUp();
  });

  const add = async (file: string, name: string) => {
    await page.getByRole('button', { name: 'Add avatar' }).first().click();
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('The person in the picture agrees to be animated').check();
    await page.getByRole('button', { name: 'Create avatar' }).click();
  };
  const open = (name: string) => page.getByRole('button', { name: `Open ${name}` }).click();
  const drawer = () => page.getByRole('dialog');
  const close = () => drawer().getByRole('button', { name: 'Close' }).click();

  it('say in words why a photo is refused, and take another one in its place', { timeout: 180_000 }, async () => {
    await page.getByText('Give your agents a face').waitFor();
    await add(cat, 'Chelsea');
    // Nobody loads the page again: the card changes by itself.
    await page.getByText('No face', { exact: true }).waitFor();
    await open('Chelsea');
    await drawer().getByText('No face was found', { exact: true }).waitFor();
    await drawer().getByText('Take a photo that shows one person’s face from the front.').waitFor();
    expect(await accessibilityProblemsInBothSchemes(page)).toEqual([]);

    await drawer().getByRole('button', { name: 'Another picture' }).click();
    const dialog = page.getByRole('dialog', { name: 'Another picture for Chelsea' });
    await dialog.locator('input[type=file]').setInputFiles(astronaut);
    expect(await dialog.getByLabel('Name', { exact: true }).inputValue()).toBe('Chelsea');
    await dialog.getByLabel('The person in the picture agrees to be animated').check();
    expect(await accessibilityProblemsInBothSchemes(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Create avatar' }).click();
    await page.getByText('Chelsea is ready').waitFor();
    await drawer().getByRole('button', { name: 'See it move' }).waitFor();
    const { body } = await product.api.call<unknown[]>('GET', 'avatars');
    expect(body).toMatchObject([{ name: 'Chelsea', status: 'ready', consent: true }]);
  });

  it('move, are renamed, get a voice, and lose their animation with the consent', { timeout: 120_000 }, async () => {
    await drawer().getByRole('button', { name: 'See it move' }).click();
    const moving = drawer().getByRole('img', { name: 'Chelsea speaking' });
    await moving.waitFor();
    expect(await moving.getAttribute('src')).toMatch(/\.clip\.webp$/);
    const widthNow = () => page.evaluate(`document.querySelector('img[alt="Chelsea speaking"]').naturalWidth`);
    await until('the moving picture', async () => Number(await widthNow()) > 0);
    await drawer().getByLabel('Name', { exact: true }).fill('Eileen');
    await drawer().getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog', { name: 'Eileen' }).waitFor();
    await drawer().getByRole('combobox', { name: 'Voice' }).click();
    await page.getByRole('option', { name: /Clara/ }).click();
    await page.getByText('Voice saved').waitFor();
    await drawer().getByLabel('The person in the picture agrees to be animated').uncheck();
    await drawer().getByText('A still picture').waitFor();
    await drawer()
      .getByRole('button', { name: /See it move|Stop/ })
      .waitFor({ state: 'detached' });
    await drawer().getByLabel('The person in the picture agrees to be animated').check();
    await drawer()
      .getByRole('button', { name: /See it move|Stop/ })
      .waitFor();
    const { body } = await product.api.call<unknown[]>('GET', 'avatars');
    expect(body).toMatchObject([{ name: 'Eileen', voice_id: 'local/clara', consent: true }]);
  });

  it('are given to an agent, which is named before the avatar is deleted', { timeout: 120_000 }, async () => {
    await drawer().getByRole('button', { name: 'Use in an agent' }).click();
    await page.getByRole('menuitem', { name: 'Help desk' }).click();
    await drawer().getByRole('link', { name: 'Help desk' }).waitFor();
    const { body } = await product.api.call<{ agents: Array<{ name: string; avatar_name: string | null }> }>('GET', 'agents');
    expect(body.agents).toContainEqual(expect.objectContaining({ name: 'Help desk', avatar_name: 'Eileen' }));

    await drawer().getByRole('button', { name: 'Delete' }).click();
    const question = page.getByRole('dialog', { name: 'Delete Eileen?' });
    await question.getByText('Help desk will have no face afterwards.').waitFor();
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    await close();
  });

  it('are photographed with the camera, cropped with the keyboard', { timeout: 120_000 }, async () => {
    await page.getByRole('button', { name: 'Add avatar' }).first().click();
    await page.getByRole('tab', { name: 'Camera' }).click();
    await page.getByRole('button', { name: 'Turn on the camera' }).click();
    await page.getByLabel('What the camera sees').waitFor();
    expect(await accessibilityProblemsInBothSchemes(page)).toEqual([]);
    await page.getByRole('button', { name: 'Take photo' }).click();
    const part = page.getByLabel(/Part of the picture that is used/);
    await part.waitFor();
    const picture = page.locator('[data-testid=container] img');
    const before = await picture.getAttribute('style');
    await page.getByRole('slider', { name: 'Zoom' }).press('PageUp');
    await part.press('ArrowRight');
    const styleNow = () => picture.getAttribute('style');
    await until('the picture to move', async () => (await styleNow()) !== before);
    await page.getByRole('button', { name: 'Take again' }).click();
    await page.getByLabel('What the camera sees').waitFor();
    await page.getByRole('dialog').locator('.mantine-Modal-close').click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('say how to go on when the camera is refused', { timeout: 60_000 }, async () => {
    const refusing = await openBrowser();
    try {
      const other = await (await refusing.newContext()).newPage();
      await other.addInitScript(
        'navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("refused", "NotAllowedError"))',
      );
      await signIn(other, product, undefined, '/avatars');
      await other.getByRole('button', { name: 'Add avatar' }).first().click();
      await other.getByRole('tab', { name: 'Camera' }).click();
      await other.getByRole('button', { name: 'Turn on the camera' }).click();
      await other.getByText(/The camera was not allowed\. Allow it for this page/).waitFor();
      await other.getByRole('tab', { name: 'Upload' }).click();
      await other.getByText('Drop a photo here, or choose one').waitFor();
    } finally {
      await refusing.close();
    }
  });

  it('are found by name, marked, and fit on a phone in light and dark', { timeout: 120_000 }, async () => {
    await page.getByRole('button', { name: 'Mark Eileen as a favourite' }).click();
    await page.getByText('Favourites (1)').click();
    await page.getByRole('button', { name: 'Open Eileen' }).waitFor();
    await page.getByText(/^Public \(\d\)$/).click();
    await page.getByRole('button', { name: 'Open Clara' }).waitFor();
    await page.getByLabel('Search by name').fill('nobody is called that');
    await page.getByText('No avatar is called that').waitFor();
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await page.getByRole('button', { name: 'Open Clara' }).waitFor();
    expect(await accessibilityProblemsInBothSchemes(page)).toEqual([]);
    expect(await tooWideElements(page)).toEqual([]);
    await open('Clara');
    await drawer().getByText('Public avatars are looked after by administrators').waitFor();
    expect(await tooWideElements(page)).toEqual([]);
  });
});
