import { createReceivedMouths } from '../../packages/face/src/living/received-mouths.ts';
import { userModelsDir } from '../../packages/server/src/testing/test-model.ts';
import { connectPeer, loudness } from '../../packages/server/src/testing/webrtc-peer.ts';
import { round } from '../harness/machine.ts';
import { API_KEY, type Product, startProduct } from '../harness/product.ts';

const SENTENCES = [
  'Hello! My name is Bob, and I would love to show you around. Pepper, butter and maple: we open at five.',
  'On Sundays there is a guided tour through the old halls. Mothers, fathers and babies may come for free.',
  'Ask me whatever you like about the paintings, the garden, or the way to get here from the station.',
];
const PIECE_MS = 10;
const INJECTED_MS = 120;
const MOST_LAG_MS = 300;
const LOUD = 300;
/** Luma, and the red difference, of what shows between the lips. */
const DARK = 75;
const COLOURLESS = 135;

/** What came out of a client while the agent said something: how loud it was in 10 ms pieces, and how open the mouth in each picture. */
interface Recording {
  loud: number[];
  /** In ms of the sound that came out at the same time. */
  seen: Array<{ ms: number; open: number }>;
}

/** What the server meant, in steps of 10 ms from the beginning of the reply's sound. */
interface Intention {
  open: number[];
  energy: number[];
}

/**
 * Lips against sound in what a client receives: how far the lips of a built-in character are apart in its pictures (a known face; no detector is
 * needed), against the mouth that the server's phonemes ask for, as it is told to a client that draws the face itself (`face.mouth`: a second session with
 * the same words; this voice always takes the same time). Where in the received sound that mouth belongs is found by the sound's loudness alone.
 */
export async function measureLips(): Promise<object> {
  const product = await startProduct({ VISAVIS_STT: '', VISAVIS_TTS: '', VISAVIS_MODELS_DIR: userModelsDir() });
  try {
    if (!(await voiceComes(product))) return { lip_r: null, lip_problem: 'no local voice' };
    const recordings: Recording[] = [];
    const intended: number[][] = [];
    for (const text of SENTENCES) {
      const { agent } = await product.call('POST', '/agents', { name: 'Lips', custom_greeting: text });
      const recording = await record(product, agent.agent_id);
      recordings.push(recording);
      intended.push(placed(await intentionOf(product, agent.agent_id), recording));
    }
    const [first] = recordings as [Recording];
    const [meant = [], others = []] = intended;
    const delayed = { ...first, seen: first.seen.map(({ ms, open }) => ({ ms: ms + INJECTED_MS, open })) };
    const own = recordings.map((each, n) => bestLag(each, intended[n] ?? []));
    const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
    return {
      lip_r: round(median(own.map(({ r }) => r))),
      lip_lag_ms: median(own.map(({ lagMs }) => lagMs)),
      lip_r_by_sentence: own.map(({ r, lagMs }) => [round(r), lagMs]),
      lip_r_wrong_audio: round(correlationAt(first, others, 0)),
      lip_lag_found_ms: bestLag(delayed, meant).lagMs,
      lip_n: recordings.reduce((sum, { seen }) => sum + seen.length, 0),
    };
  } finally {
    await product.stop();
  }
}

async function voiceComes(product: Product): Promise<boolean> {
  for (let tries = 0; tries < 60; tries++) {
    const answer = await fetch(`${product.url}/api/v1/speech`, {
      method: 'POST',
      headers: { 'x-api-key': API_KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ input: 'Yes.', voice: 'local/clara', response_format: 'wav' }),
    });
    await answer.arrayBuffer();
    if (answer.status === 200) return true;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  return false;
}

async function join(product: Product, agentId: number, drawnBy: 'server' | 'client') {
  const wish = { agent_id: agentId, session_type: 'agent_video' };
  const { session } = await product.call('POST', '/sessions', wish);
  const path = `/sessions/${session.session_id}`;
  const peer = await connectPeer({
    video: drawnBy === 'server',
    answer: async (sdp) => (await product.call('POST', `${path}/connect`, { sdp, face: drawnBy })).sdp,
  });
  const leave = async () => {
    await product.call('PUT', `${path}/end`);
    peer.close();
  };
  return { peer, leave };
}

