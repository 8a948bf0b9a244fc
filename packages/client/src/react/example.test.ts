import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasChromium, startTryPageWorld, type TryPageWorld } from '../../../server/src/testing/try-page-world.ts';

const PATIENCE = { timeout: 20_000, interval: 20 };
const EXAMPLE = fileURLToPath(new URL('../../../../examples/react/', import.meta.url));
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

// The hooks in the example's page, on an origin of its own, in a real browser, before the real API.
describe.skipIf(!hasChromium)('a page with the hooks for React', () => {
  const folder = mkdtempSync(join(tmpdir(), 'visavis-react-'));
  let world: TryPageWorld;
  let server: Server;
  let address: string;

  beforeAll(async () => {
    world = await startTryPageWorld({ microphone: 'allowed' });
    server = createServer((request, response) => {
      const path = request.url === '/' ? '/index.html' : (request.url ?? '');
      if (path === '/favicon.ico') return response.writeHead(204).end();
      response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
      response.end(readFileSync(join(folder, path)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { body } = await world.api.call('POST', '/embeds', {
      agent_id: world.agentId,
      name: 'Example',
      allowed_origins: [address],
    });
    vi.stubEnv('VITE_VISAVIS_URL', world.address);
    vi.stubEnv('VITE_EMBED', body.embed.embed_id);
    await build({
      root: EXAMPLE,
      logLevel: 'error',
      resolve: { conditions: ['source', 'module', 'browser'] },
      build: { outDir: folder, emptyOutDir: true },
    });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    server.close();
    await world.close();
    rmSync(folder, { recursive: true });
  });

  it('converses in writing, by voice and face to face, and shows captions with the sound', async () => {
    world.models.script(() => ({ tokens: 'At nine.' }));
    const open = await world.open(`${address}/`);
    const { page } = open;
    await page.getByLabel('Message').fill('When do you open?');
    await page.getByRole('button', { name: 'Send' }).click();
    await vi.waitFor(
      async () =>
        expect(await page.locator('li').allInnerTexts()).toEqual([
          'Agent: Bonjour, je suis Ada.',
          'You: When do you open?',
          'Agent: At nine.',
        ]),
      PATIENCE,
    );

    await page.getByRole('button', { name: 'Talk', exact: true }).click();
    const call = await open.call(0);
    await page.getByText('connected').waitFor();
    await vi.waitFor(() => expect(call.loudest()).toBeGreaterThan(500), PATIENCE);
    const text = 'A long and slow answer it is.';
    const words = text.split(' ').map((word, n) => ({ text: word, start_ms: n * 400, end_ms: n * 400 + 400 }));
    call.send({ type: 'agent.state', state: 'speaking' });
    call.send({ type: 'reply.start', reply_id: 'r', source: 'speech' });
    call.send({ type: 'reply.delta', reply_id: 'r', text });
    call.send({ type: 'reply.words', reply_id: 'r', words });
    await page.locator('li i', { hasText: text }).waitFor();
    call.tone(true);
    call.send({ type: 'reply.playing', reply_id: 'r', playing: true, position_ms: 0, hushed: false });
    await page.locator('li').last().getByText('A long').waitFor();
    await page.getByText('connected speaking').waitFor();
    await page.getByRole('button', { name: 'Stop talk' }).click();
    await vi.waitFor(() => expect(call.received).toContainEqual({ type: 'interrupt' }), PATIENCE);
    await page.getByRole('button', { name: 'Mute' }).click();
    await vi.waitFor(() => expect(call.loudest()).toBeLessThan(50), PATIENCE);

    await page.getByRole('button', { name: 'Go on in writing' }).click();
    await page.getByText('ready').waitFor();
    await vi.waitFor(() => expect(call.received).toContainEqual({ type: 'bye' }), PATIENCE);
    await page.getByRole('button', { name: 'Face to face' }).click();
    await open.call(1);
    const pictures = () =>
      page.locator('[aria-label="Ada"] video').evaluate((video) => (video as unknown as { videoWidth: number }).videoWidth);
    await vi.waitFor(async () => expect(await pictures()).toBe(64), PATIENCE);

    await page.reload();
    await open.call(2);
    await vi.waitFor(async () => expect(await pictures()).toBe(64), PATIENCE);
    expect(await page.locator('li').allInnerTexts()).toContain('You: When do you open?');
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByText('You ended the conversation.').waitFor();
    expect(open.errors).toEqual([]);
    await open.close();
  });
});
