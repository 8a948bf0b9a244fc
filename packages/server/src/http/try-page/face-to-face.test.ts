import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasChromium, type OpenPage, startTryPageWorld, type TryPageWorld } from '../../testing/try-page-world.ts';

const PATIENCE = { timeout: 20_000, interval: 20 };

describe.skipIf(!hasChromium)('seeing the agent on the page for trying it', () => {
  let world: TryPageWorld;
  beforeAll(async () => {
    world = await startTryPageWorld({ microphone: 'allowed' });
  });
  afterAll(() => world.close());

  const button = ({ page }: OpenPage) => page.getByRole('button', { name: 'Face to face' });
  const pictures = ({ page }: OpenPage) =>
    page.locator('#screen').evaluate((screen) => (screen as unknown as { videoWidth: number }).videoWidth);
  const typeOf = async ({ requested }: OpenPage) => {
    const id = /sessions\/(\d+)/.exec(requested.find((path) => path.endsWith('/connect')) ?? '')?.[1];
    return (await world.api.call('GET', `/sessions/${id}`)).body.session.session_type;
  };
  const start = async (open: OpenPage) => {
    await open.page.getByRole('button', { name: 'Start' }).click();
    const call = await open.call(0);
    await open.page.getByText('Connected', { exact: true }).waitFor();
    return call;
  };

  it('begins and ends in the middle of a call, on the same connection', async () => {
    const open = await world.open(await world.link());
    const call = await start(open);
    expect(await open.page.locator('#stage').isVisible()).toBe(false);

    await button(open).click();
    await vi.waitFor(async () => expect(await pictures(open)).toBe(64), PATIENCE);
    expect([await typeOf(open), call.showing(), await open.page.locator('#stage').isVisible()]).toEqual([
      'agent_video',
      true,
      true,
    ]);

    await button(open).click();
    await vi.waitFor(() => expect(call.showing()).toBe(false), PATIENCE);
    expect(await typeOf(open)).toBe('agent_voice');
    expect(await open.page.locator('#stage').isVisible()).toBe(false);
    await button(open).click();
    await vi.waitFor(() => expect(call.showing()).toBe(true), PATIENCE);
    expect(open.calls.length).toBe(1);
    expect(open.errors).toEqual([]);
    await open.close();
  });

  it('is chosen before the call, and still so after a reload', async () => {
    const open = await world.open(await world.link());
    await button(open).click();
    const call = await start(open);
    await vi.waitFor(async () => expect(await pictures(open)).toBe(64), PATIENCE);
    expect([await typeOf(open), call.showing()]).toEqual(['agent_video', true]);
    await open.page.reload();
    const again = await open.call(1);
    await vi.waitFor(() => expect(again.showing()).toBe(true), PATIENCE);
    expect(await button(open).getAttribute('aria-pressed')).toBe('true');
    await open.close();
  });

  it('says in words where the picture falls short', async () => {
    const open = await world.open(await world.link());
    await button(open).click();
    const call = await start(open);
    const quality = { fps: 0, width: 512, height: 512 };
    call.send({ type: 'video.quality', level: 'audio-only', reason: 'cpu', ...quality });
    await open.page.getByText('The picture is paused because the server is busy; the voice goes on.').waitFor();
    call.send({ type: 'video.quality', level: 'full', reason: 'none', ...quality });
    await vi.waitFor(async () => expect(await open.page.locator('#face-note').textContent()).toBe(''), PATIENCE);
    await open.close();
  });

  it('shows the last picture and says so while the connection is lost', async () => {
    const open = await world.open(await world.link());
    await button(open).click();
    const call = await start(open);
    const isLive = () => open.page.locator('#stage').getAttribute('data-live');
    await vi.waitFor(async () => expect(await isLive()).toBe('true'), PATIENCE);
    const note = () => open.page.locator('#face-note').textContent();
    expect(await note()).toBe('');
    open.refuseCalls(503, 'server-busy');
    call.fallSilent();
    await open.page.getByText('The connection was lost; the picture comes back with it.').waitFor();
    // What is kept is a picture, as large as those that came.
    const kept = await open.page.locator('#still').evaluate((still) => {
      const canvas = still as unknown as { width: number; toDataURL(): string };
      return { width: canvas.width, url: canvas.toDataURL() };
    });
    expect(kept.width).toBe(64);
    open.refuseCalls();
    await vi.waitFor(async () => expect(await isLive()).toBe('true'), PATIENCE);
    expect(await note()).toBe('');
    await button(open).click();
    await vi.waitFor(async () => expect(await open.page.locator('#stage').isVisible()).toBe(false), PATIENCE);
    expect(open.errors.filter((error) => !error.includes('503'))).toEqual([]);
    await open.close();
  });

  it('goes on by voice where the server shows no more faces', async () => {
    const open = await world.open(await world.link());
    const call = await start(open);
    open.refuseCalls(503);
    await button(open).click();
    await open.page.getByText('The agent cannot be seen right now', { exact: false }).waitFor();
    expect(await button(open).getAttribute('aria-pressed')).toBe('false');
    await vi.waitFor(async () => expect(await typeOf(open)).toBe('agent_voice'), PATIENCE);
    expect(await open.page.locator('#state').textContent()).toBe('Connected');
    open.refuseCalls();
    await button(open).click();
    await vi.waitFor(() => expect(call.showing()).toBe(true), PATIENCE);
    expect(open.errors).toEqual([]);
    await open.close();
  });

  it('has a call by voice where the first connection finds no room for a face', async () => {
    const open = await world.open(await world.link());
    await button(open).click();
    // Neither for its own nor for one that the page draws.
    open.refuseCalls(503, 'no-capacity', 2);
    await open.page.getByRole('button', { name: 'Start' }).click();
    await open.page.getByText('Connected', { exact: true }).waitFor();
    await open.page.getByText('The agent cannot be seen right now', { exact: false }).waitFor();
    expect(await typeOf(open)).toBe('agent_voice');
    expect(await button(open).getAttribute('aria-pressed')).toBe('false');
    await open.close();
  });
});
