import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadConfig } from '../../packages/server/src/config.ts';
import {
  DEFAULT_RECOGNISER,
  installedEars,
  VOICE_ACTIVITY,
} from '../../packages/server/src/providers/local-speech/local-ears.ts';
import { installedVoices, LOCAL_VOICES } from '../../packages/server/src/providers/local-speech/local-voices.ts';
import type { InstalledRecogniser, InstalledVoice } from '../../packages/server/src/providers/local-speech/process-messages.ts';
import { createResampler } from '../../packages/server/src/providers/local-speech/speaking/resampler.ts';
import { loadCatalogue } from '../../packages/server/src/providers/models/catalogue.ts';
import { createModelStore } from '../../packages/server/src/providers/models/model-store.ts';
import { machine, report, round } from '../harness/machine.ts';
import {
  type Engine,
  LISTENING_RATE,
  openLiveEars,
  recognise,
  type Spoken,
  speak,
  startEngine,
  withoutTrailingQuiet,
} from './engine.ts';
import { fetchRecordings } from './fetch-recordings.ts';
import { CLICK_RATIO, loudnessLufs, peakDbfs, trailingDbfs, worstClick } from './loudness.ts';
import { megabytes, pause, realTimeFactor, spread } from './measure.ts';
import { NOISES } from './noise.ts';
import { readClip } from './recordings.ts';
import { byGroup, type Recognised, score } from './score.ts';
import { addWordErrors, countWordErrors, normaliseWords, wordErrorRate } from './word-errors.ts';
import { runYardstick } from './yardstick.ts';

/**
 * Every recogniser and voice of this machine in a speech process of its own, as the product runs it: one line each, and one of
 * PocketSphinx, whose word error rate on the same clips is the yardstick.
 *   --task=stt|tts          only the one half
 *   --only=TEXT             only models whose name has this in it (and the yardstick)
 *   --session-seconds=15    how long 1, 2 and 4 sessions last
 *   --split=dev             leaves the held-out recordings alone (for choosing models and settings)
 *   --other-languages       also the Spanish and French recordings, for recognisers that know these languages
 *   --show                  the texts that were recognised wrongly
 */
