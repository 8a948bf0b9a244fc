import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { load } from '../harness/load.ts';
import { machine, percentile, report, residentBytes, round } from '../harness/machine.ts';
import { API_KEY, startProduct } from '../harness/product.ts';
import type { RetainedMemory } from '../harness/retained-memory.ts';
import { residentSessionBytes } from './resident-memory.ts';

/**
 * Chat with an instant scripted model (an OpenAI-compatible server in a process of its own on the same cores):
 * `added_ttft_ms`: from a POST to its first `reply-delta`, one message at a time, the model's own answer time included;
 * `turns_per_s`: 32 connections over 200 sessions; `idle_session_kb`: what server and worker hold on to (heap and
 * buffers after a forced collection) for 500 open sessions at default settings, one message each, divided by 500;
 * `server_rss_mb`, `workers_rss_mb`: resident memory after the load, garbage that V8 has not collected included;
 * `resident_session_kb`: heap of one session that a worker holds;
 * `rehost_ms_p50`: how much longer the first token takes where the session had been put away.
 */
const SECONDS = Number(process.env.BENCH_SECONDS ?? 8);
const SESSIONS = 500;

const model = fork(fileURLToPath(new URL('./scripted-model.ts', import.meta.url)), {
  execArgv: ['--import', 'tsx', '--conditions=source'],
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
});
const modelUrl = await new Promise<string>((resolve) => model.once('message', (url) => resolve(String(url))));
const product = await startProduct({ OPENAI_BASE_URL: modelUrl, OPENAI_API_KEY: 'none', VISAVIS_LLM: 'openai/scripted' });
const { agent } = await product.call('POST', '/agents', { name: 'Bench', context: 'You answer for a shop.' });

const newSession = async (): Promise<number> =>
  (await product.call('POST', '/sessions', { agent_id: agent.agent_id, session_type: 'agent_chat' })).session.session_id;

/** Milliseconds from the request to the first word of its reply. */
async function firstToken(session: number): Promise<number> {
  const start = performance.now();
  const answer = await fetch(`${product.url}/api/v1/sessions/${session}/messages`, {
    method: 'POST',
    headers: { 'x-api-key': API_KEY, 'content-type': 'application/json' },
    body: '{"message":"Are you open?","stream":true}',
  });
  let text = '';
  let milliseconds = Number.NaN;
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (Number.isNaN(milliseconds) && text.includes('event: reply-delta')) milliseconds = performance.now() - start;
  }
  if (!text.includes('event: reply-end')) throw new Error(`No reply: ${text}`);
  return milliseconds;
}

// Warm: code is compiled, connections are open, heaps have their size.
const warm = await Promise.all(Array.from({ length: 20 }, newSession));
for (let n = 0; n < 300; n++) await firstToken(warm[n % warm.length] ?? 0);

const ttft: number[] = [];
const one = await newSession();
for (let n = 0; n < 300; n++) ttft.push(await firstToken(one));

const talking: number[] = [];
for (let n = 0; n < 200; n++) talking.push(await newSession());
const turns = await load({
  url: product.url,
  connections: 32,
  seconds: SECONDS,
  request: `return wrk.format("POST", "/api/v1/sessions/" .. (${talking[0]} + n % 200) .. "/messages",
    {["content-type"]="application/json",["x-api-key"]="${API_KEY}"}, "{\\"message\\":\\"Are you open?\\"}")`,
});
const [serverRss, ...workersRss] = [product.pid, ...product.workerPids()].map((pid) => Math.round(residentBytes(pid) / 1e6));

const inspected: RetainedMemory[] = [];
for (const pid of [product.pid, ...product.workerPids()]) inspected.push(await product.inspect(pid));
/** What all processes hold on to, once conversations that were put away are closed (half a second) and their timers are over. */
async function retained(): Promise<number> {
  for (let last = Number.POSITIVE_INFINITY; ; ) {
    let bytes = 0;
    for (const memory of inspected) bytes += await memory.measure();
    if (bytes > last * 0.995) return bytes;
    last = bytes;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}
// From here on no worker holds a conversation: what the 500 add is theirs.
for (const session of [...warm, one, ...talking]) await product.call('PUT', `/sessions/${session}/end`);
const before = await retained();
const sessions: number[] = [];
for (let n = 0; n < SESSIONS; n++) sessions.push(await newSession());
for (const session of sessions) await firstToken(session);
const idleKb = ((await retained()) - before) / 1024 / SESSIONS;
for (const memory of inspected) memory.close();

// The first 200 were put away long ago (a worker holds the 32 used last); then the same ones again, now held.
const putAway: number[] = [];
const held: number[] = [];
for (const session of sessions.slice(0, 200)) {
  putAway.push(await firstToken(session));
  held.push(await firstToken(session));
}

await product.stop();
model.kill();

report({
  bench: 'chat',
  added_ttft_ms_p50: round(percentile(ttft, 0.5)),
  added_ttft_ms_p99: round(percentile(ttft, 0.99)),
  turns_per_s: round(turns.rps, 1),
  turn_ms_p50: round(turns.msP50),
  turn_ms_p99: round(turns.msP99),
  turn_error_rate: round(turns.errors / turns.requests, 4),
  idle_session_kb: round(idleKb, 1),
  resident_session_kb: round((await residentSessionBytes()) / 1024, 1),
  server_rss_mb: serverRss,
  workers_rss_mb: workersRss,
  rehost_ms_p50: round(percentile(putAway, 0.5) - percentile(held, 0.5)),
  n: turns.requests,
  seconds: SECONDS,
  peer_cpu: round(turns.peerCpu),
  ...machine(),
});
