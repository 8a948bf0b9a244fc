import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cpuSeconds, round } from '../harness/machine.ts';
import { API_KEY, type Product } from '../harness/product.ts';
import type { FromPeers, PeersResult, ToPeers } from './light-peers.ts';

/** One try to hold so many sessions. */
export interface Held extends Partial<PeersResult> {
  n: number;
  held: boolean;
  /** Why not, where not. */
  reason?: string;
  /** Connections that the server refused at first, for its sound was late. */
  refusals?: number;
  /** Shares of one core. */
  server_cpu?: number;
  worker_cpu?: number;
  provider_cpu?: number;
}

const HELD_SECONDS = 60;
const MOST_LATE_MS = 30;
/** A packet may still be on its way at the end. */
const LEAST_RECEIVED = 0.995;
/** Every session has had a turn, and nothing is being compiled any more. */
const SETTLE_MS = 9_000;
const FIRST = 24;
const STEP = 4;
const MOST_TRIALS = 3;

export interface HeldOptions {
  product: Product;
  agentId: number;
  providersPid: number;
  /** Only this many. */
  wanted: number | undefined;
}

/** Looks for the most sessions that can be held, from the aim upwards or downwards, in three tries at most. */
export async function mostSessionsHeld({ wanted, ...options }: HeldOptions): Promise<Held[]> {
  const first = await tryToHold(wanted ?? FIRST, options);
  const trials = [first];
  const step = (first.held ? 2 : -2) * STEP;
  let n = first.n;
  while (wanted === undefined && trials.length < MOST_TRIALS) {
    const last = trials.at(-1) as Held;
    // The direction has turned: only the number between is left.
    const turned = trials.length > 1 && last.held !== first.held;
    n += turned ? -step / 2 : step;
    if (n <= 0) break;
    trials.push(await tryToHold(n, options));
    if (turned) break;
  }
  return trials;
}

async function tryToHold(n: number, { product, agentId, providersPid }: Omit<HeldOptions, 'wanted'>): Promise<Held> {
  const peers = fork(fileURLToPath(new URL('./light-peers.ts', import.meta.url)), {
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
    const pids = { server: product.pid, worker: product.workerPids(), provider: providersPid };
    const cpu = () => ({
      server: cpuSeconds(pids.server),
      worker: pids.worker.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
      provider: cpuSeconds(pids.provider),
    });
    const before = cpu();
    tell({ type: 'begin' });
    await new Promise((resolve) => setTimeout(resolve, HELD_SECONDS * 1000));
    const measured = next();
    tell({ type: 'end' });
    const after = cpu();
    const answer = await measured;
    if (answer.type !== 'result') throw new Error('The clients told no result');
    const { result } = answer;
    const reason = problemOf(result);
    return {
      n,
      held: reason === undefined,
      ...(reason !== undefined && { reason }),
      ...result,
      refusals: connected.refusals,
      server_cpu: round((after.server - before.server) / HELD_SECONDS),
      worker_cpu: round((after.worker - before.worker) / HELD_SECONDS),
      provider_cpu: round((after.provider - before.provider) / HELD_SECONDS),
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

function problemOf({ late_ms_p99, packets_received, packets_expected, turns, unanswered }: PeersResult): string | undefined {
  if (unanswered > 0) return `${unanswered} of ${turns} turns were not answered`;
  if (!(late_ms_p99 < MOST_LATE_MS)) return `1 of 100 packets is ${late_ms_p99} ms late`;
  if (packets_received < packets_expected * LEAST_RECEIVED) return `${packets_received} of ${packets_expected} packets came`;
  return undefined;
}
