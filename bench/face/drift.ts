import { loadavg } from 'node:os';
import { chromium, type Page } from 'playwright-core';
import { openSocket } from '../../packages/server/src/testing/drive-client.ts';
import { intendedOpening, lipSync, placeSpeech } from '../../packages/server/src/testing/lip-sync.ts';
import type { RecordedSpeech } from '../../packages/server/src/testing/recorded-voice.ts';
import { recordSpeech } from '../../packages/server/src/testing/spoken-recordings.ts';
import { userModelsDir } from '../../packages/server/src/testing/test-model.ts';
import { LIPS_PAGE, receivedOf, type WatchedLips } from '../../packages/server/src/testing/watched-lips.ts';
import { builtInFaces } from '../harness/built-in-faces.ts';
import { cpuSeconds, percentile, residentBytes, round } from '../harness/machine.ts';
import { API_KEY, type Product, startProduct } from '../harness/product.ts';
import { SENTENCES } from './lips.ts';

const CHROMIUM = '/usr/bin/chromium';
/** Between two sentences of the talk: shorter than what ends an utterance, so that all of it is one. */
const PAUSE_MS = 300;
/** So long the page is watched at each point: all sentences are heard once, at least one of them whole. */
const WATCHED_MS = 24_000;
/** No multiple of what a picture takes. */
const LOOKS_EVERY_MS = 490;
/** Fewer pictures of a sentence prove nothing: the face had given way to other work. */
const FEWEST_PICTURES = 60;
const POINTS_EVERY_MINUTES = 5;
/** So much speech waits to be played at least, in ms. */
const AHEAD_MS = 60_000;

/** A page's own account of a connection, as `getStats` has it, and its clock; times in seconds but for the clock and the playout. */
interface PageStats {
  at: number;
  audio: StreamStats;
  video: StreamStats;
}
interface StreamStats {
  jitterBufferDelay: number;
  jitterBufferTargetDelay: number;
  jitterBufferEmittedCount: number;
  /** The server's time (NTP, ms) of what is played now. */
  estimatedPlayoutTimestamp?: number;
  framesDecoded?: number;
  freezeCount?: number;
  packetsLost?: number;
  concealedSamples?: number;
  insertedSamplesForDeceleration?: number;
  removedSamplesForAcceleration?: number;
}

/**
 * Lips against sound of one session that talks all the time, in a real browser that stays connected: a driven session plays the same
 * sentences again and again as a single utterance, and at the start, after a minute, every few minutes and at the end the page's pictures and sound are compared as
 * `lips.ts` does it.
 *   drift_ms                 how much further the lips are behind the sound at the last point than at the first, as they were sent (`sent_lag_ms`)
 *   drift_lag_ms             how far behind they are at the last point, as they are seen
 *   drift_points             per point: `minute`, `r`, `lag_ms`, and both with the number of pictures for each sentence that was heard; the face's `level` and
 *                            how often it was told since the point before; since the point before: pictures a second, how long sound and pictures lay in the
 *                            browser's jitter buffers (and how long they should), samples a minute that it made up, put in or left out; the browser's own
 *                            opinion how much later than the sound the pictures are (`playout_apart_ms`, by the times that the sender states; it tolerates 30 ms, and more
 *                            where it is short of time), and what is left without that, which is the server's (`sent_lag_ms`); the workers' memory and CPU
 */
