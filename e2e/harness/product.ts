import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ApiClient, createApiClient, MARKER } from './api-client.ts';
import { fillDataFolder } from './built-folder.ts';
import { builtInFaces } from './built-in-faces.ts';
import { childrenOf, commandOf } from './processes.ts';
import { until } from './until.ts';

export interface ProductOptions {
  /** Over the harness's own: a free port, an empty models folder, no rate limit. */
  env?: Record<string, string | undefined>;
  /** Default: a copy of one in which a server has built its faces before, so that nobody waits for that; for a first start name an empty one. */
  dataDir?: string;
  /** Through the script behind `npm start`, which builds what has changed, instead of the built server directly. */
  startScript?: boolean;
  /** Written into a configuration file. */
  settings?: Record<string, unknown>;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** From the start of the process, or from the call that ended it, in ms. */
  milliseconds: number;
  /** When it was, in ms of `performance.now()`. */
  at: number;
}

/** The built product as a process of its own. */
export interface Product {
  url: string;
  apiKey: string;
  pid: number;
  dataDir: string;
  api: ApiClient;
  /** From the start of the process until `/readyz` answered 200, in ms. */
  readyMs: number;
  output(): string;
  workers(): number[];
  /** The process of the local language model. */
  modelProcesses(): number[];
  /** The process that hears and speaks. */
  speechProcesses(): number[];
  /** As Ctrl-C in a terminal: SIGINT for the whole process group. */
  ctrlC(): Promise<Exit>;
  signal(signal: NodeJS.Signals): Promise<Exit>;
  stop(): Promise<Exit>;
  kill9(): Promise<Exit>;
  /** Its exit, after whatever ends it. */
  ended(end: () => unknown): Promise<Exit>;
  exited: Promise<Exit>;
}

export const API_KEY = 'ah_live_e2eE2Ee2eE2Ee2eE2Ee2eE2Ee2eE2E01';
export const PROVIDER_KEY = 'sk-provider-key-of-the-end-to-end-tests';

const MAIN = fileURLToPath(new URL('../../packages/server/dist/main.js', import.meta.url));
const START_SCRIPT = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));
/** A busy machine may take so long to start a server, in ms. */
const START_MS = 90_000;
const folders: string[] = [];
const started = new Set<{ child: ChildProcess; output: () => string }>();
const secrets = new Set([MARKER, API_KEY, PROVIDER_KEY]);

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'visavis-e2e-'));
  folders.push(folder);
  return folder;
}

/** Starts the product and waits until it is ready. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const dataDir = options.dataDir ?? (await usualFolder(options));
  const startedAt = performance.now();
  const run = launch({ ...options, dataDir });
  const { child } = run;
  const url = await until(
    'the server to say where it is',
    () => {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`The server ended with ${child.exitCode ?? child.signalCode}:\n${run.output()}`);
      }
      return /is ready: {2}(\S+)/.exec(run.output())?.[1];
    },
    START_MS,
  );
  await until('/readyz', () => fetch(`${url}/readyz`).then(({ status }) => status === 200));
  const readyMs = performance.now() - startedAt;
  const apiKey = options.env?.VISAVIS_API_KEY ?? API_KEY;
  const pid = child.pid as number;
  const ended = async (end: () => unknown): Promise<Exit> => {
    const endedAt = performance.now();
    await end();
    const exit = await run.exited;
    return { ...exit, milliseconds: exit.at - endedAt };
  };
  const signal = (name: NodeJS.Signals) => ended(() => child.kill(name));
  return {
    url,
    apiKey,
    pid,
    dataDir,
    readyMs,
    api: createApiClient(url, apiKey, (token) => secrets.add(token)),
    output: run.output,
    workers: () => childrenOf(pid).filter((id) => commandOf(id).includes('worker-main')),
    modelProcesses: () => childrenOf(pid).filter((id) => commandOf(id).includes('model-process')),
    speechProcesses: () => childrenOf(pid).filter((id) => commandOf(id).includes('speech-process')),
    ctrlC: () => ended(() => process.kill(-pid, 'SIGINT')),
    ended,
    signal,
    stop: () => signal('SIGTERM'),
    kill9: () => signal('SIGKILL'),
    exited: run.exited,
  };
}

async function usualFolder({ env = {}, startScript }: ProductOptions): Promise<string> {
  const folder = temporaryFolder();
  const isOther = startScript || 'VISAVIS_API_KEY' in env || 'DATABASE_URL' in env;
  if (!isOther) {
    await fillDataFolder(folder, async (dataDir) => {
      const first = await startProduct({ dataDir });
      await builtInFaces(first);
      await first.stop();
    });
  }
  return folder;
}

/** Runs the product until it ends by itself: for starts that fail. */
export function runProduct(options: ProductOptions): Promise<Exit> {
  return launch({ ...options, dataDir: options.dataDir ?? temporaryFolder() }).closed;
}

