import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { userModelsDir } from '../../packages/server/src/testing/test-model.ts';
import { CHROMIUM, silentMicrophone } from './browser.ts';
import { type ForeignSite, startForeignSite } from './foreign-site.ts';
import { cleanUp, type Product, startProduct } from './product.ts';
import { type Provider, startProvider } from './provider.ts';
import { freePort } from './proxies.ts';
import { speaks } from './speech.ts';
import { until } from './until.ts';

/** The sessions of all tests of a file count together. */
const WITHOUT_BUDGET = { sessions_per_day: null, minutes_per_day: null };

/** The widget's shadow root, as text of JavaScript. */
export const WIDGET = "document.querySelector('visavis-agent').shadowRoot";

/** Of every browser: its microphone is not a real one. */
const ARGUMENTS = ['--no-sandbox', '--use-fake-device-for-media-stream', '--autoplay-policy=no-user-gesture-required'];

/** What a visited page holds. */
export interface VisitedPage {
  embed?: string;
  attributes?: string;
  body?: string;
  strict?: boolean;
  /** A directive that its policy lacks. */
  without?: string;
  /** The name of the site, where it is not `localhost`; the browser has to know where that is. */
  host?: string;
}

export type VisitOptions = BrowserContextOptions & {
  inBrowser?: Browser;
  /** To be run in the page before all else. */
  script?: string;
};

export interface Visit {
  page: Page;
  /** Errors of the page, and what its policy did not let in. */
  troubles: string[];
}

/** The real server with its agent, and somebody else's site that embeds it, in real browsers. */
export interface WidgetWorld {
  provider: Provider;
  product: Product;
  site: ForeignSite;
  agentId: number;
  /** An embed for the site, without a budget. */
  embed: string;
  /** Its microphone is silent, and allowed. */
  browser: Browser;
  embedOf(settings: object): Promise<string>;
  /** Opens a page of the site. */
  visit(page?: VisitedPage, options?: VisitOptions): Promise<Visit>;
  /** Another browser, which the world closes. */
  open(args: string[], options?: { ignore?: string[] }): Promise<Browser>;
  /** For `afterEach`: closes the pages, but for those of `stays`. */
  leave(stays?: Page): Promise<void>;
  close(): Promise<void>;
}

/** Starts all of it, and waits for the ears, the voice and the face. */
export async function startWidgetWorld(options: {
  answer: string;
  agent?: Record<string, unknown>;
  settings?: Record<string, unknown>;
}): Promise<WidgetWorld> {
  const provider = await startProvider(() => ({ tokens: options.answer }));
  const product = await startProduct({
    env: {
      ...provider.env,
      PORT: String(await freePort()),
      VISAVIS_STT: undefined,
      VISAVIS_TTS: undefined,
      VISAVIS_MODELS_DIR: userModelsDir(),
    },
    settings: { sessions: { concurrent: 100_000 }, ...options.settings },
  });
  const site = await startForeignSite();
  const agentId = await product.api.createAgent({ name: 'Museum', avatar_id: 1, ...options.agent });
  const embedOf = async (settings: object) => {
    const body = { agent_id: agentId, name: 'A shop', allowed_origins: [site.origin], ...WITHOUT_BUDGET, ...settings };
    return (await product.api.ok<{ embed: { embed_id: string } }>('POST', 'embeds', body)).embed.embed_id;
  };
  const embed = await embedOf({});
  await until(
    'the ears, voices and faces to be there',
    async () => {
      if (!(await speaks(product))) return false;
      const wish = { agent_id: agentId, session_type: 'agent_video' };
      const { session } = await product.api.ok<{ session: { warnings: string[] } }>('POST', 'sessions', wish);
      return session.warnings.length === 0;
    },
    120_000,
  );
  const standard = [...ARGUMENTS, silentMicrophone()];
  const browsers: Browser[] = [];
  const open = async (args: string[], { ignore = [] }: { ignore?: string[] } = {}) => {
    // Of two of the same name the last one counts.
    const all = [...standard.filter((each) => !ignore.some((ignored) => each.startsWith(ignored))), ...args];
    const opened = await chromium.launch({ executablePath: CHROMIUM, args: all });
    browsers.push(opened);
    return opened;
  };
  const browser = await open(['--use-fake-ui-for-media-stream']);
  const pages = new Set<Page>();

  return {
    provider,
    product,
    site,
    agentId,
    embed,
    browser,
    embedOf,
    open,
    async visit({ host, ...page } = {}, { inBrowser = browser, script = '', ...rest } = {}) {
      const context = await inBrowser.newContext(rest);
      const opened = await context.newPage();
      pages.add(opened);
      opened.setDefaultTimeout(30_000);
      const troubles: string[] = [];
      opened.on('pageerror', (error) => void troubles.push(String(error)));
      opened.on('console', (message) => {
        if (message.type() === 'error') troubles.push(message.text());
      });
      await context.addInitScript(LISTEN + script);
      const address = site.page({ server: product.url, embed, ...page });
      await opened.goto(host === undefined ? address : address.replace('localhost', host));
      return { page: opened, troubles };
    },
    async leave(stays) {
      for (const page of pages) {
        if (page === stays) continue;
        pages.delete(page);
        await page.context().close();
      }
    },
    async close() {
      for (const each of browsers) await each.close();
      await site.close();
      await provider.close();
      await cleanUp();
    },
  };
}

export const launcher = (page: Page): Locator => page.getByRole('button', { name: 'Open the conversation with Museum' });

/** What the element has told the page under this name, oldest first. */
export function told(page: Page, name: string): Promise<Array<Record<string, unknown>>> {
  return page.evaluate(`told.filter(({ name }) => name === '${name}')`);
}

export async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Write a message' }).fill(text);
  await page.keyboard.press('Enter');
}

export const lines = (page: Page, kind: 'user' | 'agent'): Locator => page.locator(`.lines .${kind} p`);

/** Lines of the agent that say nothing else and have been heard to their end. */
export const heardLines = (page: Page, text: string): Locator =>
  page.locator('.lines .agent p > span:first-child').filter({ hasText: new RegExp(`^${text}$`) });

/** Waits until the call stands. */
export const connected = (page: Page): Promise<void> =>
  page.locator('[data-call=connected]').waitFor({ state: 'attached', timeout: 60_000 });

/** Pictures that the video element has shown. */
export const FRAMES = `(() => {
  const quality = ${WIDGET}.querySelector('video').getVideoPlaybackQuality();
  return quality.totalVideoFrames - quality.droppedVideoFrames;
})()`;

/** What has the focus within the widget. */
export const FOCUSED = `document.activeElement?.shadowRoot?.activeElement?.getAttribute('aria-label')`;

/** What the element tells the page. */
const LISTEN = `
  window.told = [];
  for (const name of ['open', 'close', 'session', 'message', 'end', 'error'].map((name) => 'visavis-' + name))
    addEventListener(name, ({ detail }) => told.push({ name, ...detail }));
`;
