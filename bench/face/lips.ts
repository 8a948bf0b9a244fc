import { startDeepgramServer } from '../../packages/server/src/testing/deepgram-server.ts';
import {
  delayed,
  intendedOpening,
  lipSync,
  openingInPicture,
  placeSpeech,
  type ReceivedSpeech,
} from '../../packages/server/src/testing/lip-sync.ts';
import { type RecordedSpeech, startRecordedVoice } from '../../packages/server/src/testing/recorded-voice.ts';
import { recordSpeech } from '../../packages/server/src/testing/spoken-recordings.ts';
import { userModelsDir } from '../../packages/server/src/testing/test-model.ts';
import { connectPeer } from '../../packages/server/src/testing/webrtc-peer.ts';
import { percentile, round } from '../harness/machine.ts';
import { API_KEY, type Product, startProduct } from '../harness/product.ts';

/** What is said where lips are compared. */
export const SENTENCES = [
  'Hello! My name is Bob, and I would love to show you around. Pepper, butter and maple: we open at five.',
  'On Sundays there is a guided tour through the old halls. Mothers, fathers and babies may come for free.',
  'Ask me whatever you like about the paintings, the garden, or the way to get here from the station.',
];
const PIECE_MS = 10;
const INJECTED_MS = 120;
const AFTER_MS = 500;

/**
 * Lips against sound in what a client receives: how far the lips of a built-in character are apart in its pictures (a known face; no detector is
 * needed), against the mouth that the server's own track intends for the very same speech. The local voice never says a text twice in the same way, so it
 * says each once, and that sound is played by a cloud voice in ElevenLabs' wire format; which moment of it is heard with a picture is found by its
 * waveform (see `testing/lip-sync.ts`).
 */
export async function measureLips(): Promise<object> {
  const recordings: RecordedSpeech[] = [];
  const voice = await startRecordedVoice(recordings);
  const ears = await startDeepgramServer();
  const product = await startProduct({
    VISAVIS_TTS: '',
    VISAVIS_MODELS_DIR: userModelsDir(),
    DEEPGRAM_BASE_URL: ears.origin,
    DEEPGRAM_API_KEY: ears.apiKey,
    ELEVENLABS_BASE_URL: voice.origin,
    ELEVENLABS_API_KEY: voice.apiKey,
  });
  try {
    recordings.push(...(await recordSpeech({ url: product.url, apiKey: API_KEY }, SENTENCES)));
    const received: ReceivedSpeech[] = [];
    for (const text of SENTENCES) received.push(await receive(product, text));
    const intended = recordings.map(intendedOpening);
    const places = received.map(({ sound }, n) => placeSpeech(sound, recordings[n] as RecordedSpeech));
    const against = (n: number, meant: number, lateMs = 0) =>
      lipSync(delayed(received[n] as ReceivedSpeech, lateMs), places[n] as never, intended[meant] as Float32Array);
    const own = SENTENCES.map((_, n) => against(n, n));
    const late = SENTENCES.map((_, n) => against(n, n, INJECTED_MS));
    const wrong = SENTENCES.map((_, n) => against(n, (n + 1) % SENTENCES.length));
    const median = (values: number[]) => percentile(values, 0.5);
    return {
      lip_r: round(median(own.map(({ r }) => r))),
      lip_lag_ms: median(own.map(({ lagMs }) => lagMs)),
      lip_by_sentence: own.map(({ r, lagMs, pictures }) => [round(r), lagMs, pictures]),
      // At its best lag within 300 ms.
      lip_r_wrong_audio: round(median(wrong.map(({ r }) => r))),
      lip_lag_found_ms: median(late.map(({ lagMs }) => lagMs)),
    };
  } finally {
    await product.stop();
    await voice.close();
    await ears.close();
  }
}

/** What a client in a new session gets of a greeting. */
async function receive(product: Product, greeting: string): Promise<ReceivedSpeech> {
  const speech = { listen: { provider: 'deepgram' }, speak: { provider: 'elevenlabs' } };
  const { agent } = await product.call('POST', '/agents', { name: 'Lips', custom_greeting: greeting, properties: { speech } });
  const wish = { agent_id: agent.agent_id, session_type: 'agent_video' };
  const { session } = await product.call('POST', '/sessions', wish);
  const path = `/sessions/${session.session_id}`;
  const peer = await connectPeer({
    video: true,
    answer: async (sdp) => (await product.call('POST', `${path}/connect`, { sdp })).sdp,
  });
  const pictures: Array<{ ms: number; open: number }> = [];
  // A piece is told when it is played: the one that came last is the sound of this moment.
  peer.onSeen((picture) => pictures.push({ ms: peer.heard.length * PIECE_MS, open: openingInPicture(picture) }));
  for await (const event of peer.events) if (event.type === 'reply.end') break;
  await new Promise((resolve) => setTimeout(resolve, AFTER_MS));
  await product.call('PUT', `${path}/end`);
  peer.close();
  const sound = new Int16Array(peer.heard.length * 48 * PIECE_MS);
  for (const [n, { samples }] of peer.heard.entries()) sound.set(samples, n * 48 * PIECE_MS);
  return { sound, pictures };
}
