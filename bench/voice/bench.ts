import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { builtInFaces } from '../harness/built-in-faces.ts';
import { type Caller, call, indexAfter } from '../harness/caller.ts';
import { type Clip, humanSentences } from '../harness/human-speech.ts';
import { cpuSeconds, machine, percentile, report, round } from '../harness/machine.ts';
import { startProduct } from '../harness/product.ts';
import { mostSessionsHeld } from './sessions-held.ts';
import { toneIn, wordsPlayed } from './word-tones.ts';

/**
 * Spoken sessions of the built product over real WebRTC on loopback, with instant providers (`instant-providers.ts`, a process of its own on
 * the same cores); the product's own voice activity and end-of-turn model decide. What is said are recordings of people.
 *   added_ms      last sample of speech given to the client's WebRTC -> first agent sample out of its jitter buffer, minus the
 *                 endpointing wait, which is the same for every turn (`min_endpointing_ms` = `max_endpointing_ms` = 500)
 *   response_ms   the same with default settings, nothing subtracted
 *   barge_in_ms   first sample of speech given to the client's WebRTC -> the last agent sample out of its jitter buffer
 *   greeting_ms   the POST of the offer -> first sample of the greeting
 *   interrupted_words_off_max   words stored of an interrupted reply, against those that came out of the client (each is a tone of its
 *                 own), of which a word counts once half of it was heard; half of the interruptions with reports of the client
 *   sessions_held  most sessions that were held for 60 s: 48 % of the time speech of the user, 99 % of the packets at most
 *                 30 ms later than the earliest of their stream, all turns answered
 *   --rows=added,response,greeting,barge-in,held   only these
 *   --sessions=24  tries only this many sessions
 */
const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: 'added,response,greeting,barge-in,held' },
    sessions: { type: 'string' },
    turns: { type: 'string', default: '30' },
    show: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const rows = options.rows.split(',');
const TURNS = Number(options.turns);
const GREETINGS = 15;
const INTERRUPTIONS = 20;
/** As long as in the sketch of findings/conversation-core.md, so that the figures can be compared. */
const FIXED_WAIT_MS = 500;
/** Between the end of a reply and the next question. */
const PAUSE_MS = [200, 600] as const;
/** From the beginning of a reply to the interruption. */
const INTERRUPT_AFTER_MS = [500, 4_000] as const;

