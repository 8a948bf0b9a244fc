import { createMouthTrack } from '../../packages/face/src/index.ts';
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

/** What came out of a client while the agent said something: the sound in 10 ms pieces, and how open the mouth was in each picture. */
interface Recording {
  samples: Int16Array;
  /** The words as the server tells them, in ms of that sound. */
  words: Array<{ text: string; startMs: number; endMs: number }>;
  /** In ms of the sound that came out at the same time. */
  seen: Array<{ ms: number; open: number }>;
}

/**
 * Lips against sound in what a client receives: what shows between the lips of a built-in character (known faces; no detector is
 * needed), against the mouth that the received sound and the words of its captions ask for (`createMouthTrack` without phonemes, which
 * the client is not told).
 */
export async function measureLips(): Promise<object> {
  const product = await startProduct({ VISAVIS_STT: '', VISAVIS_TTS: '', VISAVIS_MODELS_DIR: userModelsDir() });
  try {
    if (!(await voiceComes(product))) return { lip_r: null, lip_problem: 'no local voice' };
    const recordings: Recording[] = [];
    for (const text of SENTENCES) recordings.push(await record(product, text));
    const [first, second] = recordings as [Recording, Recording];
    const delayed = { ...first, seen: first.seen.map(({ ms, open }) => ({ ms: ms + INJECTED_MS, open })) };
    const own = recordings.map((each) => bestLag(each, intendedOf(each)));
    const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
    return {
      lip_r: round(median(own.map(({ r }) => r))),
      lip_lag_ms: median(own.map(({ lagMs }) => lagMs)),
      lip_r_by_sentence: own.map(({ r, lagMs }) => [round(r), lagMs]),
      lip_r_wrong_audio: round(correlationAt(first, intendedOf(second), 0)),
      lip_lag_found_ms: bestLag(delayed, intendedOf(first)).lagMs,
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

async function record(product: Product, text: string): Promise<Recording> {
  const { agent } = await product.call('POST', '/agents', { name: 'Lips', custom_greeting: text });
  const wish = { agent_id: agent.agent_id, session_type: 'agent_video' };
  const { session } = await product.call('POST', '/sessions', wish);
  const path = `/sessions/${session.session_id}`;
  const peer = await connectPeer({
    video: true,
    answer: async (sdp) => (await product.call('POST', `${path}/connect`, { sdp })).sdp,
  });
  const seen: Recording['seen'] = [];
  // A piece is told when it is played: the one that came last is the sound of this moment.
  peer.onSeen((picture) => seen.push({ ms: (peer.heard.length - 1) * PIECE_MS, open: gap(picture) }));
  const told: Array<{ text: string; start_ms: number; end_ms: number }> = [];
  for await (const event of peer.events) {
    if (event.type === 'reply.words') told.push(...event.words);
    if (event.type === 'reply.end') break;
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  await product.call('PUT', `${path}/end`);
  peer.close();
  const samples = new Int16Array(peer.heard.length * 240);
  for (const [n, piece] of peer.heard.entries())
    for (let at = 0; at < 240; at++)
      samples[n * 240 + at] = ((piece.samples[2 * at] ?? 0) + (piece.samples[2 * at + 1] ?? 0)) / 2;
  const loud = peer.heard.flatMap((piece, n) => (loudness(piece.samples) > LOUD ? [n * PIECE_MS] : []));
  const [from, to] = [(loud[0] ?? 0) - 200, (loud.at(-1) ?? 0) + 200];
  // The first word begins where something is heard first.
  const offset = (loud[0] ?? 0) - (told[0]?.start_ms ?? 0);
  const words = told.map((word) => ({ text: word.text, startMs: word.start_ms + offset, endMs: word.end_ms + offset }));
  return { samples, words, seen: seen.filter(({ ms }) => ms > from && ms < to) };
}

/** Pixels in the lower middle of the face that are neither skin nor lips: dark, or without their red (teeth). */
function gap({ width, height, data }: { width: number; height: number; data: ArrayLike<number> }): number {
  const red = width * height * 1.25;
  let inside = 0;
  for (let y = Math.round(height * 0.53); y < height * 0.68; y++)
    for (let x = Math.round(width * 0.43); x < width * 0.57; x++) {
      const isDark = (data[y * width + x] ?? 255) < DARK;
      if (isDark || (data[red + (y >> 1) * (width >> 1) + (x >> 1)] ?? 255) < COLOURLESS) inside++;
    }
  return inside / (width * height);
}

/** How open the mouth should be, in steps of 10 ms. */
function intendedOf({ samples, words }: Recording): Float64Array {
  const track = createMouthTrack();
  track.words('', words);
  track.speech('', samples);
  track.end('');
  return Float64Array.from({ length: samples.length / 240 }, (_, n) => track.at('', n * PIECE_MS).open);
}

function bestLag(recording: Recording, intended: Float64Array): { lagMs: number; r: number } {
  let best = { lagMs: 0, r: -1 };
  for (let lagMs = -MOST_LAG_MS; lagMs <= MOST_LAG_MS; lagMs += PIECE_MS) {
    const r = correlationAt(recording, intended, lagMs);
    if (r > best.r) best = { lagMs, r };
  }
  return best;
}

/** Pearson's r of the mouth and what was intended so long before. */
function correlationAt({ seen }: Recording, intended: Float64Array, lagMs: number): number {
  const pairs = seen.map(({ ms, open }) => [open, intended[Math.round((ms - lagMs) / PIECE_MS)] ?? 0] as const);
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