const { values: options } = parseArgs({
  options: {
    task: { type: 'string' },
    only: { type: 'string', default: '' },
    split: { type: 'string' },
    'session-seconds': { type: 'string', default: '15' },
    'other-languages': { type: 'boolean', default: false },
    show: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const SESSION_SECONDS = Number(options['session-seconds']);
const SESSIONS = [1, 2, 4];
/** People do not begin at the same moment. */
const STAGGER_MS = 700;

const lines = (name: string) =>
  readFileSync(new URL(name, import.meta.url), 'utf8')
    .trim()
    .split('\n');
const TWELVE_WORDS = lines('./twelve-words.txt');
const SENTENCES = lines('./sentences.txt');

const { modelsDir, modelFolders } = loadConfig();
const store = createModelStore({ catalogue: loadCatalogue(), modelsDir, folders: modelFolders });
const isReady = (model: string) => store.find(model).state === 'ready';
for (const model of [VOICE_ACTIVITY, DEFAULT_RECOGNISER, ...(LOCAL_VOICES[0]?.models ?? [])]) {
  if (!isReady(model)) await store.ensure(model, { signal: new AbortController().signal });
}
const ears = installedEars(store.folderOf, isReady, store.catalogue, undefined);
if (!ears) throw new Error('No recognition model can be had');
const { voiceActivityPath } = ears;
const voices = installedVoices(store.folderOf, isReady);
const isMeant = (name: string) => name.includes(options.only);

const meant = fetchRecordings(options['other-languages'] ? 'all' : 'en').utterances.filter(
  ({ split }) => options.split === undefined || split === options.split,
);
const utterances = meant.filter(({ language }) => language === 'en');
const clips = new Map(utterances.map((utterance) => [utterance.id, readClip(utterance).samples]));
const clipOf = (id: string) => clips.get(id) ?? new Float32Array(0);
/** Utterances of about 3 s, that end where the speech ends. */
const threeSeconds = utterances
  .filter(({ seconds }) => seconds >= 2.5 && seconds <= 3.6)
  .map(({ id }) => withoutTrailingQuiet(clipOf(id)))
  .slice(0, 24);

const begin = performance.now();
const common = () => ({ ...machine(), load_1m: Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]) });
const rows: Array<Record<string, unknown> & { task: string }> = [];
/** Before everything: the ratios of all the others need its rate. */
const yardstick = runYardstick(utterances);
const yardstickScore = score(yardstick.recognised);

function emit(row: Record<string, unknown> & { task: string }): void {
  rows.push(row);
  report({ bench: 'speech', ...row, ...common() });
}

const empty = await startEngine({ voices: [] }).then(async (engine) => {
  const mb = megabytes(engine.pid);
  await engine.stop();
  return mb;
});

/** The best one on the dev half: it hears the voices. */
let best: { recogniser: InstalledRecogniser; wer: number } | undefined;

async function measureRecogniser(recogniser: InstalledRecogniser): Promise<void> {
  const engine = await startEngine({ ears: { recognisers: [recogniser], voiceActivityPath }, voices: [] });
  try {
    const loaded = megabytes(engine.pid);
    const recognised: Recognised[] = [];
    const wall = performance.now();
    const rtf = await realTimeFactor(engine.pid, async () => {
      for (const utterance of utterances)
        recognised.push({ utterance, text: await recognise(engine.endpoint, clipOf(utterance.id)) });
      return { audioSeconds: utterances.reduce((sum, { seconds }) => sum + seconds, 0) };
    });
    const wallSeconds = (performance.now() - wall) / 1000;
    if (options.show) showErrors(recognised);
    const rates = score(recognised);
    if (!best || rates.wer_dev < best.wer) best = { recogniser, wer: rates.wer_dev };
    const live = await openLiveEars(engine.endpoint);
    const waits: number[] = [];
    for (const clip of threeSeconds) waits.push((await live.hear(clip)) ?? Number.NaN);
    live.close();
    const heard = waits.filter((ms) => !Number.isNaN(ms));
    const { p50, p95 } = spread(heard);
    const sessions = await listeningSessions(engine);
    const rss = megabytes(engine.pid);
    const noise = await hearNoise(engine);
    const others = options['other-languages'] ? await otherLanguages(engine, recogniser) : undefined;
    const four = sessions.at(-1);
    emit({
      task: 'stt',
      engine: recogniser.spec.engine,
      model: recogniser.model,
      default: recogniser.model === DEFAULT_RECOGNISER,
      wer_ratio: round(rates.wer / yardstickScore.wer, 3),
      ...rates,
      wer_ratio_held_out: round(rates.wer_held_out / yardstickScore.wer_held_out, 3),
      rtf,
      wall_rtf: round(wallSeconds / utterances.reduce((sum, { seconds }) => sum + seconds, 0), 4),
      final_ms_p50: p50,
      final_ms_p95: p95,
      final_missing: waits.length - heard.length,
      rss_mb: rss,
      rss_loaded_mb: loaded,
      process_mb: empty,
      session_mb: perSession(sessions),
      load_ms: Math.round(engine.loadMs),
      sessions,
      sessions_4_final_ms_p95: four?.final_ms_p95,
      ...(others && { other_languages: others }),
      noise_seconds: noise.seconds,
      noise_words: noise.words,
      noise: noise.where,
      n: utterances.length,
      speakers: new Set(utterances.map(({ speaker }) => speaker)).size,
      speakers_wer: Object.fromEntries(byGroup(recognised, ({ speaker }) => speaker).map(({ name, wer }) => [name, wer])),
      seconds: Math.round((performance.now() - begin) / 1000),
    });
  } finally {
    await engine.stop();
  }
}

/** Word error rates of the other languages that a recogniser knows. */
async function otherLanguages(engine: Engine, { languages }: InstalledRecogniser) {
  const rates: Record<string, ReturnType<typeof score> & { n: number }> = {};
  for (const language of ['es', 'fr'].filter((each) => languages.includes(each))) {
    const recognised: Recognised[] = [];
    for (const utterance of meant.filter((each) => each.language === language)) {
      recognised.push({ utterance, text: await recognise(engine.endpoint, readClip(utterance).samples, language) });
    }
    if (options.show) showErrors(recognised);
    rates[language] = { ...score(recognised), n: recognised.length };
  }
  return rates;
}

/** All at once, each without a pause but a second of room between utterances. */
async function listeningSessions(engine: Engine) {
  const results = [];
  for (const n of SESSIONS) {
    const waits: Array<number | undefined> = [];
    const most = watchMemory(engine.pid);
    const until = performance.now() + SESSION_SECONDS * 1000;
    await Promise.all(
      Array.from({ length: n }, async (_, session) => {
        await pause(session * STAGGER_MS);
        const live = await openLiveEars(engine.endpoint);
        for (let turn = session; performance.now() < until; turn += 1) {
          waits.push(await live.hear(threeSeconds[(turn * 7) % threeSeconds.length] ?? new Float32Array(0)));
        }
        live.close();
      }),
    );
    const heard = waits.filter((ms) => ms !== undefined);
    const { p50, p95 } = spread(heard);
    results.push({
      n,
      utterances: waits.length,
      final_ms_p50: p50,
      final_ms_p95: p95,
      missing: waits.length - heard.length,
      rss_mb: most(),
    });
  }
  return results;
}

async function hearNoise(engine: Engine): Promise<{ seconds: number; words: number; where: Record<string, string> }> {
  const where: Record<string, string> = {};
  let words = 0;
  for (const noise of NOISES) {
    const text = await recognise(engine.endpoint, noise.samples());
    words += normaliseWords(text).length;
    if (text !== '') where[noise.name] = text.slice(0, 100);
  }
  return { seconds: NOISES.reduce((sum, noise) => sum + noise.seconds, 0), words, where };
}

function watchMemory(pid: number): () => number {
  let most = megabytes(pid);
  const timer = setInterval(() => {
    most = Math.max(most, megabytes(pid));
  }, 100);
  return () => {
    clearInterval(timer);
    return most;
  };
}

/** What each session beyond the first takes. */
function perSession(sessions: ReadonlyArray<{ n: number; rss_mb: number }>): number {
  const [first, last] = [sessions[0], sessions.at(-1)];
  return first && last && last.n > first.n ? round((last.rss_mb - first.rss_mb) / (last.n - first.n), 1) : 0;
}

function showErrors(recognised: readonly Recognised[]): void {
  for (const { utterance, text } of recognised) {
    const { errors } = countWordErrors(utterance.text, text);
    if (errors > 0) console.error(`${utterance.split} ${utterance.id} (${errors}): ${utterance.text} | ${text}`);
  }
}

async function measureVoice(voice: InstalledVoice, isDefault: boolean, listener: Engine): Promise<void> {
  const engine = await startEngine({ voices: [voice] });
  try {
    const loaded = megabytes(engine.pid);
    const firsts: number[] = [];
    for (const text of [...TWELVE_WORDS, ...TWELVE_WORDS]) firsts.push((await speak(engine.endpoint, text)).firstAudioMs);
    const spoken: Spoken[] = [];
    const rtf = await realTimeFactor(engine.pid, async () => {
      for (const text of SENTENCES) spoken.push(await speak(engine.endpoint, text));
      return { audioSeconds: spoken.reduce((sum, { samples, sampleRate }) => sum + samples.length / sampleRate, 0) };
    });
    const sessions = await speakingSessions(engine);
    const rss = megabytes(engine.pid);
    const resample = await createResampler(spoken[0]?.sampleRate ?? LISTENING_RATE, LISTENING_RATE);
    const errors = [];
    for (const [index, { samples }] of spoken.entries()) {
      const text = await recognise(listener.endpoint, resample(samples));
      const said = SENTENCES[index] ?? '';
      const counted = countWordErrors(said, text);
      if (options.show && counted.errors > 0) console.error(`${voice.id} (${counted.errors}): ${said} | ${text}`);
      errors.push(counted);
    }
    const four = sessions.at(-1);
    const { p50, p95 } = spread(firsts);
    const loudness = spoken.map(loudnessLufs).filter(Number.isFinite);
    const clicks = spoken.map((sound) => worstClick(sound).ratio);
    emit({
      task: 'tts',
      engine: voice.spec.engine,
      model: voice.id,
      default: isDefault,
      first_audio_ms_p50: p50,
      first_audio_ms_p95: p95,
      rtf,
      round_trip_wer: round(wordErrorRate(addWordErrors(errors)), 4),
      round_trip_recogniser: best?.recogniser.model,
      rss_mb: rss,
      rss_loaded_mb: loaded,
      process_mb: empty,
      session_mb: perSession(sessions),
      load_ms: Math.round(engine.loadMs),
      sessions,
      sessions_4_first_audio_ms_p95: four?.first_audio_ms_p95,
      sessions_4_underruns: four?.underruns,
      lufs_mean: round(loudness.reduce((sum, value) => sum + value, 0) / loudness.length, 1),
      lufs_min: round(Math.min(...loudness), 1),
      lufs_max: round(Math.max(...loudness), 1),
      peak_dbfs: round(Math.max(...spoken.map(({ samples }) => peakDbfs(samples))), 1),
      click_ratio_max: round(Math.max(...clicks), 1),
      clicks: clicks.filter((ratio) => ratio > CLICK_RATIO).length,
      trailing_dbfs_max: round(Math.max(...spoken.map(trailingDbfs).filter(Number.isFinite), -120), 1),
      n: SENTENCES.length,
      seconds: Math.round((performance.now() - begin) / 1000),
    });
  } finally {
    await engine.stop();
  }
}

async function speakingSessions(engine: Engine) {
  const results = [];
  for (const n of SESSIONS) {
    const spoken: Spoken[] = [];
    const most = watchMemory(engine.pid);
    const until = performance.now() + SESSION_SECONDS * 1000;
    await Promise.all(
      Array.from({ length: n }, async (_, session) => {
        await pause(session * STAGGER_MS);
        for (let turn = session; performance.now() < until; turn += 1) {
          // Three sentences, as a longer answer has: what follows the first must come in time.
          const text = [0, 1, 2].map((more) => TWELVE_WORDS[(turn * 3 + more) % TWELVE_WORDS.length]).join(' ');
          spoken.push(await speak(engine.endpoint, text, { inRealTime: true }));
        }
      }),
    );
    const { p50, p95 } = spread(spoken.map(({ firstAudioMs }) => firstAudioMs));
    results.push({
      n,
      answers: spoken.length,
      first_audio_ms_p50: p50,
      first_audio_ms_p95: p95,
      underruns: spoken.reduce((sum, { underruns }) => sum + underruns, 0),
      gap_ms: Math.round(spoken.reduce((sum, { gapMs }) => sum + gapMs, 0)),
      rss_mb: most(),
    });
  }
  return results;
}

if (options.task !== 'tts') {
  emit({
    task: 'stt',
    engine: 'pocketsphinx',
    model: 'en-us',
    default: false,
    wer_ratio: 1,
    ...yardstickScore,
    rtf: round(yardstick.cpuSeconds / yardstick.audioSeconds, 4),
    rss_mb: round(yardstick.residentBytes / 2 ** 20, 1),
    n: utterances.length,
    version: execFileSync('python3', ['--version'], { encoding: 'utf8' }).trim(),
  });
  for (const recogniser of ears.recognisers) if (isMeant(recogniser.model)) await measureRecogniser(recogniser);
}
if (options.task !== 'stt') {
  best ??= { recogniser: ears.recognisers[0] as InstalledRecogniser, wer: 1 };
  const listener = await startEngine({ ears: { recognisers: [best.recogniser], voiceActivityPath }, voices: [] });
  for (const voice of voices) if (isMeant(voice.id)) await measureVoice(voice, voice.id === voices[0]?.id, listener);
  await listener.stop();
}
if (rows.length === 0) throw new Error('Nothing was measured');
