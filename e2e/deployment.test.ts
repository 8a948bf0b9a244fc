import { readFileSync } from 'node:fs';
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { createApiClient, MARKER } from './harness/api-client.ts';
import { gate } from './harness/gate.ts';
import { API_KEY, cleanUp, type Product, startProduct } from './harness/product.ts';
import { heard, heardOf, type Provider, startProvider } from './harness/provider.ts';
import { freePort, isInstalled, type ReverseProxy, selfSigned, startCaddy, startNginx } from './harness/proxies.ts';
import { until } from './harness/until.ts';

const PROXIES = [
  { name: 'caddy' as const, start: startCaddy },
  { name: 'nginx' as const, start: startNginx },
];

/** The files of `deploy/` in front of the built product, as docs/deployment.md says. */
describe.each(PROXIES)('behind $name with HTTPS, set up as in deploy/', ({ name, start }) => {
  let provider: Provider;
  let product: Product;
  let proxy: ReverseProxy;
  let url: string;
  let ca: string;
  let api: ReturnType<typeof createApiClient>;
  const dispatcher = getGlobalDispatcher();

  beforeAll(async () => {
    if (!isInstalled(name)) return;
    const certificate = selfSigned();
    ca = readFileSync(certificate.cert, 'utf8');
    setGlobalDispatcher(new Agent({ connect: { ca } }));
    provider = await startProvider(heard());
    const port = await freePort();
    url = `https://localhost:${port}`;
    const upstream = await freePort();
    proxy = start({ port, upstream, certificate });
    await until('the proxy to answer, though nobody is behind it yet', () =>
      fetch(url).then(
        ({ status }) => status === 502,
        () => false,
      ),
    );
    const address = { PORT: String(upstream), VISAVIS_PUBLIC_URL: url };
    product = await startProduct({
      env: { ...provider.env, ...address, VISAVIS_TRUST_PROXY: 'true', VISAVIS_RATE_LIMIT: '60' },
    });
    api = createApiClient(url, API_KEY);
  });
  beforeEach(({ skip }) => {
    if (!isInstalled(name)) skip(`${name} is not installed here`);
    provider.script(heard());
  });
  afterAll(async () => {
    setGlobalDispatcher(dispatcher);
    if (proxy?.process.exitCode === null) {
      const ended = new Promise((resolve) => proxy.process.once('exit', resolve));
      proxy.process.kill('SIGTERM');
      await ended;
    }
    await cleanUp();
    await provider?.close();
  });

  it('streams a reply word by word', async () => {
    const rest = gate();
    provider.script(({ body }) => ({
      tokens: heardOf(body.messages ?? []),
      gate: (token) => (token === 1 ? rest.passed : undefined),
    }));
    const { session_id: id } = await api.createSession(await api.createAgent());
    const response = await fetch(`${url}/api/v1/sessions/${id}/messages`, {
      method: 'POST',
      headers: { 'x-api-key': API_KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ message: `${MARKER} one`, stream: true }),
    });
    // The model is held back after its first word: a proxy that gathers before it passes on would show nothing yet.
    let received = '';
    for await (const piece of response.body as AsyncIterable<Uint8Array>) {
      received += Buffer.from(piece).toString();
      if (received.includes('reply-delta')) rest.pass();
    }
    expect(received).toContain('reply-end');
  });

  it('passes WebSockets on, and writes no session token into a log', async () => {
    const { session } = await api.ok<{ session: { session_id: number; session_token: string; realtime: { url: string } } }>(
      'POST',
      'sessions',
      { agent_id: await api.createAgent(), session_type: 'webrtc_video' },
    );
    expect(session.realtime.url).toMatch(url.replace('https', 'wss'));
    const socket = new WebSocket(`${url.replace('https', 'wss')}/api/v1/webrtc?session_token=${session.session_token}`, { ca });
    const first = await new Promise<string>((resolve, reject) => {
      socket.once('message', (data) => resolve(String(data)));
      socket.once('error', reject);
    });
    expect(JSON.parse(first)).toMatchObject({ type: 'connection.established', session_id: session.session_id });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await api.endSession(session.session_id);
    await closed;
    await until('the request in the log', () => proxy.log().includes('/api/v1/webrtc'));
    expect(proxy.log()).not.toContain(session.session_token);
    expect(proxy.log()).not.toContain(API_KEY);
    expect(product.output()).not.toContain(session.session_token);
  });

  it('names itself by its public address, and sets its cookie for HTTPS only', async () => {
    const link = await api.ok<{ url: string }>('POST', `agents/${await api.createAgent()}/try-links`, {});
    expect(link.url).toMatch(new RegExp(`^${url}/try/`));
    const token = /#token=(\S+)/.exec(product.output())?.[1];
    const setUp = await fetch(`${url}/api/v1/auth/setup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ token, email: 'ada@example.com', password: 'a sentence is better' }),
    });
    expect(setUp.status).toBe(200);
    expect(setUp.headers.get('set-cookie')).toMatch(/HttpOnly; Secure; SameSite=Strict/);
    const elsewhere = await fetch(`${url}/api/v1/auth/refresh`, {
      method: 'POST',
      headers: { origin: 'https://elsewhere.example' },
    });
    expect(elsewhere.status).toBe(403);
  });

  it('counts strangers by their own address, not by the proxy’s', async () => {
    const limits = await Promise.all(
      ['203.0.113.7', '203.0.113.8'].map((address) =>
        fetch(`${url}/api/v1/auth/login`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
          body: '{}',
        }),
      ),
    );
    // What a client claims to be is not believed: both are this machine to the proxy, and share one allowance.
    const remaining = limits.map(({ headers }) => Number(headers.get('x-ratelimit-remaining')));
    expect(new Set(remaining).size).toBe(2);
  });
});
