import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureSpeechModels } from '../packages/server/src/testing/test-model.ts';
import { CHROMIUM } from './harness/browser.ts';
import { until } from './harness/until.ts';
import { FRAMES, startWidgetWorld, told, type WidgetWorld } from './harness/widget-world.ts';

const models = await ensureSpeechModels();

describe.skipIf(!models.store || !existsSync(CHROMIUM))('a call on a page whose worker is lost', () => {
  let world: WidgetWorld;
  beforeAll(async () => {
    world = await startWidgetWorld({
      answer: 'We open at nine.',
      agent: { properties: { turn: { greeting: { enabled: false } } } },
    });
  });
  afterAll(() => world?.close());

  it('has its face again after a reload', async () => {
    const { page } = await world.visit({ attributes: 'open' }, { permissions: ['microphone'] });
    const pictures = () => until('pictures', async () => ((await page.evaluate(FRAMES)) as number) > 3, 60_000);
    await page.getByRole('button', { name: 'Face to face' }).click();
    await pictures();
    for (const pid of world.product.workers()) process.kill(pid, 'SIGKILL');
    await page.reload();
    await pictures();
    expect(await told(page, 'visavis-session')).toMatchObject([{ mode: 'video', resumed: true }]);
  });
});