async function record(product: Product, agentId: number): Promise<Recording> {
  const { peer, leave } = await join(product, agentId, 'server');
  const seen: Recording['seen'] = [];
  // A piece is told when it is played: the one that came last is the sound of this moment.
  peer.onSeen((picture) => seen.push({ ms: (peer.heard.length - 1) * PIECE_MS, open: gap(picture) }));
  for await (const event of peer.events) if (event.type === 'reply.end') break;
  await new Promise((resolve) => setTimeout(resolve, 500));
  await leave();
  const loud = peer.heard.map(({ samples }) => loudness(samples));
  const from = loud.findIndex((each) => each > LOUD) * PIECE_MS - 200;
  const to = loud.findLastIndex((each) => each > LOUD) * PIECE_MS + 200;
  return { loud, seen: seen.filter(({ ms }) => ms > from && ms < to) };
}

async function intentionOf(product: Product, agentId: number): Promise<Intention> {
  const { peer, leave } = await join(product, agentId, 'client');
  const mouths = createReceivedMouths();
  let reply = '';
  let endMs = 0;
  for await (const event of peer.events) {
    if (event.type === 'reply.end') break;
    if (event.type !== 'face.mouth') continue;
    reply = event.reply_id;
    const energy = Buffer.from(event.energy, 'base64');
    endMs = Math.max(endMs, event.from_ms + energy.length * 20);
    mouths.take({ utterance: reply, fromMs: event.from_ms, frames: Buffer.from(event.frames, 'base64'), energy });
  }
  await leave();
  const steps = Array.from({ length: Math.floor(endMs / PIECE_MS) }, (_, n) => n * PIECE_MS);
  return {
    open: steps.map((ms) => mouths.at(reply, ms)?.open ?? 0),
    energy: steps.map((ms) => mouths.energy(reply, ms)),
  };
}

/** How open the mouth should be in each 10 ms of the received sound. */
function placed({ open, energy }: Intention, { loud }: Recording): number[] {
  let best = { offset: 0, r: -1 };
  for (let offset = 0; offset + energy.length / 2 < loud.length; offset++) {
    const r = correlation(energy.map((each, n) => [each, Math.log10(1 + (loud[offset + n] ?? 0))] as const));
    if (r > best.r) best = { offset, r };
  }
  return loud.map((_, n) => open[n - best.offset] ?? 0);
}

/** How far the lips are apart in their middle: pixels that are neither skin nor lips, but dark, or without their red (teeth). */
function gap({ width, height, data }: { width: number; height: number; data: ArrayLike<number> }): number {
  const red = width * height * 1.25;
  let inside = 0;
  for (let y = Math.round(height * 0.53); y < height * 0.68; y++)
    for (let x = Math.round(width * 0.45); x < width * 0.55; x++) {
      const isDark = (data[y * width + x] ?? 255) < DARK;
      if (isDark || (data[red + (y >> 1) * (width >> 1) + (x >> 1)] ?? 255) < COLOURLESS) inside++;
    }
  return inside / (width * height);
}

function bestLag(recording: Recording, intended: readonly number[]): { lagMs: number; r: number } {
  let best = { lagMs: 0, r: -1 };
  for (let lagMs = -MOST_LAG_MS; lagMs <= MOST_LAG_MS; lagMs += PIECE_MS) {
    const r = correlationAt(recording, intended, lagMs);
    if (r > best.r) best = { lagMs, r };
  }
  return best;
}

/** Of the mouth and what was intended so long before. */
function correlationAt({ seen }: Recording, intended: readonly number[], lagMs: number): number {
  return correlation(seen.map(({ ms, open }) => [open, intended[Math.round((ms - lagMs) / PIECE_MS)] ?? 0] as const));
}

/** Pearson's r. */
function correlation(pairs: ReadonlyArray<readonly [number, number]>): number {
  const mean = (side: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[side], 0) / pairs.length;
  const [ma, mb] = [mean(0), mean(1)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [a, b] of pairs) {
    ab += (a - ma) * (b - mb);
    aa += (a - ma) ** 2;
    bb += (b - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb || 1);
}
