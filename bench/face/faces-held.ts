import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cpuSeconds, round } from '../harness/machine.ts';
import { API_KEY, type Product } from '../harness/product.ts';
import type { FromPeers, PeersResult, ToPeers } from './video-peers.ts';

/** One try to hold so many video sessions. */
export interface HeldFaces extends Partial<PeersResult> {
  n: number;
  held: boolean;
  reason?: string;
  /** Shares of one core. */
  server_cpu?: number;
  worker_cpu?: number;
  provider_cpu?: number;
}

const LEAST_FPS = 24;
const MOST_LATE_MS = 30;
const LEAST_RECEIVED = 0.995;
const SETTLE_MS = 11_000;
const FIRST = 6;
const MOST = 12;

export interface HeldFacesOptions {
  product: Product;
  agentId: number;
  providersPid: number;
  /** Only this many. */
  wanted: number | undefined;
  seconds: number;
}

/** Looks for the most video sessions that can be held: from six upwards while they are, or downwards until they are. */
export async function mostFacesHeld({ wanted, ...options }: HeldFacesOptions): Promise<HeldFaces[]> {
  const trials = [await tryToHold(wanted ?? FIRST, options)];
  const step = trials[0]?.held ? 1 : -1;
  while (wanted === undefined) {
    const last = trials.at(-1) as HeldFaces;
    const n = last.n + step;
    if (n < 1 || n > MOST || last.held !== trials[0]?.held) break;
    trials.push(await tryToHold(n, options));
  }
  return trials;
}

async function tryToHold(
  n: number,
  { product, agentId, providersPid, seconds }: Omit<HeldFacesOptions, 'wanted'>,
): Promise<HeldFaces> {
  const peers = fork(fileURLToPath(new URL('./video-peers.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx', '--conditions=source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting: Array<(message: FromPeers) => void> = [];
  peers.on('message', (message) => waiting.shift()?.(message as FromPeers));
  const next = () => new Promise<FromPeers>((resolve) => waiting.push(resolve));
  const tell = (message: ToPeers) => peers.send(message);
  const gone = new Promise((resolve) => peers.once('exit', resolve));
  try {
    await next();
    const connecting = next();
    tell({ type: 'connect', url: product.url, apiKey: API_KEY, agentId, n });
    const connected = await connecting;
    if (connected.type !== 'connected') return { n, held: false, reason: connected.type === 'failed' ? connected.reason : '' };
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const worker = product.workerPids();
    const cpu = () => ({
      server: cpuSeconds(product.pid),
      worker: worker.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
      provider: cpuSeconds(providersPid),
    });
    const before = cpu();
    tell({ type: 'begin' });
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const measured = next();
    tell({ type: 'end' });
    const after = cpu();
    const answer = await measured;
    if (answer.type !== 'result') throw new Error('The clients told no result');
    const reason = problemOf(answer.result);
    return {
      n,
      held: reason === undefined,
      ...(reason !== undefined && { reason }),
      ...answer.result,
      server_cpu: round((after.server - before.server) / seconds),
      worker_cpu: round((after.worker - before.worker) / seconds),
      provider_cpu: round((after.provider - before.provider) / seconds),
    };
  } finally {
    peers.kill();
    await gone;
    await allEnded(product);
  }
}

/** The next try shall not carry what is left of this one. */
async function allEnded(product: Product): Promise<void> {
  for (;;) {
    const { sessions } = await product.call('GET', '/sessions?status=active&limit=100');
    if (sessions.length === 0) return;
    for (const { session_id } of sessions) await product.call('PUT', `/sessions/${session_id}/end`);
  }
}

function problemOf(result: PeersResult): string | undefined {
  const { speaking_fps_worst, late_ms_p99, packets_received, packets_expected, turns, unanswered } = result;
  if (unanswered > 0) return `${unanswered} of ${turns} turns were not answered`;
  if (!(speaking_fps_worst >= LEAST_FPS)) return `one had ${speaking_fps_worst} pictures a second while the agent spoke`;
  if (!(late_ms_p99 < MOST_LATE_MS)) return `1 of 100 packets is ${late_ms_p99} ms late`;
  if (packets_received < packets_expected * LEAST_RECEIVED) return `${packets_received} of ${packets_expected} packets came`;
  return undefined;
}
