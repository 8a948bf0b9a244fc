import { initializeLogger, stt } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  atRate,
  createRealSpeech,
  endpointOf,
  joined,
  type Said,
  say,
  silence,
  wordErrors,
  wordsOf,
} from '../../testing/real-speech.ts';
import { ensureSpeechModels } from '../../testing/test-model.ts';
import type { LocalSpeech } from './local-speech.ts';
import { LocalStt } from './local-stt.ts';

initializeLogger({ pretty: false, level: 'silent' });
const { store } = await ensureSpeechModels();
const SENTENCES = ['Good morning to you.', 'Please bring the blue folder with you.'] as const;
const { INTERIM_TRANSCRIPT, FINAL_TRANSCRIPT, START_OF_SPEECH, END_OF_SPEECH } = stt.SpeechEventType;

/** 20 ms each, as a microphone gives them. */
function framesOf(samples: Int16Array, rate: number, channels = 1): AudioFrame[] {
  const size = (rate / 50) * channels;
  return Array.from({ length: Math.floor(samples.length / size) }, (_, at) => {
    return new AudioFrame(samples.slice(at * size, (at + 1) * size), rate, channels, rate / 50);
  });
}

async function collect(stream: AsyncIterable<stt.SpeechEvent>): Promise<stt.SpeechEvent[]> {
  const all: stt.SpeechEvent[] = [];
  for await (const event of stream) if (event.type !== stt.SpeechEventType.RECOGNITION_USAGE) all.push(event);
  return all;
}
const textOf = (event: stt.SpeechEvent | undefined) => event?.alternatives?.[0].text ?? '';

