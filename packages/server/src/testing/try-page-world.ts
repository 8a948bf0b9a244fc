import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { type OpenAiServer, startOpenAiServer } from './openai-server.ts';
import { answerCall, type ScriptedCall } from './scripted-call.ts';
import { startTestApi, type TestApi } from './test-api.ts';

const CHROMIUM = '/usr/bin/chromium';
export const hasChromium = existsSync(CHROMIUM);

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--use-fake-device-for-media-stream',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--autoplay-policy=no-user-gesture-required',
];

/** The page in a real browser, before the real API; the far end of its calls is scripted, over real WebRTC. */
export interface TryPageWorld {
  api: TestApi;
  models: OpenAiServer;
  address: string;
  agentId: number;
  browser: Browser;
  /** A fresh link to the page. */
  link(): Promise<string>;
  /** Opens a page in a browser profile of its own. What it does wrong is kept in `errors`. */
  open(url: string, options?: BrowserContextOptions): Promise<OpenPage>;
  close(): Promise<void>;
}

export interface OpenPage {
  page: Page;
  errors: string[];
  /** Every address that was asked for, beyond the page's modules. */
  requested: string[];
  /** The connections that the page has made, in their order. */
  calls: ScriptedCall[];
  /** The connection with this index, once it has joined. */
  call(index: number): Promise<ScriptedCall>;
  /** Answers offers (so many of them) with this from now on, instead of a connection; undefined connects again. */
  refuseCalls(status?: number, code?: string, times?: number): void;
  close(): Promise<void>;
}

export async function startTryPageWorld(options: { microphone: 'allowed' | 'refused' }): Promise<TryPageWorld> {
  const models = await startOpenAiServer();
  const api = await startTestApi({ models });
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' });
  const wish = { name: 'Ada', language: 'fr', custom_greeting: 'Bonjour, je suis Ada.' };
  const agentId: number = (await api.call('POST', '/agents', wish)).body.agent.agent_id;
  const permission = options.microphone === 'allowed' ? '--use-fake-ui-for-media-stream' : '--deny-permission-prompts';
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...ARGUMENTS, permission] });

  return {
    api,
    models,
    address,
    agentId,
    browser,
    async link() {
      const { url } = (await api.call('POST', `/agents/${agentId}/try-links`)).body;
      return `${address}/try/${agentId}${new URL(url).hash}`;
    },
    async open(url, contextOptions) {
      const context = await browser.newContext({ viewport: { width: 1100, height: 800 }, ...contextOptions });
      const page = await context.newPage();
      const opened = await watch(page, address);
      await page.goto(url);
      return {
        ...opened,
        close: async () => {
          await context.close();
          for (const call of opened.calls) call.close();
        },
      };
    },
    async close() {
      await browser.close();
      await api.close();
      await models.close();
    },
  };
}

async function watch(page: Page, address: string): Promise<Omit<OpenPage, 'close'>> {
  const errors: string[] = [];
  const requested: string[] = [];
  const calls: ScriptedCall[] = [];
  const renewals = new Map<string, ScriptedCall>();
  let wake = () => {};
  let refusal: { status: number; code: string; times: number } | undefined;

  page.on('request', (request) => {
    const path = request.url().replace(address, '');
    if (!path.startsWith('/try/assets/')) requested.push(path);
  });
  page.on('pageerror', (error) => void errors.push(String(error)));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) errors.push(message.text());
  });
  await page.route('**/api/v1/sessions/*/connect', async (route) => {
    if (refusal && refusal.times-- > 0) {
      const body = { success: false, error: 'Refused by the test', code: refusal.code };
      return route.fulfill({ status: refusal.status, json: body }).catch(() => undefined);
    }
    const id = Number(/sessions\/(\d+)/.exec(route.request().url())?.[1]);
    const { sdp } = route.request().postDataJSON() as { sdp: string };
    const known = renewals.get(connectionOf(sdp));
    if (known) return route.fulfill({ json: { sdp: await known.renew(sdp) } }).catch(() => undefined);
    const { sdp: answer, call } = await answerCall(sdp, { id, resumed: calls.length > 0 });
    calls.push(call);
    renewals.set(connectionOf(sdp), call);
    wake();
    await route.fulfill({ json: { sdp: answer } }).catch(() => undefined);
  });

  return {
    page,
    errors,
    requested,
    calls,
    async call(index) {
      for (;;) {
        const call = calls[index];
        if (call) {
          await call.joined;
          return call;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    refuseCalls(status, code = 'no-capacity', times = Number.POSITIVE_INFINITY) {
      refusal = status === undefined ? undefined : { status, code, times };
    },
  };
}

/** Offers of one connection have this in common. */
function connectionOf(sdp: string): string {
  return /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1] ?? '';
}