/** Begins to start the product and does not wait for anything. */
export function beginStart(options: ProductOptions & { dataDir: string }) {
  const { child, exited } = launch(options);
  return { children: () => childrenOf(child.pid as number), kill9: () => void child.kill('SIGKILL'), exited };
}

/**
 * For `afterEach`: ends what still runs, removes the folders, and throws where any output since the last time holds what
 * somebody said, a key or a token.
 */
export async function cleanUp(): Promise<void> {
  const leaks: string[] = [];
  for (const { child, output } of started) {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('close', resolve));
      process.kill(-child.pid, 'SIGKILL');
      await gone;
    }
    for (const line of output().split('\n')) {
      if ([...secrets].some((secret) => line.includes(secret))) leaks.push(line);
    }
  }
  started.clear();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  if (leaks.length > 0) throw new Error(`The output tells what it must not:\n${leaks.slice(0, 5).join('\n')}`);
}

/** The environment of a product, without anything of the machine's own settings. */
export function environmentOf(options: ProductOptions & { dataDir: string }): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  const settings: Record<string, string | undefined> = {
    PATH,
    HOME,
    PORT: '0',
    VISAVIS_DATA_DIR: options.dataDir,
    VISAVIS_MODELS_DIR: options.env?.VISAVIS_MODELS_DIR ?? temporaryFolder(),
    VISAVIS_API_KEY: API_KEY,
    VISAVIS_RATE_LIMIT: '0',
    VISAVIS_LLM: 'openai/scripted',
    // Nothing is fetched, and no speech engine runs, unless a test asks for it.
    VISAVIS_STT: 'none',
    VISAVIS_TTS: 'none',
    // Nobody listens there; a test with a provider names its own.
    OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
    OPENAI_API_KEY: PROVIDER_KEY,
    VISAVIS_LOG_LEVEL: 'debug',
  };
  if (options.settings) {
    settings.VISAVIS_CONFIG = join(temporaryFolder(), 'config.yaml');
    writeFileSync(settings.VISAVIS_CONFIG, JSON.stringify(options.settings));
  }
  return Object.fromEntries(Object.entries({ ...settings, ...options.env }).filter(([, value]) => value !== undefined));
}

function launch(options: ProductOptions & { dataDir: string }) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, options.startScript ? [START_SCRIPT] : ['--enable-source-maps', MAIN], {
    env: environmentOf(options),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // A process group of its own, as a terminal makes one.
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exit = new Promise<Omit<Exit, 'stdout' | 'stderr'>>((resolve) => {
    child.once('exit', (code, signal) => {
      const at = performance.now();
      resolve({ code, signal, at, milliseconds: at - startedAt });
    });
  });
  const withOutput = async (): Promise<Exit> => ({ ...(await exit), stdout, stderr });
  // A worker that outlives the server for a moment holds its output open: only who reads all of it waits for that.
  const closed = new Promise<Exit>((resolve) => child.once('close', () => resolve(withOutput())));
  const run = { child, exited: withOutput(), closed, output: () => stdout + stderr };
  started.add(run);
  return run;
}