describe.skipIf(!store)('the ears of this machine, as LiveKit sees them', () => {
  let speech: LocalSpeech;
  let said: Said[];
  beforeAll(async () => {
    speech = await createRealSpeech();
    await speech.start(new AbortController().signal);
    said = await Promise.all(SENTENCES.map((text) => say(endpointOf(speech), text)));
  });
  afterAll(() => speech?.stop());
  const create = () => new LocalStt({ endpoint: () => speech.endpoint() });
  const spoken = (at: number, rate: number) => atRate(said[at]?.samples ?? new Int16Array(0), 24_000, rate);

  it('say what they can do', () => {
    expect(create().capabilities).toMatchObject({ streaming: true, interimResults: true, alignedTranscript: false });
    expect(create().provider).toBe('local');
  });

  it('hear a microphone: beginnings, what it may be, what it was, and ends, with their times', async () => {
    const rate = 48_000;
    const stream = create().stream();
    const all: stt.SpeechEvent[] = [];
    const ended = (async () => {
      for await (const event of stream) all.push(event);
    })();
    const pause = silence(1.2, rate);
    const first = spoken(1, rate);
    const frames = framesOf(joined([pause, first, pause, spoken(0, rate), pause]), rate);
    const half = (1.2 + first.length / rate / 2) * 50;
    for (const frame of frames.slice(0, half)) stream.pushFrame(frame);
    await expect.poll(() => all.map(({ type }) => type), { timeout: 10_000 }).toEqual([START_OF_SPEECH, INTERIM_TRANSCRIPT]);
    for (const frame of frames.slice(half)) stream.pushFrame(frame);
    stream.endInput();
    await ended;

    const kinds = all.filter(({ type }) => type !== INTERIM_TRANSCRIPT && type !== stt.SpeechEventType.RECOGNITION_USAGE);
    const each = [START_OF_SPEECH, FINAL_TRANSCRIPT, END_OF_SPEECH];
    expect(kinds.map(({ type }) => type)).toEqual([...each, ...each]);
    const [one, two] = all.filter(({ type }) => type === FINAL_TRANSCRIPT);
    for (const [expected, final] of [[SENTENCES[1], one] as const, [SENTENCES[0], two] as const])
      expect(wordErrors(expected, textOf(final)), textOf(final)).toBeLessThanOrEqual(1);
    const [interim] = all.filter(({ type }) => type === INTERIM_TRANSCRIPT).map((event) => event.alternatives?.[0]);
    const [times, later] = [one?.alternatives?.[0], two?.alternatives?.[0]];
    expect(interim?.startTime).toBe(times?.startTime);
    expect(interim?.endTime).toBeLessThan(times?.endTime ?? 0);
    expect(wordsOf(interim?.text ?? '')[0]).toBe('please');
    const ends = 1.2 + first.length / rate;
    expect(Math.abs((times?.startTime ?? 0) - 1.2)).toBeLessThan(0.35);
    expect(Math.abs((times?.endTime ?? 0) - ends)).toBeLessThan(0.35);
    expect(Math.abs((later?.startTime ?? 0) - (ends + 1.2))).toBeLessThan(0.35);
  });

  it('end the utterance in hand at a flush, without a pause', async () => {
    const stream = create().stream();
    const events = stream[Symbol.asyncIterator]();
    for (const frame of framesOf(spoken(0, 16_000), 16_000)) stream.pushFrame(frame);
    stream.flush();
    let last: stt.SpeechEvent | undefined;
    // The input goes on: only the flush can bring the final result.
    for (let next = await events.next(); !next.done && next.value.type !== FINAL_TRANSCRIPT; next = await events.next())
      last = next.value;
    expect(last).toBeDefined();
    stream.close();
  });

  it.each([
    ['stereo at 44.1 kHz', 44_100, 2],
    ['a telephone’s 8 kHz', 8_000, 1],
    ['16 kHz', 16_000, 1],
    ['48 kHz', 48_000, 1],
  ])('recognise a recording in %s', async (_what, rate, channels) => {
    const mono = spoken(1, rate);
    const samples = channels === 1 ? mono : Int16Array.from({ length: mono.length * 2 }, (_, at) => mono[at >> 1] ?? 0);
    const event = await create().recognize(framesOf(samples, rate, channels));
    expect(event.type).toBe(FINAL_TRANSCRIPT);
    expect(wordErrors(SENTENCES[1], textOf(event)), textOf(event)).toBeLessThanOrEqual(rate === 8_000 ? 2 : 1);
  });

  it('recognise a recording of minutes that is one frame', async () => {
    const pause = silence(70, 16_000);
    const samples = joined([pause, spoken(1, 16_000), pause]);
    const event = await create().recognize(new AudioFrame(samples, 16_000, 1, samples.length));
    expect(wordErrors(SENTENCES[1], textOf(event)), textOf(event)).toBeLessThanOrEqual(1);
    expect(event.alternatives?.[0].startTime).toBeGreaterThan(69);
  });

  it('hear nothing in silence, in a single sample, and in nothing at all', async () => {
    for (const samples of [silence(3, 16_000), new Int16Array(1)]) {
      const event = await create().recognize(new AudioFrame(samples, 16_000, 1, samples.length));
      expect(textOf(event)).toBe('');
    }
    const stream = create().stream();
    stream.endInput();
    expect(await collect(stream)).toEqual([]);
  });

  it('stop in the middle and leave no stream behind', async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const before = sockets();
    for (let n = 0; n < 20; n += 1) {
      const stream = create().stream();
      for (const frame of framesOf(spoken(0, 16_000), 16_000)) stream.pushFrame(frame);
      await stream[Symbol.asyncIterator]().next();
      stream.close();
    }
    await expect.poll(sockets, { timeout: 5_000 }).toBeLessThanOrEqual(before);
    const stop = new AbortController();
    const aborted = create().recognize(framesOf(spoken(0, 16_000), 16_000), stop.signal);
    stop.abort();
    await expect(aborted).rejects.toThrow();
    await expect.poll(sockets, { timeout: 5_000 }).toBeLessThanOrEqual(before);
  });

  it('are replaced by LiveKit’s FallbackAdapter while their process is gone', async () => {
    let asked = 0;
    const gone = new LocalStt({ endpoint: () => (asked++ === 0 ? undefined : speech.endpoint()) });
    const adapter = new stt.FallbackAdapter({ sttInstances: [gone, create()], maxRetryPerSTT: 0 });
    for (const each of [gone, adapter]) each.on('error', () => undefined);
    const replaced = new Promise((resolve) => adapter.once('stt_availability_changed' as 'error', resolve));
    const stream = adapter.stream();
    const events = collect(stream);
    await replaced;
    for (const frame of framesOf(joined([spoken(0, 16_000), silence(1, 16_000)]), 16_000)) stream.pushFrame(frame);
    stream.endInput();
    const final = (await events).find(({ type }) => type === FINAL_TRANSCRIPT);
    expect(wordsOf(textOf(final))).toEqual(['good', 'morning', 'to', 'you']);
    await adapter.close();
  });

  it('lose no audio when the process was not there at first', async () => {
    let attempts = 0;
    const flaky = new LocalStt({ endpoint: () => (++attempts > 2 ? speech.endpoint() : undefined) });
    flaky.on('error', () => undefined);
    const stream = flaky.stream({ connOptions: { maxRetry: 5, retryIntervalMs: 0, timeoutMs: 10_000 } });
    const events = collect(stream);
    for (const frame of framesOf(spoken(0, 16_000), 16_000)) stream.pushFrame(frame);
    stream.endInput();
    const final = (await events).find(({ type }) => type === FINAL_TRANSCRIPT);
    expect(wordErrors(SENTENCES[0], textOf(final)), textOf(final)).toBe(0);
  });
});
