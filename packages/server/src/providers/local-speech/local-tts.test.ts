import { initializeLogger, tts } from '@livekit/agents';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atRate, createRealSpeech, endpointOf, hear, textOf, wordErrors, wordsOf } from '../../testing/real-speech.ts';
import { ensureSpeechModels } from '../../testing/test-model.ts';
import type { LocalSpeech } from './local-speech.ts';
import { LocalTts, type LocalTtsOptions } from './local-tts.ts';

initializeLogger({ pretty: false, level: 'silent' });
const { store } = await ensureSpeechModels();
const TEXT = 'Good morning to you. The library opens at nine, and closes at five in the afternoon. Please bring two pencils.';
/** No second attempt: what fails, fails. */
const once = { maxRetry: 0, retryIntervalMs: 0, timeoutMs: 10_000 };

type Frames = AsyncIterable<tts.SynthesizedAudio | typeof tts.SynthesizeStream.END_OF_STREAM>;
async function collect(stream: Frames): Promise<tts.SynthesizedAudio[]> {
  const all: tts.SynthesizedAudio[] = [];
  for await (const audio of stream) if (audio !== tts.SynthesizeStream.END_OF_STREAM) all.push(audio);
  return all;
}

const samplesOf = (frames: readonly tts.SynthesizedAudio[]) =>
  Int16Array.from(frames.flatMap(({ frame }) => Array.from(frame.data)));
const tokensOf = (text: string) => text.split(/(?<= )/);

