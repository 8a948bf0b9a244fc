import { initializeLogger, tts } from '@livekit/agents';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createVoice } from '../../compose-speech-engines.ts';
import type { VoiceEndpoint } from '../../core/calls/voice-spec.ts';
import type { SpeechReport } from '../../core/speech/callable-speech.ts';
import { startCartesiaServer } from '../../testing/cartesia-server.ts';
import { startElevenLabsServer } from '../../testing/elevenlabs-server.ts';
import { startOpenAiAudioServer } from '../../testing/openai-audio-server.ts';
import { type SpeechVendor, type VendorFault, WORD_SECONDS } from '../../testing/speech-vendor.ts';
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

type Vendor = SpeechVendor & { texts: string[] };
const common = { speed: 1, privateNetwork: true };
const KINDS: Record<string, { start(): Promise<Vendor>; endpoint(vendor: Vendor): VoiceEndpoint }> = {
  elevenlabs: {
    start: startElevenLabsServer,
    endpoint: ({ origin, apiKey }) => ({
      kind: 'elevenlabs',
      baseUrl: origin,
      apiKey,
      voice: '21m00Tcm4TlvDq8ikWAM',
      model: 'eleven_flash_v2_5',
      ...common,
    }),
  },
  cartesia: {
    start: startCartesiaServer,
    endpoint: ({ origin, apiKey }) => ({ kind: 'cartesia', baseUrl: origin, apiKey, voice: 'a0e9', model: 'sonic-2', ...common }),
  },
  openai: {
    start: startOpenAiAudioServer,
    endpoint: ({ origin, apiKey }) => ({
      kind: 'openai',
      provider: 'openai',
      baseUrl: `${origin}/v1`,
      apiKey,
      voice: 'alloy',
      model: 'tts-1',
      ...common,
    }),
  },
};

interface Spoken {
  /** The texts of the words, joined. */
  text: string;
  words: Array<{ text: string; start: number; end: number; at: number }>;
  seconds: number;
  reports: SpeechReport[];
}

async function speak(
  endpoints: VoiceEndpoint[],
  text: string,
  { until, patience = 1 }: { until?: number; patience?: number } = {},
): Promise<Spoken> {
  const spoken: Spoken = { text: '', words: [], seconds: 0, reports: [] };
  const voice = createVoice(endpoints, {
    language: 'en',
    connections,
    patience,
    report: (report) => spoken.reports.push(report),
  });
  const stream = voice.stream();
  for (const token of text.split(/(?<= )/)) stream.pushText(token);
  stream.endInput();
  for await (const audio of stream) {
    if (audio === tts.SynthesizeStream.END_OF_STREAM) continue;
    expect([audio.frame.sampleRate, audio.frame.channels]).toEqual([24_000, 1]);
    for (const { text, startTime, endTime } of audio.timedTranscripts ?? []) {
      spoken.text += text;
      spoken.words.push({ text: text.trim(), start: startTime ?? 0, end: endTime ?? 0, at: spoken.seconds });
    }
    spoken.seconds += audio.frame.samplesPerChannel / 24_000;
    if (until !== undefined && spoken.seconds >= until) stream.close();
  }
  await voice.close();
  return spoken;
}

/** Eleven words in two clauses. */
const TEXT = 'Good morning to all of you. Please bring two **blue** pencils.';
const WORDS = 11;