const begin = performance.now();
const sentences = humanSentences();
const providers = fork(fileURLToPath(new URL('./instant-providers.ts', import.meta.url)), {
  execArgv: ['--import', 'tsx', '--conditions=source'],
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
});
const addresses = await new Promise<{ model: string; speech: string }>((resolve) =>
  providers.once('message', (message) => resolve(message as never)),
);
const product = await startProduct({
  OPENAI_BASE_URL: addresses.model,
  OPENAI_API_KEY: 'none',
  VISAVIS_LLM: 'openai/scripted',
  DEEPGRAM_BASE_URL: addresses.speech,
  DEEPGRAM_API_KEY: 'none',
  ELEVENLABS_BASE_URL: addresses.speech,
  ELEVENLABS_API_KEY: 'none',
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** The same numbers in every run. */
let seed = 1;
const random = ([least, most]: readonly [number, number]) => {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
  return least + (seed / 2 ** 31) * (most - least);
};

/** An agent whose replies are those that stand under `mark` in `instant-providers.ts`. */
async function newAgent(mark: string, settings: { turn?: object; custom_greeting?: string } = {}): Promise<number> {
  const { turn, ...others } = settings;
  const speech = { listen: { provider: 'deepgram' }, speak: { provider: 'elevenlabs' } };
  const body = { name: 'Bench', context: mark, properties: { speech, ...(turn && { turn }) }, ...others };
  return (await product.call('POST', '/agents', body)).agent.agent_id;
}

interface Turn {
  clip: string;
  /** From the last sample of the question to the first of the answer; undefined: there was none. */
  ms: number | undefined;
}

/** One conversation: asks, waits for the answer, hears it out, asks again. */
async function converse(agentId: number, turns: number, questions: readonly Clip[]): Promise<{ turns: Turn[]; stages: Stages }> {
  const caller = await call(product, agentId);
  const done: Turn[] = [];
  await pause(500);
  for (let n = 0; n < turns; n++) {
    const clip = questions[n % questions.length] as Clip;
    const heardBefore = caller.loud.length;
    const { lastAt } = await caller.say(clip.samples);
    // A pause within the sentence was taken for its end.
    const early = caller.loud.length > heardBefore;
    const answeredAt = early ? undefined : await caller.soundAfter(lastAt);
    done.push({ clip: clip.id, ms: answeredAt === undefined ? undefined : answeredAt - lastAt });
    await caller.quietAfter(performance.now(), 400);
    await pause(random(PAUSE_MS));
  }
  const stages = stagesOf(caller);
  await caller.hangUp();
  return { turns: done, stages };
}

type Stages = Record<string, number>;

/** The medians of what the server says about its turns. */
function stagesOf({ events }: Caller): Stages {
  const ends = events.flatMap((event) => (event.type === 'reply.end' && event.latency_ms.turn_end ? [event.latency_ms] : []));
  const names = ['speech_end', 'transcript', 'turn_end', 'first_token', 'first_audio_made', 'first_audio_sent'] as const;
  return Object.fromEntries(
    names.map((name) => [
      name,
      Math.round(
        percentile(
          ends.map((end) => end[name] ?? Number.NaN),
          0.5,
        ),
      ),
    ]),
  );
}

async function measureAdded(): Promise<object> {
  const turn = { min_endpointing_ms: FIXED_WAIT_MS, max_endpointing_ms: FIXED_WAIT_MS };
  const { turns, stages } = await converse(await newAgent('#short', { turn }), TURNS, sentences.slice(0, 10));
  show('added', turns);
  const added = turns.flatMap(({ ms }) => (ms === undefined ? [] : [ms - FIXED_WAIT_MS]));
  return {
    added_ms_p50: round(percentile(added, 0.5), 0),
    added_ms_p95: round(percentile(added, 0.95), 0),
    added_n: added.length,
    added_unanswered: turns.length - added.length,
    added_stages_ms_p50: stages,
  };
}

async function measureResponse(): Promise<object> {
  const { turns, stages } = await converse(await newAgent('#short'), sentences.length, sentences);
  show('response', turns);
  const waits = turns.flatMap(({ ms }) => (ms === undefined ? [] : [ms]));
  return {
    response_ms_p50: round(percentile(waits, 0.5), 0),
    response_ms_p95: round(percentile(waits, 0.95), 0),
    response_n: waits.length,
    response_unanswered: turns.length - waits.length,
    response_stages_ms_p50: stages,
  };
}

async function measureGreeting(): Promise<object> {
  const agentId = await newAgent('#short', { custom_greeting: 'Welcome to our shop.' });
  const waits: number[] = [];
  for (let n = 0; n < GREETINGS; n++) {
    const caller = await call(product, agentId);
    const at = await caller.soundAfter(caller.connectedFrom);
    if (at === undefined) throw new Error('There was no greeting');
    waits.push(at - caller.connectedFrom);
    await caller.hangUp();
  }
  return {
    greeting_ms_p50: round(percentile(waits, 0.5), 0),
    greeting_ms_p95: round(percentile(waits, 0.95), 0),
    // Nothing was warm yet.
    greeting_ms_first: round(waits[0] ?? Number.NaN, 0),
  };
}

interface Interruption {
  ms: number;
  heardWords: number;
  storedWords: number;
  wasMarked: boolean;
}

/** Every question interrupts the answer to the one before, at a random moment. */
async function interrupt(agentId: number, times: number, questions: readonly Clip[], reportsPlayout: boolean) {
  const caller = await call(product, agentId, { reportsPlayout });
  await pause(500);
  const heard: Array<{ ms: number; words: number }> = [];
  let { lastAt } = await caller.say((questions[0] as Clip).samples);
  for (let n = 1; n <= times; n++) {
    const startedAt = await caller.soundAfter(lastAt);
    if (startedAt === undefined) throw new Error('There was no reply to interrupt');
    await pause(random(INTERRUPT_AFTER_MS));
    const said = caller.say((questions[n % questions.length] as Clip).samples);
    const moment = performance.now();
    const silentAt = await caller.quietAfter(moment);
    const { firstAt, lastAt: saidAt } = await said;
    const from = indexAfter(caller.loud, startedAt - 1);
    const played = caller.loud.slice(from, indexAfter(caller.loud, silentAt));
    heard.push({ ms: silentAt - firstAt, words: wordsPlayed(played.map(({ samples }) => toneIn(samples, 48_000))) });
    lastAt = saidAt;
  }
  await caller.soundAfter(lastAt);
  const { messages } = await product.call('GET', `/sessions/${caller.sessionId}/messages?limit=100`);
  await caller.hangUp();
  const replies = (messages as Array<{ role: string; content: string; interrupted: boolean }>).filter(
    ({ role }) => role === 'assistant',
  );
  return heard.map(({ ms, words }, n): Interruption => {
    const reply = replies[n];
    const storedWords = reply?.content.split(' ').filter(Boolean).length ?? 0;
    return { ms, heardWords: words, storedWords, wasMarked: reply?.interrupted ?? false };
  });
}

async function measureBargeIn(): Promise<object> {
  const agentId = await newAgent('#long');
  const half = INTERRUPTIONS / 2;
  const [without, reported] = await Promise.all([
    interrupt(agentId, half, sentences, false),
    interrupt(agentId, half, sentences.slice(5), true),
  ]);
  const all = [...without, ...reported];
  if (options.show) console.error(all);
  const off = (some: readonly Interruption[]) => some.map(({ heardWords, storedWords }) => Math.abs(heardWords - storedWords));
  return {
    barge_in_ms_p50: round(
      percentile(
        all.map(({ ms }) => ms),
        0.5,
      ),
      0,
    ),
    barge_in_ms_p95: round(
      percentile(
        all.map(({ ms }) => ms),
        0.95,
      ),
      0,
    ),
    barge_in_n: all.length,
    interrupted_words_off_max: Math.max(...off(all)),
    interrupted_words_off_mean: round(off(all).reduce((sum, each) => sum + each, 0) / all.length),
    interrupted_not_marked: all.filter(({ wasMarked }) => !wasMarked).length,
  };
}

async function measureHeld(): Promise<object> {
  await builtInFaces(product);
  const agentId = await newAgent('#eight', { turn: { silence: { nudge_after_seconds: null, end_after_seconds: null } } });
  const wanted = options.sessions === undefined ? undefined : Number(options.sessions);
  const trials = await mostSessionsHeld({ product, agentId, providersPid: providers.pid ?? 0, wanted });
  const best = trials.filter(({ held }) => held).sort((a, b) => b.n - a.n)[0];
  return { sessions_held: best?.n ?? 0, peer_cpu: (best ?? trials.at(-1))?.peer_cpu, held_trials: trials };
}

function show(name: string, turns: readonly Turn[]): void {
  if (options.show) console.error(name, turns.map(({ clip, ms }) => `${clip} ${ms?.toFixed(0)}`).join('\n  '));
}

let figures: object = {};
const measures: Record<string, () => Promise<object>> = {
  greeting: measureGreeting,
  added: measureAdded,
  response: measureResponse,
  'barge-in': measureBargeIn,
  held: measureHeld,
};
for (const [name, measure] of Object.entries(measures)) {
  if (!rows.includes(name)) continue;
  const cpuBefore = cpuSeconds(process.pid);
  const from = performance.now();
  const result = await measure();
  const ownCpu = (cpuSeconds(process.pid) - cpuBefore) / ((performance.now() - from) / 1000);
  figures = { ...figures, ...result };
  if (options.show)
    console.error(name, result, `caller_cpu ${ownCpu.toFixed(2)}`, `${((performance.now() - from) / 1000).toFixed(0)} s`);
}
await product.stop();
providers.kill();
report({
  bench: 'voice',
  ...figures,
  n: TURNS,
  seconds: Math.round((performance.now() - begin) / 1000),
  load_1m: Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]),
  ...machine(),
});
process.exit(0);