describe.skipIf(!store)('the voices of this machine, as LiveKit sees them', () => {
  let speech: LocalSpeech;
  beforeAll(async () => {
    speech = await createRealSpeech();
    await speech.start(new AbortController().signal);
  });
  afterAll(() => speech?.stop());
  const create = (options: Partial<LocalTtsOptions> = {}) =>
    new LocalTts({ endpoint: () => speech.endpoint(), voice: 'local/samuel', ...options });
  const understood = async (frames: readonly tts.SynthesizedAudio[]) =>
    textOf(await hear(endpointOf(speech), atRate(samplesOf(frames), 24_000, 16_000)));

  it('say what they can do', () => {
    expect(create().capabilities).toMatchObject({ streaming: true, alignedTranscript: true });
    expect([create().sampleRate, create().numChannels, create().provider]).toEqual([24_000, 1, 'local']);
  });

  it('begin to speak before the text has ended, and come to its end', async () => {
    const stream = create().stream();
    const frames = stream[Symbol.asyncIterator]();
    const [first = '', second = ''] = [TEXT.slice(0, 30), TEXT.slice(30)];
    for (const token of tokensOf(first)) stream.pushText(token);
    // Would wait for ever, if the voice waited for the rest of the text.
    const begun = await frames.next();
    expect(begun.done).toBe(false);
    for (const token of tokensOf(second)) stream.pushText(token);
    stream.flush();
    stream.endInput();
    const rest = await collect({ [Symbol.asyncIterator]: () => frames });
    const all = [begun.value as tts.SynthesizedAudio, ...rest];
    expect(wordErrors('Good morning to you.', (await understood(all)).slice(0, 20))).toBeLessThanOrEqual(1);
    expect(all.filter(({ final }) => final)).toEqual([all.at(-1)]);
    expect(new Set(all.map(({ requestId }) => requestId)).size).toBe(1);
  });

  it('give the words of the text with their times, as the text has them', async () => {
    const stream = create().stream();
    for (const token of tokensOf(TEXT)) stream.pushText(token);
    stream.endInput();
    const frames = await collect(stream);
    const transcripts = frames.flatMap(({ timedTranscripts }) => timedTranscripts ?? []);
    expect(
      transcripts
        .map(({ text }) => text)
        .join('')
        .trim(),
    ).toBe(TEXT);
    const seconds = samplesOf(frames).length / 24_000;
    let before = 0;
    let played = 0;
    for (const { frame, timedTranscripts } of frames) {
      for (const { startTime, endTime } of timedTranscripts ?? []) {
        expect(startTime).toBeGreaterThanOrEqual(before);
        expect(endTime).toBeGreaterThan(startTime as number);
        expect(endTime).toBeLessThanOrEqual(seconds);
        // The words come with the audio that they belong to, or before it.
        expect(startTime).toBeGreaterThanOrEqual(played);
        before = startTime as number;
      }
      played += frame.samplesPerChannel / 24_000;
    }
  });

  it('speak a whole text at once', async () => {
    const stream = create().synthesize('Good morning to you.');
    const frames = await collect(stream);
    expect(wordErrors('Good morning to you.', await understood(frames))).toBe(0);
    expect(frames.at(-1)?.final).toBe(true);
  });

  it('tell who speaks instead of a voice that is not to be had', async () => {
    const standIns: string[] = [];
    const unknown = create({ voice: '21m00Tcm4TlvDq8ikWAM', onStandIn: (voice) => standIns.push(voice) });
    expect((await collect(unknown.synthesize('Hello.'))).length).toBeGreaterThan(5);
    expect(standIns).toEqual(['local/samuel']);
  });

  it('say nothing where there is nothing to say', async () => {
    const stream = create().stream();
    stream.pushText(' \n');
    stream.flush();
    stream.endInput();
    expect(await collect(stream)).toEqual([]);
  });

  it('stop in the middle and leave no stream behind', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    for (let n = 0; n < 4; n += 1) {
      const stream = create().stream();
      stream.pushText(TEXT.repeat(3));
      stream.flush();
      await stream[Symbol.asyncIterator]().next();
      stream.close();
      const chunked = create().synthesize(TEXT);
      await chunked[Symbol.asyncIterator]().next();
      chunked.close();
    }
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    await expect.poll(sockets, { timeout: 5_000 }).toBeLessThanOrEqual(before);
    // Sixteen places a thread; all of them are free again.
    expect((await collect(create().synthesize('Hello.'))).length).toBeGreaterThan(5);
  });

  it('are replaced by LiveKit’s FallbackAdapter while their process is gone, and taken again when it is back', async () => {
    let asked = 0;
    const gone = create({ voice: 'local/flite-slt', endpoint: () => (asked++ === 0 ? undefined : speech.endpoint()) });
    const adapter = new tts.FallbackAdapter({ ttsInstances: [gone, create()], maxRetryPerTTS: 0 });
    const available: boolean[] = [];
    adapter.on('tts_availability_changed' as 'error', (event: unknown) =>
      available.push((event as tts.AvailabilityChangedEvent).available),
    );
    for (const each of [gone, adapter]) each.on('error', () => undefined);
    const stream = adapter.stream();
    stream.pushText('Good morning to you.');
    stream.flush();
    stream.endInput();
    const frames = await collect(stream);
    expect(wordsOf(await understood(frames))).toEqual(['good', 'morning', 'to', 'you']);
    await expect.poll(() => available, { timeout: 10_000 }).toEqual([false, true]);
    await adapter.close();
  });

  it('begin again with every word when the process was not there at first', async () => {
    let attempts = 0;
    const flaky = create({ endpoint: () => (++attempts > 2 ? speech.endpoint() : undefined) });
    flaky.on('error', () => undefined);
    const stream = flaky.stream({ connOptions: { ...once, maxRetry: 5 } });
    const frames = collect(stream);
    // Each word while another attempt waits for it.
    for (const token of tokensOf('Good morning to you.')) {
      stream.pushText(token);
      await new Promise((resolve) => setImmediate(resolve));
    }
    stream.endInput();
    expect(wordsOf(await understood(await frames))).toEqual(['good', 'morning', 'to', 'you']);
    expect(attempts).toBeGreaterThan(2);
  });

  it('fail without a second try where half was heard already', async () => {
    const own = await createRealSpeech({ backoffMs: () => 1 });
    await own.start(new AbortController().signal);
    const errors: unknown[] = [];
    const voice = create({ endpoint: () => own.endpoint() });
    voice.on('error', ({ error }) => errors.push(error));
    const stream = voice.stream({ connOptions: { ...once, maxRetry: 3 } });
    stream.pushText('Good morning to you. And');
    const frames = stream[Symbol.asyncIterator]();
    await frames.next();
    await own.stop();
    const rest = await collect({ [Symbol.asyncIterator]: () => frames });
    expect(rest.every(({ final }) => !final)).toBe(true);
    expect(errors.at(-1)).toMatchObject({ message: expect.stringContaining('broke off in the middle') });
  });
});
