import { parseArgs } from 'node:util';
import type { Browser, BrowserContext } from 'playwright-core';
import { openBrowser } from '../../e2e/harness/browser.ts';
import { builtInFaces } from '../../e2e/harness/built-in-faces.ts';
import { countScripts, setUpAccount, signIn } from '../../e2e/harness/console.ts';
import { type PageLoad, pageLoad, watchLoad } from '../../e2e/harness/page-load.ts';
import { cleanUp, startProduct } from '../../e2e/harness/product.ts';
import { startProvider } from '../../e2e/harness/provider.ts';
import { ensureSpeechModels, userModelsDir } from '../../packages/server/src/testing/test-model.ts';
import { machine, percentile, report, round } from '../harness/machine.ts';

/**
 * The console's start page in Chromium on a slow processor: somebody who is signed in opens it, with nothing in the browser's cache. The
 * server is on the same cores, at full speed.
 *   fcp_ms_p50, _p95   first contentful paint
 *   lcp_ms_p50, _p95   largest contentful paint: "first meaningful paint" of issue 6
 *   cls                the worst cumulative layout shift of all loads
 *   scripts_kb         scripts over the line until the page can be used and everything on it is there, imports on demand counted
 *   --loads=10         so many; one more before them is not counted
 *   --throttle=4       so many times slower than this machine
 *   --show             every load: what was largest, and what moved
 */
const { values: options } = parseArgs({
  options: {
    loads: { type: 'string', default: '10' },
    throttle: { type: 'string', default: '4' },
    show: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const begin = performance.now();
const provider = await startProvider();
const { store } = await ensureSpeechModels();
const speech = store ? { VISAVIS_STT: undefined, VISAVIS_TTS: undefined, VISAVIS_MODELS_DIR: userModelsDir() } : {};
const browser = await openBrowser();
try {
  const product = await startProduct({ env: { ...provider.env, ...speech, VISAVIS_LOG_LEVEL: 'warn' } });
  await setUpAccount(product);
  await builtInFaces(product);
  const loads = await measure(browser, product.url, product);
  const counted = loads.slice(1);
  const of = (name: 'firstPaintMs' | 'largestPaintMs') => counted.map((load) => load[name]);
  report({
    bench: 'console',
    fcp_ms_p50: round(percentile(of('firstPaintMs'), 0.5), 0),
    fcp_ms_p95: round(percentile(of('firstPaintMs'), 0.95), 0),
    lcp_ms_p50: round(percentile(of('largestPaintMs'), 0.5), 0),
    lcp_ms_p95: round(percentile(of('largestPaintMs'), 0.95), 0),
    cls: round(Math.max(...counted.map(({ layoutShift }) => layoutShift)), 4),
    scripts_kb: round(Math.max(...counted.map(({ scriptBytes }) => scriptBytes)) / 1024, 1),
    cpu_throttle: Number(options.throttle),
    n: counted.length,
    seconds: Math.round((performance.now() - begin) / 1000),
    ...machine(),
  });
} finally {
  await browser.close();
  await cleanUp();
  await provider.close();
}

async function measure(chromium: Browser, url: string, product: Parameters<typeof signIn>[1]) {
  const context = await chromium.newContext({ viewport: { width: 1440, height: 900 } });
  const first = await context.newPage();
  await signIn(first, product);
  if (store) await first.getByText('Everything is ready').waitFor({ timeout: 60_000 });
  await first.close();
  const loads: Array<PageLoad & { scriptBytes: number }> = [];
  for (let n = 0; n <= Number(options.loads); n++) loads.push(await load(context, url));
  if (options.show) console.dir(loads, { depth: 4 });
  return loads;
}

async function load(context: BrowserContext, url: string): Promise<PageLoad & { scriptBytes: number }> {
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await watchLoad(page);
  const scripts = await countScripts(cdp);
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: Number(options.throttle) });
  await page.goto(url);
  await page
    .getByRole('link', { name: /Talk now with/ })
    .first()
    .waitFor();
  await page.waitForLoadState('networkidle');
  const seen = { ...(await pageLoad(page)), scriptBytes: scripts.bytes() };
  await page.close();
  return seen;
}
