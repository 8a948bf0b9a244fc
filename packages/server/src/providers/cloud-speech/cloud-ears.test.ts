import { initializeLogger, stt } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEars } from '../../compose-speech-engines.ts';
import type { EarsEndpoint } from '../../core/calls/voice-spec.ts';
import type { SpeechReport } from '../../core/speech/callable-speech.ts';
import { startDeepgramServer } from '../../testing/deepgram-server.ts';
import { startOpenAiAudioServer } from '../../testing/openai-audio-server.ts';
import { type SpeechVendor, soundOf, transcriptOf, type VendorFault, WORD_SECONDS } from '../../testing/speech-vendor.ts';
import { createLanguageModelConnections } from '../openai-compatible/connections.ts';

initializeLogger({ pretty: false, level: 'silent' });
const connections = createLanguageModelConnections();
afterAll(() => connections.close());

/** What nobody caught, anywhere. */
let unhandled = 0;
const count = () => {
  unhandled += 1;
};
beforeAll(() => void process.on('unhandledRejection', count));
afterAll(() => void process.off('unhandledRejection', count));
afterEach(() => expect(unhandled).toBe(0));

const KINDS: Record<string, { start(): Promise<SpeechVendor>; endpoint(vendor: SpeechVendor): EarsEndpoint }> = {
  deepgram: {
    start: startDeepgramServer,
    endpoint: ({ origin, apiKey }) => ({ kind: 'deepgram', baseUrl: origin, apiKey, model: 'nova-3', privateNetwork: true }),
  },
  openai: {
    start: startOpenAiAudioServer,
    endpoint: ({ origin, apiKey }) => ({
      kind: 'openai',
      provider: 'openai',
      baseUrl: `${origin}/v1`,
      apiKey,
      model: 'whisper-1',
      privateNetwork: true,
    }),
  },
};
const RATE = 16_000;
const quiet = (seconds: number) => new Int16Array(Math.round(seconds * RATE));

/** A conversation's view of its ears. */
function listen(endpoints: EarsEndpoint[], patience = 1) {
  const reports: SpeechReport[] = [];
  const options = { language: 'en', connections, patience, report: (report: SpeechReport) => reports.push(report) };
  const stream = createEars(endpoints, options).stream();
  const events: stt.SpeechEvent[] = [];
  const reading = (async () => {
    for await (const event of stream) events.push(event);
  })();
  const texts = (type: stt.SpeechEventType) =>
    events.filter((event) => event.type === type).map((event) => event.alternatives?.[0].text ?? '');
  return {
    reports,
    events,
    finals: () => texts(stt.SpeechEventType.FINAL_TRANSCRIPT),
    partials: () => texts(stt.SpeechEventType.INTERIM_TRANSCRIPT),
    ends: () => texts(stt.SpeechEventType.END_OF_SPEECH).length,
    starts: () => texts(stt.SpeechEventType.START_OF_SPEECH).length,
    hear(samples: Int16Array) {
      for (let at = 0; at + 320 <= samples.length; at += 320)
        stream.pushFrame(new AudioFrame(samples.slice(at, at + 320), RATE, 1, 320));
    },
    flush: () => stream.flush(),
    end: () => stream.endInput(),
    async close() {
      stream.close();
      await reading;
    },
    reading,
  };
}

