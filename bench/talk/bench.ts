import { parseArgs } from 'node:util';
import { samplesOfWav } from '../../e2e/harness/wav.ts';
import { atRate } from '../../packages/server/src/testing/real-speech.ts';
import { ensureSpeechModels, userModelsDir } from '../../packages/server/src/testing/test-model.ts';
import { type Caller, call } from '../harness/caller.ts';
import { machine, percentile, report, round } from '../harness/machine.ts';
import { API_KEY, type Product, startProduct } from '../harness/product.ts';
import { CONTEXT, FACTS } from './museum.ts';

/**
 * One spoken conversation with everything on this machine: the default language model, ears and voice. Somebody asks about a museum, waits
 * for the answer, hears it out and asks the next. Real WebRTC on loopback, in this process, which shares the cores.
 *   voice_to_voice_ms   last sample of the question given to the client's WebRTC -> first agent sample out of its jitter buffer, of the
 *                       turns whose answer is right and at least 8 words long
 *   share_*             of the medians of its stages: transcript and end of turn, first token, first sound made, sound on its way
 *   --turns=30          counted turns; at most twice as many are asked
 *   --show              every turn
 */
const { values: options } = parseArgs({
  options: { turns: { type: 'string', default: '30' }, show: { type: 'boolean', default: false }, json: { type: 'boolean' } },
});
const WANTED = Number(options.turns);
const LEAST_WORDS = 8;

const begin = performance.now();
const { store, reason } = await ensureSpeechModels();
if (!store) throw new Error(reason);
const product = await startProduct({
  VISAVIS_MODELS_DIR: userModelsDir(),
  VISAVIS_LLM: undefined,
  VISAVIS_STT: undefined,
  VISAVIS_TTS: undefined,
  OPENAI_BASE_URL: undefined,
});
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Until language model, ears and voice are there. */
async function ready(agentId: number): Promise<void> {
  for (;;) {
    const { session } = await product.call('POST', '/sessions', { agent_id: agentId });
    await product.call('PUT', `/sessions/${session.session_id}/end`);
    if (session.warnings.length === 0) return;
    await pause(500);
  }
}

/** What the questions sound like, by the best voice of this machine; made before anything is measured. */
async function spoken(ask: string): Promise<Int16Array> {
  const answer = await fetch(`${product.url}/api/v1/speech`, {
    method: 'POST',
    headers: { 'x-api-key': API_KEY, 'content-type': 'application/json' },
    body: JSON.stringify({ input: ask, voice: 'local/clara', response_format: 'wav' }),
  });
  if (!answer.ok) throw new Error(`POST /speech: ${answer.status} ${await answer.text()}`);
  const { samples, rate } = samplesOfWav(new Uint8Array(await answer.arrayBuffer()));
  const last = samples.findLastIndex((sample) => Math.abs(sample) > 300);
  return atRate(samples.subarray(0, last + 1), rate, 48_000);
}

interface Turn {
  ask: string;
  answer: string;
  counts: boolean;
  ms: number | undefined;
  stages: Record<string, number>;
}

async function ask(caller: Caller, index: number, sound: Int16Array): Promise<Turn> {
  const { ask, right } = FACTS[index] as (typeof FACTS)[number];
  const before = caller.events.filter(({ type }) => type === 'reply.end').length;
  const { lastAt } = await caller.say(sound);
  const heardAt = await caller.soundAfter(lastAt, 15_000);
  const deadline = performance.now() + 40_000;
  const ends = () => caller.events.flatMap((event) => (event.type === 'reply.end' ? [event] : []));
  while (ends().length === before && performance.now() < deadline) await pause(20);
  await caller.quietAfter(performance.now(), 500);
  const end = ends()[before];
  const answer = end?.content ?? '';
  const words = answer.split(/\s+/).filter(Boolean).length;
  const counts = words >= LEAST_WORDS && right.test(answer) && heardAt !== undefined;
  return { ask, answer, counts, ms: heardAt === undefined ? undefined : heardAt - lastAt, stages: stagesOf(end?.latency_ms) };
}

/** The lengths of the stages of a turn. */
function stagesOf(latency: Partial<Record<string, number>> = {}): Record<string, number> {
  const { turn_end = 0, first_token = 0, first_audio_made = 0, first_audio_sent = 0 } = latency;
  return {
    turn_end,
    first_token: first_token - turn_end,
    first_sound: first_audio_made - first_token,
    handover: first_audio_sent - first_audio_made,
  };
}

async function measure(product: Product): Promise<object> {
  const { agent } = await product.call('POST', '/agents', {
    name: 'Museum',
    context: CONTEXT,
    properties: { turn: { silence: { nudge_after_seconds: null, end_after_seconds: null } } },
  });
  await ready(agent.agent_id);
  const sounds: Int16Array[] = [];
  for (const { ask } of FACTS) sounds.push(await spoken(ask));
  const caller = await call(product, agent.agent_id, { reportsPlayout: true });
  await pause(1_000);
  const turns: Turn[] = [];
  const counted = () => turns.filter(({ counts }) => counts);
  while (counted().length < WANTED && turns.length < 2 * WANTED) {
    const index = turns.length % FACTS.length;
    const turn = await ask(caller, index, sounds[index] as Int16Array);
    turns.push(turn);
    if (options.show) console.error(turn);
    await pause(500);
  }
  await caller.hangUp();
  const waits = counted().map(({ ms }) => ms ?? Number.NaN);
  const medians = Object.fromEntries(
    ['turn_end', 'first_token', 'first_sound', 'handover'].map((name) => [
      name,
      percentile(
        counted().map(({ stages }) => stages[name] ?? 0),
        0.5,
      ),
    ]),
  );
  const p50 = percentile(waits, 0.5);
  const rest = p50 - Object.values(medians).reduce((sum, each) => sum + each, 0);
  return {
    voice_to_voice_ms_p50: round(p50, 0),
    voice_to_voice_ms_p90: round(percentile(waits, 0.9), 0),
    voice_to_voice_ms_first: round(turns[0]?.ms ?? Number.NaN, 0),
    ...Object.fromEntries(Object.entries(medians).map(([name, ms]) => [`share_${name}`, round(ms / p50)])),
    share_on_its_way: round(Math.max(0, rest) / p50),
    n: waits.length,
    asked: turns.length,
    unanswered: turns.filter(({ ms }) => ms === undefined).length,
  };
}

const figures = await measure(product).finally(() => product.stop());
report({ bench: 'talk', ...figures, seconds: Math.round((performance.now() - begin) / 1000), ...machine() });
process.exit(0);