export async function measureDrift(minutes: number, tell: (line: string) => void): Promise<object> {
  const product = await startProduct({ VISAVIS_TTS: '', VISAVIS_MODELS_DIR: userModelsDir() });
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
  });
  try {
    await builtInFaces(product);
    const recordings = await recordSpeech({ url: product.url, apiKey: API_KEY }, SENTENCES);
    const { agent } = await product.call('POST', '/agents', { name: 'Drift' });
    const { session } = await product.call('POST', '/sessions', { agent_id: agent.agent_id, session_type: 'webrtc_video' });
    const talk = await keepTalking(urlOf(product, session.session_token), recordings);
    const page = await openPage(browser, product, session.session_id);
    // How the mouth follows speech whose words nobody tells.
    const intended = recordings.map((recording) => intendedOpening({ ...recording, words: [] }));
    const from = performance.now();
    const points: Point[] = [];
    let before = await statsOf(page);
    let cpuBefore = workersCpu(product);
    for (const minute of pointsOf(minutes)) {
      const waitMs = from + minute * 60_000 - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      await page.evaluate('window.startWatching()');
      const apart: number[] = [];
      for (const until = performance.now() + WATCHED_MS; performance.now() < until; ) {
        await new Promise((resolve) => setTimeout(resolve, LOOKS_EVERY_MS));
        apart.push(apartMs(await statsOf(page)));
      }
      const watched = (await page.evaluate('window.stopWatching()')) as WatchedLips;
      const after = await statsOf(page);
      const cpu = workersCpu(product);
      const seconds = (after.at - before.at) / 1_000;
      const memory = product.workerPids().reduce((sum, pid) => sum + residentBytes(pid), 0);
      const lips = lagOf(watched, recordings, intended);
      const playoutApartMs = percentile(apart, 0.5);
      const point = {
        minute: round((performance.now() - from) / 60_000, 1),
        ...lips,
        playout_apart_ms: playoutApartMs,
        sent_lag_ms: lips.lag_ms - playoutApartMs,
        ...flowOf(before, after),
        level: await page.evaluate('window.level()'),
        load_1m: round(loadavg()[0] ?? Number.NaN, 1),
        worker_mb: Math.round(memory / 2 ** 20),
        worker_cpu: round((cpu - cpuBefore) / seconds),
      };
      points.push(point);
      tell(JSON.stringify(point));
      [before, cpuBefore] = [after, cpu];
    }
    talk.stop();
    await product.call('PUT', `/sessions/${session.session_id}/end`);
    // Where the machine was too busy for pictures there is nothing to compare.
    const seen = points.filter(({ lag_ms }) => Number.isFinite(lag_ms));
    const [first, last] = [seen[0], seen.at(-1)];
    return {
      drift_minutes: minutes,
      drift_ms: first && last && last.sent_lag_ms - first.sent_lag_ms,
      drift_between: [first?.minute, last?.minute],
      drift_lag_ms: last?.lag_ms,
      drift_points: points,
    };
  } finally {
    await browser.close();
    await product.stop();
  }
}

interface Point {
  minute: number;
  r: number;
  lag_ms: number;
  sent_lag_ms: number;
}

/** Minutes at which points begin; the last one ends with the run. */
function pointsOf(minutes: number): number[] {
  const points = [0, 1];
  for (let at = POINTS_EVERY_MINUTES; at < minutes - 1; at += POINTS_EVERY_MINUTES) points.push(at);
  return [...points.filter((at) => at === 0 || at < minutes - 1), minutes - WATCHED_MS / 60_000];
}

/** Sends the sentences round and round, so that there is always something to say. */
async function keepTalking(url: string, recordings: readonly RecordedSpeech[]) {
  const client = await openSocket(url);
  const pause = new Int16Array(24 * PAUSE_MS);
  const round = recordings.flatMap(({ samples }) => [samples, pause]);
  const bytes = Buffer.concat(round.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)));
  const message = { type: 'agent.speak', audio: bytes.toString('base64'), sample_rate: 24_000 };
  const roundMs = bytes.length / 2 / 24;
  let sentMs = 0;
  const from = performance.now();
  const sending = setInterval(() => {
    if (sentMs - (performance.now() - from) > AHEAD_MS) return;
    client.send(message);
    sentMs += roundMs;
  }, 1_000);
  return {
    stop() {
      clearInterval(sending);
      client.close();
    },
  };
}

async function openPage(
  browser: Awaited<ReturnType<typeof chromium.launch>>,
  product: Product,
  sessionId: number,
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 200, height: 200 } });
  await page.goto(`${product.url}/healthz`);
  await page.setContent('<video autoplay playsinline width="128"></video>');
  await page.exposeFunction('connectSession', async (sdp: string) => {
    return (await product.call('POST', `/sessions/${sessionId}/connect`, { sdp })).sdp;
  });
  await page.evaluate(TALK);
  return page;
}