describe.each(Object.entries(KINDS))('the ears of %s', (name, { start, endpoint }) => {
  let first: SpeechVendor;
  let second: SpeechVendor;
  beforeAll(async () => {
    [first, second] = await Promise.all([start(), start()]);
  });
  afterAll(() => Promise.all([first.close(), second.close()]));

  it('hear one utterance after the other, each as soon as its end is told', async () => {
    first.fault({ how: 'none' });
    const ears = listen([endpoint(first), endpoint(second)]);
    for (const [index, words] of [3, 5, 2].entries()) {
      ears.hear(quiet(0.4));
      ears.hear(soundOf(words, RATE));
      ears.hear(quiet(0.3));
      ears.flush();
      await expect.poll(() => ears.finals().length, { timeout: 5_000 }).toBe(index + 1);
      await expect.poll(() => ears.ends()).toBe(index + 1);
    }
    expect(ears.finals()).toEqual([3, 5, 2].map(transcriptOf));
    expect(ears.starts()).toBe(3);
    if (name === 'deepgram') expect(ears.partials()).toContain('word1 word2 word3 word4');
    expect(ears.reports).toEqual([]);
    const times = ears.events.flatMap((event) => event.alternatives ?? []).map(({ startTime }) => startTime);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    await ears.close();
  });

  it.each<[string, VendorFault, SpeechReport['kind']]>([
    ['a wrong key', { how: 'status', status: 401 }, 'unauthorized'],
    ['no more credit', { how: 'status', status: 402 }, 'rate-limited'],
    ['a failing server', { how: 'status', status: 500 }, 'server-error'],
    ['no answer to the connection', { how: 'hang-connecting' }, 'timeout'],
    ['no answer', { how: 'hang' }, 'timeout'],
    ['an error', { how: 'error', afterWords: 2 }, 'server-error'],
    ['garbage', { how: 'garbage', afterWords: 2 }, 'bad-answer'],
    ['a dropped connection', { how: 'drop', afterWords: 2 }, 'closed'],
    ['silence in the middle', { how: 'hang', afterWords: 2 }, 'timeout'],
  ])(
    'that give %s are replaced by others, who hear the utterance from its beginning',
    async (_, fault, kind) => {
      first.fault(fault);
      const ears = listen([endpoint(first), endpoint(second)], fault.how.startsWith('hang') ? 0.25 : 1);
      ears.hear(quiet(0.4));
      ears.hear(soundOf(4, RATE));
      ears.hear(quiet(0.3));
      ears.flush();
      await expect.poll(() => ears.ends(), { timeout: 9_000 }).toBe(1);
      expect(ears.finals()).toEqual([transcriptOf(4)]);
      expect(ears.starts()).toBe(1);
      expect(ears.reports).toEqual([{ provider: name, stage: 'listening', kind }]);
      // The first is left alone for a while.
      first.fault({ how: 'none' });
      const asked = first.requests.length;
      ears.hear(soundOf(2, RATE));
      ears.flush();
      await expect.poll(() => ears.finals().length, { timeout: 5_000 }).toBe(2);
      expect(first.requests.length).toBe(asked);
      await ears.close();
    },
    20_000,
  );

  it('say nothing where nothing was said, and are not blamed for it', async () => {
    first.fault({ how: 'none' });
    const ears = listen([endpoint(first)]);
    ears.hear(quiet(1));
    ears.flush();
    ears.hear(quiet(0.5));
    ears.flush();
    ears.end();
    await ears.reading;
    expect(ears.events.filter(({ type }) => type !== stt.SpeechEventType.RECOGNITION_USAGE)).toEqual([]);
    expect(ears.reports).toEqual([]);
  });

  it('are asked again and again while all fail, and hear what was said meanwhile', async () => {
    first.fault({ how: 'status', status: 503 });
    const ears = listen([endpoint(first)]);
    ears.hear(soundOf(3, RATE));
    ears.flush();
    await expect.poll(() => ears.reports.filter(({ kind }) => kind === 'all-failed').length, { timeout: 5_000 }).toBe(2);
    first.fault({ how: 'none' });
    await expect.poll(() => ears.finals(), { timeout: 9_000 }).toEqual([transcriptOf(3)]);
    await ears.close();
  }, 20_000);

  it('let go of everything when they are closed', async () => {
    first.fault({ how: 'hang' });
    const ears = listen([endpoint(first)]);
    ears.hear(soundOf(2, RATE));
    ears.flush();
    await expect.poll(() => first.open()).toBeGreaterThan(0);
    await ears.close();
    await expect.poll(() => first.open()).toBe(0);
    expect(ears.reports).toEqual([]);
  });

  it('keep their key out of addresses', () => {
    for (const { path } of first.requests) expect(path).not.toContain(first.apiKey);
  });
});

describe('whole utterances', () => {
  it('are sent without the silence before them', async () => {
    const server = await startOpenAiAudioServer();
    const ears = listen([KINDS.openai?.endpoint(server) as EarsEndpoint]);
    ears.hear(quiet(20));
    ears.hear(soundOf(4, RATE));
    ears.flush();
    await expect.poll(() => ears.finals()).toEqual([transcriptOf(4)]);
    const [recording] = server.recordings;
    expect(recording?.fields).toEqual({ model: 'whisper-1', language: 'en', response_format: 'json' });
    expect(recording?.seconds).toBeLessThan(4 * WORD_SECONDS + 0.5);
    await ears.close();
    await server.close();
  });
});
