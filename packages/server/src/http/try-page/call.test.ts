import type { ClientEvent } from '@visavis/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ScriptedCall } from '../../testing/scripted-call.ts';
import { hasChromium, type OpenPage, startTryPageWorld, type TryPageWorld } from '../../testing/try-page-world.ts';

const PATIENCE = { timeout: 20_000, interval: 20 };

describe.skipIf(!hasChromium)('a call on the page for trying an agent', () => {
  let world: TryPageWorld;
  beforeAll(async () => {
    world = await startTryPageWorld({ microphone: 'allowed' });
  });
  afterAll(() => world.close());

  /** Runs `work` on a page that is in a call; nothing in its scripts may fail. */
  async function inCall(work: (open: OpenPage, call: ScriptedCall) => Promise<void>): Promise<void> {
    const open = await world.open(await world.link());
    await open.page.getByRole('button', { name: 'Start' }).click();
    const call = await open.call(0);
    await open.page.getByText('Connected', { exact: true }).waitFor();
    await work(open, call);
    expect(open.errors).toEqual([]);
    await open.close();
  }

  const playouts = (call: ScriptedCall, replyId: string) =>
    call.received.filter(
      (event): event is ClientEvent & { type: 'playout' } => event.type === 'playout' && event.reply_id === replyId,
    );
  const words = (text: string, wordMs = 400) =>
    text.split(' ').map((word, index) => ({ text: word, start_ms: index * wordMs, end_ms: (index + 1) * wordMs }));
  const sessionOf = (open: OpenPage) =>
    Number(/sessions\/(\d+)/.exec(open.requested.find((path) => path.endsWith('/connect')) ?? '')?.[1]);

  it('begins with one press, is heard on both sides, and its captions keep to the sound', async () => {
    await inCall(async ({ page }, call) => {
      await vi.waitFor(() => expect(call.loudest()).toBeGreaterThan(500), PATIENCE);

      call.send({ type: 'user.transcript', text: 'what is', final: false });
      await page.locator('#lines .user .unsure', { hasText: 'what is' }).waitFor();
      call.send({ type: 'user.transcript', text: 'What is it?', final: true });
      await page.locator('#lines .user p > span:first-child', { hasText: 'What is it?' }).waitFor();

      const text = 'It is a very long and slow answer.';
      call.send({ type: 'agent.state', state: 'speaking' });
      call.send({ type: 'reply.start', reply_id: 'r1', source: 'speech' });
      call.send({ type: 'reply.delta', reply_id: 'r1', text });
      call.send({ type: 'reply.words', reply_id: 'r1', words: words(text) });
      await page.locator('#lines .agent .unsure', { hasText: text }).waitFor();
      expect(playouts(call, 'r1')).toEqual([]);

      const before = performance.now();
      call.tone(true);
      call.send({ type: 'reply.playing', reply_id: 'r1', playing: true, position_ms: 0, hushed: false });
      const heard = page.locator('#lines .agent p > span:first-child');
      await vi.waitFor(async () => expect(await heard.textContent()).toMatch(/^It is a/), PATIENCE);
      const shown = (await heard.textContent()) ?? '';
      expect(text.startsWith(shown) && shown.length < text.length, shown).toBe(true);
      await vi.waitFor(() => expect(playouts(call, 'r1').length).toBeGreaterThan(4), PATIENCE);
      const told = playouts(call, 'r1').map(({ played_ms }) => played_ms);
      expect(told).toEqual([...told].sort((a, b) => a - b));
      // Never more than can have been played since the first sample was sent.
      expect(told.at(-1)).toBeLessThan(performance.now() - before);

      call.tone(false);
      call.send({ type: 'reply.playing', reply_id: 'r1', playing: false, position_ms: 1_700, hushed: false });
      await vi.waitFor(() => expect(playouts(call, 'r1').at(-1)?.played_ms).toBe(1_700), PATIENCE);
      call.send({
        type: 'reply.end',
        reply_id: 'r1',
        content: 'It is a very',
        interrupted: true,
        spoken_ms: 1_700,
        latency_ms: {
          speech_end: 210,
          transcript: 180,
          turn_end: 480,
          first_token: 520,
          first_audio_made: 600,
          first_audio_sent: 620,
          first_audio_heard: 700,
          total: 2_400,
        },
      });
      const reply = page.locator('#lines .agent');
      await reply.getByText('interrupted').waitFor();
      expect(await reply.locator('p').textContent()).toBe('It is a very');
      expect(await page.locator('#announcer').textContent()).toBe('It is a very (interrupted)');
      expect(await page.locator('#lines').getAttribute('lang')).toBe('fr');
      const stages = await page.locator('#stages li').allInnerTexts();
      expect(stages.map((stage) => stage.replace(/\s+/g, ' '))).toEqual([
        'Final transcript 180 ms',
        'End of your speech noticed 210 ms',
        'Turn taken to be over 480 ms',
        'First word written 520 ms',
        'First sound made 600 ms',
        'First sound sent 620 ms',
        'First sound heard 700 ms',
      ]);
    });
  });

  it('ends with the same button, and says so', async () => {
    await inCall(async (open, call) => {
      const { page } = open;
      await page.getByRole('button', { name: 'End', exact: true }).click();
      await page.getByText('You ended the conversation.').waitFor();
      await vi.waitFor(() => expect(call.received).toContainEqual({ type: 'bye' }), PATIENCE);
      const { body } = await world.api.call('GET', `/sessions/${sessionOf(open)}`);
      expect(body.session).toMatchObject({ status: 'completed', end_reason: 'ended-by-client' });
      expect(await page.evaluate('sessionStorage.length')).toBe(0);
      // The link was good for one conversation.
      await page.getByRole('button', { name: 'Start' }).click();
      await page
        .getByRole('alert')
        .getByText(/sign in|link/i)
        .waitFor();
    });
  });

  it('says why the server ended it', async () => {
    await inCall(async ({ page }, call) => {
      call.send({ type: 'session.ended', reason: 'silence' });
      await page.getByText('The conversation ended because nothing was said for a while.').waitFor();
      await page.getByRole('button', { name: 'Start' }).waitFor();
    });
  });

  it('goes on with the same session after a reload', async () => {
    const open = await world.open(await world.link());
    const { page, requested } = open;
    await page.getByRole('button', { name: 'Start' }).click();
    const first = await open.call(0);
    await page.getByText('Connected', { exact: true }).waitFor();
    expect(page.url()).toBe(`${world.address}/try/${world.agentId}`);
    await world.api.storage.write((stores) =>
      stores.messages.insert(
        world.api.user.id,
        sessionOf(open),
        { role: 'user', content: 'Said before', source: 'speech' },
        Date.now(),
      ),
    );
    await page.reload();
    const second = await open.call(1);
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.locator('#lines .user', { hasText: 'Said before' }).waitFor();
    expect(first.received).toContainEqual({ type: 'bye' });
    expect(requested.filter((path) => path.endsWith('/connect'))).toEqual(
      Array(2).fill(`/api/v1/sessions/${sessionOf(open)}/connect`),
    );
    expect(requested.filter((path) => path.includes('try-links'))).toHaveLength(1);
    expect(requested.join()).not.toContain('token=');
    await vi.waitFor(() => expect(second.loudest()).toBeGreaterThan(500), PATIENCE);
    expect(open.errors).toEqual([]);
    await open.close();
  });

  it('comes back by itself when the server falls silent, or restarts', async () => {
    await inCall(async (open, call) => {
      const { page } = open;
      const text = 'Words that were heard stay so, and others do not become so.';
      call.send({ type: 'reply.delta', reply_id: 'r1', text });
      call.send({ type: 'reply.words', reply_id: 'r1', words: words(text, 1_000) });
      call.tone(true);
      call.send({ type: 'reply.playing', reply_id: 'r1', playing: true, position_ms: 0, hushed: false });
      const heard = page.locator('#lines .agent p > span:first-child', { hasText: 'Words that' });
      await heard.waitFor();
      open.refuseCalls(503, 'server-restarting');
      call.fallSilent();
      await page.getByText('Connection lost, reconnecting …').waitFor();
      expect(text.startsWith((await heard.textContent()) ?? '')).toBe(true);
      expect(await heard.textContent()).not.toBe(text);
      await vi.waitFor(
        () => expect(open.requested.filter((path) => path.endsWith('/connect')).length).toBeGreaterThan(2),
        PATIENCE,
      );
      open.refuseCalls();
      const second = await open.call(1);
      await page.getByText('Connected', { exact: true }).waitFor();
      await vi.waitFor(() => expect(second.loudest()).toBeGreaterThan(500), PATIENCE);
      second.send({ type: 'server.restarting' });
      await open.call(2);
      await page.getByText('Connected', { exact: true }).waitFor();
    });
  });

  it('is silent at once when the user talks, tells where it was, and plays what comes after', async () => {
    await inCall(async ({ page }, call) => {
      const muted = () => page.locator('audio').evaluate((audio) => (audio as unknown as { muted: boolean }).muted);
      call.tone(true);
      call.send({ type: 'reply.playing', reply_id: 'r1', playing: true, position_ms: 0, hushed: false });
      await vi.waitFor(() => expect(playouts(call, 'r1').length).toBeGreaterThan(2), PATIENCE);
      const before = playouts(call, 'r1').length;
      call.send({ type: 'reply.playing', reply_id: 'r1', playing: false, position_ms: 900, hushed: true });
      await vi.waitFor(async () => expect(await muted()).toBe(true), PATIENCE);
      await vi.waitFor(() => expect(playouts(call, 'r1').length).toBeGreaterThan(before), PATIENCE);
      const silentAt = playouts(call, 'r1').at(-1)?.played_ms ?? 0;
      call.send({ type: 'reply.playing', reply_id: 'r1', playing: true, position_ms: silentAt, hushed: false });
      await vi.waitFor(async () => expect(await muted()).toBe(false), PATIENCE);
      await vi.waitFor(() => expect(playouts(call, 'r1').at(-1)?.played_ms).toBeGreaterThan(silentAt + 200), PATIENCE);
    });
  });

  it('answers heartbeats, tells when it is muted or stopped, and sends what is typed', async () => {
    await inCall(async (open, call) => {
      const { page } = open;
      await vi.waitFor(() => expect(call.received.some(({ type }) => type === 'pong')).toBe(true), PATIENCE);
      await page.getByRole('button', { name: 'Mute' }).click();
      await page.getByRole('button', { name: 'Unmute', pressed: true }).waitFor();
      await vi.waitFor(() => expect(call.loudest()).toBeLessThan(50), PATIENCE);
      call.send({ type: 'agent.state', state: 'speaking' });
      await page.getByRole('button', { name: 'Stop talk' }).click();
      await vi.waitFor(() => expect(call.received).toContainEqual({ type: 'interrupt' }), PATIENCE);
      await page.getByLabel('Message', { exact: true }).fill('Typed in the middle');
      await page.keyboard.press('Enter');
      await page.locator('#lines .user', { hasText: 'Typed in the middle' }).waitFor();
      await vi.waitFor(() => expect(open.requested).toContain(`/api/v1/sessions/${sessionOf(open)}/messages`), PATIENCE);
    });
  });

  it('goes on in writing when the session is made a chat elsewhere', async () => {
    await inCall(async (open, call) => {
      const { page } = open;
      await world.api.call('PATCH', `/sessions/${sessionOf(open)}`, { session_type: 'agent_chat' });
      call.send({ type: 'session.type', session_type: 'agent_chat' });
      await page.getByRole('alert').getByText('The conversation goes on in writing.').waitFor();
      world.models.script(() => ({ tokens: 'Written.' }));
      await page.getByLabel('Message', { exact: true }).fill('Hello');
      await page.keyboard.press('Enter');
      await page.locator('#lines .agent', { hasText: 'Written.' }).waitFor();
      await page.getByRole('button', { name: 'Start' }).click();
      await open.call(1);
      await page.getByText('Connected', { exact: true }).waitFor();
      expect((await world.api.call('GET', `/sessions/${sessionOf(open)}`)).body.session.session_type).toBe('agent_voice');
    });
  });

  it('says plainly that there is no room, and goes on in writing', async () => {
    const open = await world.open(await world.link());
    const { page } = open;
    open.refuseCalls(503, 'no-capacity');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('alert').getByText('The server has no room for another call right now.').waitFor();
    world.models.script(() => ({ tokens: 'Written instead.' }));
    await page.getByLabel('Message', { exact: true }).fill('Hello');
    await page.keyboard.press('Enter');
    await page.locator('#lines .agent', { hasText: 'Written instead.' }).waitFor();
    expect(open.errors).toEqual([]);
    await open.close();
  });
});