describe.each(Object.entries(KINDS))('a voice of %s', (name, { start, endpoint }) => {
  let first: Vendor;
  let second: Vendor;
  beforeAll(async () => {
    [first, second] = await Promise.all([start(), start()]);
  });
  afterAll(() => Promise.all([first.close(), second.close()]));
  const both = () => [endpoint(first), endpoint(second)];
  const failing = (fault: VendorFault) => {
    first.fault(fault);
    first.texts.length = 0;
    second.texts.length = 0;
    return speak(both(), TEXT, { patience: fault.how.startsWith('hang') ? 0.2 : 1 });
  };

  it('says what was written, with the times of its words', async () => {
    const spoken = await failing({ how: 'none' });
    expect(spoken.reports).toEqual([]);
    expect(spoken.text).toBe(TEXT);
    expect(spoken.seconds).toBeCloseTo(WORDS * WORD_SECONDS, 1);
    // Without markup, clause by clause.
    expect(first.texts.join(' ').replace(/\s+/g, ' ').trim()).toBe('Good morning to all of you. Please bring two blue pencils.');
    let before = 0;
    for (const [index, word] of spoken.words.entries()) {
      expect(word.start).toBeGreaterThanOrEqual(before - 0.001);
      expect(word.end).toBeGreaterThanOrEqual(word.start);
      if (name !== 'openai') {
        expect(word.start).toBeCloseTo(index * WORD_SECONDS, 1);
        // Told with the sound it belongs to: what is cut off before was not said.
        expect(word.start).toBeLessThanOrEqual(word.at + WORD_SECONDS);
      }
      before = word.start;
    }
    expect(spoken.words.at(-1)?.end).toBeLessThanOrEqual(spoken.seconds + 0.05);
  });

  it.each<[string, VendorFault, SpeechReport['kind']]>([
    ['a wrong key', { how: 'status', status: 401 }, 'unauthorized'],
    ['no more credit', { how: 'status', status: 429 }, 'rate-limited'],
    ['a failing server', { how: 'status', status: 503 }, 'server-error'],
    ['no answer to the connection', { how: 'hang-connecting' }, 'timeout'],
    ['no answer', { how: 'hang' }, 'timeout'],
  ])('that gives %s is replaced before a word is said', async (_, fault, kind) => {
    const spoken = await failing(fault);
    expect(spoken.reports).toEqual([{ provider: name, stage: 'speaking', kind }]);
    expect(spoken.text).toBe(TEXT);
    expect(spoken.seconds).toBeCloseTo(WORDS * WORD_SECONDS, 1);
  });

  it.each(['drop', 'error', 'garbage', 'hang'] as const)('that breaks off (%s) is replaced at the next word', async (how) => {
    const spoken = await failing({ how, afterWords: 3 });
    expect(spoken.reports.map(({ kind }) => kind)).toHaveLength(1);
    expect(spoken.text).toBe(TEXT);
    const again = second.texts.join(' ').trim();
    expect('Good morning to all of you. Please bring two blue pencils.').toContain(again.replace(/\s+/g, ' '));
    // Every word once; times that are estimated may be a word off.
    const wordsAgain = again.split(/\s+/).length;
    expect(Math.abs(wordsAgain - (WORDS - 3))).toBeLessThanOrEqual(name === 'openai' ? 1 : 0);
    expect(spoken.seconds).toBeCloseTo((3 + wordsAgain) * WORD_SECONDS, 1);
    for (const [index, word] of spoken.words.entries())
      expect(word.start).toBeGreaterThanOrEqual(spoken.words[index - 1]?.start ?? 0);
  });

  it('that cannot be connected to is replaced', async () => {
    const gone = await start();
    await gone.close();
    const spoken = await speak([endpoint(gone), endpoint(second)], TEXT);
    expect(spoken.reports).toEqual([{ provider: name, stage: 'speaking', kind: 'unreachable' }]);
    expect(spoken.text).toBe(TEXT);
  });

  it('that answers late but in time is waited for', async () => {
    let answer = () => {};
    const asked = failing({
      how: 'slow',
      until: new Promise((resolve) => {
        answer = resolve;
      }),
    });
    await expect.poll(() => first.requests.length).toBeGreaterThan(0);
    answer();
    expect(await asked).toMatchObject({ text: TEXT, reports: [] });
  });

  it('ends the reply where no other is left, with the words that were said', async () => {
    first.fault({ how: 'drop', afterWords: 2 });
    const spoken = await speak([endpoint(first)], TEXT);
    expect(spoken.reports.map(({ kind }) => kind)).toEqual(['closed', 'all-failed']);
    expect(spoken.seconds).toBeCloseTo(2 * WORD_SECONDS, 1);
    expect(['Good', 'Good morning', 'Good morning to']).toContain(spoken.text);
  });

  it('hangs up at once when it is interrupted', async () => {
    first.fault({ how: 'hang', afterWords: 3 });
    const spoken = await speak([endpoint(first)], TEXT, { until: 2 * WORD_SECONDS });
    expect(spoken.reports).toEqual([]);
    await expect.poll(() => first.open()).toBe(0);
  });

  it.each(['127.0.0.1', 'localhost'])('of a user’s own is not connected to on this machine (%s)', async (host) => {
    const asked = first.requests.length;
    const inside = { ...endpoint({ ...first, origin: first.origin.replace('127.0.0.1', host) }), privateNetwork: false };
    const { reports } = await speak([inside as VoiceEndpoint], TEXT);
    expect(reports.map(({ kind }) => kind)).toEqual(['not-allowed', 'all-failed']);
    expect(first.requests.length).toBe(asked);
  });

  it('keeps its key out of addresses', () => {
    expect(first.requests.length).toBeGreaterThan(0);
    for (const { path } of first.requests) expect(path).not.toContain(first.apiKey);
  });
});
