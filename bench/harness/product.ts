import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { INSPECTOR_ADDRESS, inspectMemory, type RetainedMemory } from './retained-memory.ts';

export const API_KEY = 'ah_live_benchmarkbenchmarkbenchmark00';

export interface Product {
  url: string;
  pid: number;
  /** The SQLite file. */
  database: string;
  workerPids(): number[];
  /** Opens the inspector of the server or a worker. */
  inspect(pid: number): Promise<RetainedMemory>;
  /** One call of the API; throws on anything but 2xx. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  call(method: string, path: string, body?: unknown): Promise<any>;
  stop(): Promise<void>;
}

/** The built product in a process and a data folder of its own, without request limits; an undefined setting is left to the product. */
export async function startProduct(
  environment: Record<string, string | undefined> = {},
  nodeArguments: string[] = [],
): Promise<Product> {
  const folder = await mkdtemp(join(tmpdir(), 'visavis-bench-'));
  const config = join(folder, 'config.yaml');
  await writeFile(config, 'sessions: { concurrent: 1000000, messages_per_minute: 1000000 }\n');
  const main = fileURLToPath(new URL('../../packages/server/dist/main.js', import.meta.url));
  const child = spawn(process.execPath, [...nodeArguments, main], {
    env: {
      ...process.env,
      PORT: '0',
      VISAVIS_DATA_DIR: join(folder, 'data'),
      VISAVIS_MODELS_DIR: join(folder, 'models'),
      VISAVIS_CONFIG: config,
      VISAVIS_API_KEY: API_KEY,
      VISAVIS_RATE_LIMIT: '0',
      VISAVIS_LOG_LEVEL: 'warn',
      VISAVIS_STT: 'none',
      VISAVIS_TTS: 'none',
      // No model is wanted unless the benchmark names one: nobody listens there.
      OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
      // Each process has an inspector of its own, where one is opened.
      NODE_OPTIONS: '--inspect-port=0',
      VISAVIS_LLM: 'openai/none',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    if (!/Debugger|inspector/.test(String(chunk))) process.stderr.write(chunk);
  });
  const url = await addressOf(child);
  while (!(await fetch(`${url}/readyz`)).ok) await new Promise((resolve) => setTimeout(resolve, 20));
  const pid = child.pid ?? 0;
  return {
    url,
    pid,
    database: join(folder, 'data', 'visavis.db'),
    workerPids: () => childrenOf(pid),
    async inspect(id) {
      const address = nextMatch(child.stderr, INSPECTOR_ADDRESS);
      process.kill(id, 'SIGUSR1');
      return inspectMemory(await address);
    },
    async call(method, path, body) {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { 'x-api-key': API_KEY, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The first group of the next output that matches. */
function nextMatch(stream: NodeJS.ReadableStream | null, pattern: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk;
      const found = pattern.exec(output)?.[1];
      if (found === undefined) return;
      stream?.off('data', read);
      resolve(found);
    };
    stream?.on('data', read);
  });
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      const address = /Visavis is ready: +(\S+)/.exec(output)?.[1];
      if (address) resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${output}`)));
  });
}

function childrenOf(pid: number): number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  return list === '' ? [] : list.split(' ').map(Number);
}
