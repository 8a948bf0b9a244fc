import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

const INDEX = `<!doctype html><html lang="en"><head><title>Console</title><link rel="icon" href="/icon.svg"><meta name="csp-nonce" content="__CSP_NONCE__">
<script type="module" src="/assets/main-1a2b3c4d.js"></script></head><body><main id="root"></main></body></html>`;
/** As the console does: signs in with the cookie, writes a style element with the nonce, and sets styles through the DOM. */
const MAIN = `const style = document.createElement('style');
style.nonce = document.querySelector('meta[name=csp-nonce]').content;
style.textContent = '#root { color: rgb(1, 2, 3) }';
document.head.append(style);
const root = document.getElementById('root');
root.style.padding = '7px';
const answer = await fetch('/api/v1/auth/refresh', { method: 'POST' });
root.textContent = answer.ok ? (await answer.json()).user.email : 'not signed in';
${'// padding, so that it is worth compressing\n'.repeat(60)}`;
const PAGE = { accept: 'text/html,application/xhtml+xml', authorization: '' };

let api: TestApi;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'visavis-console-'));
  for (const path of ['console/assets', 'widget/widget']) mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(join(folder, 'console/index.html'), INDEX);
  writeFileSync(join(folder, 'console/icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(folder, 'console/assets/main-1a2b3c4d.js'), MAIN);
  writeFileSync(join(folder, 'console/assets/main-1a2b3c4d.js.br'), brotliCompressSync(MAIN));
  writeFileSync(join(folder, 'widget/widget.js'), 'customElements;');
  writeFileSync(join(folder, 'widget/widget/face-1a2b3c4d.js'), 'export {};');
  api = await startTestApi({ webFolders: { console: join(folder, 'console'), widget: join(folder, 'widget') } });
});
afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true });
});

const get = async (url: string, headers: Record<string, string> = PAGE) => api.app.inject({ method: 'GET', url, headers });

describe('the console', () => {
  it('is the page of every address that a browser navigates to and no route takes', async () => {
    for (const path of ['/', '/agents', '/agents/7?tab=voice', '/sessions/12', '/avatars', '/keys', '/setup']) {
      const { statusCode, headers, body } = await get(path);
      expect([path, statusCode, headers['content-type'], headers['cache-control']]).toEqual([
        path,
        200,
        'text/html; charset=utf-8',
        'no-cache',
      ]);
      expect(body).toContain('id="root"');
    }
  });

  it('takes nothing away from the API, the other pages and what is fetched', async () => {
    for (const path of [
      '/api/v1/nothing',
      '/v1/nothing',
      '/assets/gone.js',
      '/widget/gone.js',
      '/try/x/y',
      '/favicon.ico',
      '/metrics/x',
    ]) {
      const { statusCode, body } = await get(path);
      expect([path, statusCode, JSON.parse(body).code]).toEqual([path, 404, 'route-not-found']);
    }
    for (const headers of [{ accept: 'application/json' }, { accept: '*/*' }, {}])
      expect((await get('/agents', headers as Record<string, string>)).statusCode).toBe(404);
    expect((await api.app.inject({ method: 'POST', url: '/agents', headers: PAGE })).statusCode).toBe(404);
    expect((await get('/docs/')).body).not.toContain('id="root"');
    expect((await get('/healthz')).json()).toEqual({ ok: true });
  });

  it('runs only its own scripts, and styles with a nonce that no two answers share', async () => {
    const nonceOf = async () => {
      const { headers, body } = await get('/');
      const policy = String(headers['content-security-policy']);
      const nonce = /'nonce-([\w+/=]{24})'/.exec(policy)?.[1];
      expect(body).toContain(`<meta name="csp-nonce" content="${nonce}">`);
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(headers['permissions-policy']).toBe('microphone=(self), camera=(self)');
      return nonce;
    };
    expect(await nonceOf()).not.toBe(await nonceOf());
  });

  it('keeps what is named by its content for ever, compressed where the browser can', async () => {
    const packed = await get('/assets/main-1a2b3c4d.js', { 'accept-encoding': 'gzip, br' });
    expect(packed.headers).toMatchObject({
      'content-encoding': 'br',
      'content-type': 'application/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding',
    });
    const plain = await get('/assets/main-1a2b3c4d.js', {});
    expect([plain.headers['content-encoding'], plain.body]).toEqual([undefined, MAIN]);
    expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 3);
    expect((await get('/icon.svg')).headers['content-type']).toContain('image/svg+xml');
    for (const path of ['/assets/../../../etc/passwd', '/assets/%2e%2e/%2e%2e/secret', '/assets/..%2findex.html'])
      expect((await get(path, {})).statusCode, path).toBeGreaterThanOrEqual(400);
  });

  it('is signed in by the cookie of the set-up, in a real browser that refuses what the policy forbids', async () => {
    const { user, token } = await invited();
    const address = await api.app.listen({ port: 0, host: '127.0.0.1' });
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      await page.goto(`${address}/icon.svg`);
      const account = { token, email: user, password: 'a long enough one' };
      await page.evaluate(
        (body) => fetch('/api/v1/auth/setup', { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
        JSON.stringify(account),
      );
      page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
      page.on('pageerror', (error) => void problems.push(error.message));
      await page.goto(address);
      await page.waitForFunction("document.getElementById('root')?.textContent");
      expect(new URL(page.url()).pathname).toBe('/');
      expect(await page.textContent('#root')).toBe(user);
      const style = await page.evaluate(
        '(({ color, padding }) => [color, padding])(getComputedStyle(document.getElementById("root")))',
      );
      expect(style).toEqual(['rgb(1, 2, 3)', '7px']);
      expect(problems).toEqual([]);
      const ran = await page.evaluate(`(() => {
        const script = document.createElement('script');
        script.textContent = 'window.ran = true';
        document.head.append(script);
        return 'ran' in window;
      })()`);
      expect(ran).toBe(false);
    } finally {
      await browser.close();
    }
  });
});

describe('the widget', () => {
  it('is for the pages of every origin, kept shortly and asked for with a tag', async () => {
    for (const path of ['/widget.js', '/widget/face-1a2b3c4d.js']) {
      const { statusCode, headers } = await get(path, { origin: 'https://shop.example' });
      expect([path, statusCode]).toEqual([path, 200]);
      expect(headers).toMatchObject({
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'cache-control': 'public, max-age=300',
        'content-type': expect.stringContaining('javascript'),
      });
      expect((await get(path, { 'if-none-match': String(headers.etag) })).statusCode).toBe(304);
    }
  });
});

describe('without a built console', () => {
  it('the way leads to the reference, and there is no widget', async () => {
    const bare = await startTestApi();
    const { statusCode, headers } = await bare.app.inject({ method: 'GET', url: '/', headers: PAGE });
    expect([statusCode, headers.location]).toEqual([302, '/docs/']);
    for (const url of ['/agents', '/widget.js'])
      expect((await bare.app.inject({ method: 'GET', url, headers: PAGE })).statusCode).toBe(404);
    await bare.close();
  });
});

/** Somebody who has a link to set their password with. */
async function invited() {
  const user = 'new@example.com';
  const { body } = await api.call('POST', '/users', { email: user });
  return { user, token: new URLSearchParams(new URL(body.invite_url).hash.slice(1)).get('token') };
}