const urlOf = (product: Product, token: string) => `${product.url.replace('http', 'ws')}/api/v1/webrtc?session_token=${token}`;
const statsOf = (page: Page) => page.evaluate('window.stats()') as Promise<PageStats>;
const workersCpu = (product: Product) => product.workerPids().reduce((sum, pid) => sum + cpuSeconds(pid), 0);

/** Medians of those sentences that were heard. */
function lagOf(watched: WatchedLips, recordings: readonly RecordedSpeech[], intended: readonly Float32Array[]) {
  const received = receivedOf(watched);
  const lips = recordings.flatMap((recording, n) => {
    try {
      const lips = lipSync(received, placeSpeech(received.sound, recording), intended[n] as Float32Array);
      return lips.pictures < FEWEST_PICTURES ? [] : [lips];
    } catch {
      return [];
    }
  });
  return {
    r: round(
      percentile(
        lips.map(({ r }) => r),
        0.5,
      ),
    ),
    lag_ms: percentile(
      lips.map(({ lagMs }) => lagMs),
      0.5,
    ),
    by_sentence: lips.map(({ r, lagMs, pictures }) => [round(r), lagMs, pictures]),
  };
}

const apartMs = ({ audio, video }: PageStats) =>
  Math.round((audio.estimatedPlayoutTimestamp ?? Number.NaN) - (video.estimatedPlayoutTimestamp ?? Number.NaN));

/** What the browser counted between two looks. */
function flowOf(before: PageStats, after: PageStats) {
  const minutes = (after.at - before.at) / 60_000;
  const since = (stream: 'audio' | 'video', name: keyof StreamStats) => (after[stream][name] ?? 0) - (before[stream][name] ?? 0);
  const each = (stream: 'audio' | 'video', name: 'jitterBufferDelay' | 'jitterBufferTargetDelay') =>
    Math.round((since(stream, name) / Math.max(1, since(stream, 'jitterBufferEmittedCount'))) * 1_000);
  const perMinute = (name: keyof StreamStats) => Math.round(since('audio', name) / minutes);
  return {
    pictures_per_second: round(since('video', 'framesDecoded') / minutes / 60, 1),
    freezes: since('video', 'freezeCount'),
    packets_lost: since('audio', 'packetsLost') + since('video', 'packetsLost'),
    sound_buffer_ms: [each('audio', 'jitterBufferDelay'), each('audio', 'jitterBufferTargetDelay')],
    picture_buffer_ms: [each('video', 'jitterBufferDelay'), each('video', 'jitterBufferTargetDelay')],
    samples_made_up: perMinute('concealedSamples'),
    samples_put_in: perMinute('insertedSamplesForDeceleration'),
    samples_left_out: perMinute('removedSamplesForAcceleration'),
  };
}

/** Runs in the page: joins, and leaves functions for the points. */
const TALK = `(async () => {
  ${LIPS_PAGE}
  const video = document.querySelector('video');
  const tracks = [];
  const seen = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
  let [level, told] = ['full', 0];
  window.level = () => {
    const now = [level, told];
    told = 0;
    return now;
  };
  const hear = (event) => {
    if (event.type === 'video.quality') [level, told] = [event.level, told + 1];
  };
  const peer = await joinSession(video, (track) => tracks.push(track), hear);
  await seen;
  let lips;
  window.startWatching = () => {
    lips = watchLips(video);
    for (const track of tracks) void lips.watch(track);
  };
  window.stopWatching = () => lips.stop();
  window.stats = async () => {
    const reports = [...(await peer.getStats()).values()].filter(({ type }) => type === 'inbound-rtp');
    const of = (kind) => reports.find((each) => each.kind === kind);
    return { at: performance.now(), audio: of('audio'), video: of('video') };
  };
})()`;
