import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOISES, type Noise } from '../../../../../bench/speech/noise.ts';
import {
  atRate,
  createRealSpeech,
  endpointOf,
  hear,
  type Said,
  say,
  silence,
  textOf,
  wordErrors,
} from '../../testing/real-speech.ts';
import { ensureSpeechModels } from '../../testing/test-model.ts';
import type { LocalSpeech } from './local-speech.ts';
import type { SpeechEndpoint } from './speech-client.ts';

const { store } = await ensureSpeechModels();
const TEXT = 'Good morning to you. The library opens again on Monday. Please bring the blue folder with you, and some pencils.';
const OUTPUT_RATE = 24_000;

function expectOrdered(spans: ReadonlyArray<{ start: number; end: number }>, from: number, to: number): void {
  let before = from;
  for (const { start, end } of spans) {
    // Sums of floats: a hair of a millisecond is none.
    expect(start).toBeGreaterThanOrEqual(before - 1e-6);
    expect(end).toBeGreaterThanOrEqual(start);
    before = end;
  }
  expect(before).toBeLessThanOrEqual(to + 1e-6);
}

describe.skipIf(!store)('what the voices of this machine say', () => {
  let speech: LocalSpeech;
  let endpoint: SpeechEndpoint;
  beforeAll(async () => {
    speech = await createRealSpeech();
    await speech.start(new AbortController().signal);
    endpoint = endpointOf(speech);
  });
  afterAll(() => speech?.stop());
  const understood = async ({ samples }: Said) => textOf(await hear(endpoint, atRate(samples, OUTPUT_RATE, 16_000)));

  it.each([
    ['local/samuel', 0.15, true],
    ['local/clara', 0.15, true],
    ['local/flite-slt', 0.3, false],
  ])('is understood of %s, with its words and phonemes where they belong', async (voice, mostErrors, knowsPhonemes) => {
    const said = await say(endpoint, TEXT, { voice });
    expect(said.voice).toBe(voice);
    const heard = await understood(said);
    expect(wordErrors(TEXT, heard) / 20, heard).toBeLessThanOrEqual(mostErrors);
    const seconds = said.samples.length / OUTPUT_RATE;
    expect(said.words.map(({ text }) => text).join(' ')).toBe(TEXT);
    expectOrdered(said.words, 0, seconds);
    for (const word of said.words) {
      expect((word.phonemes ?? []).length > 0).toBe(knowsPhonemes);
      expectOrdered(word.phonemes ?? [], word.start, word.end);
    }
    // The last word ends where the sound does, but for its last breath.
    expect(said.words.at(-1)?.end).toBeGreaterThan(seconds - 0.5);
  });

  it.each(['local/samuel', 'local/flite-slt'])('lasts longer or shorter with the speed of %s', async (voice) => {
    const seconds = async (speed: number) => (await say(endpoint, TEXT, { voice, speed })).samples.length / OUTPUT_RATE;
    const [usual, slow, fast] = [await seconds(1), await seconds(0.5), await seconds(2)];
    expect(slow / usual).toBeGreaterThan(1.6);
    expect(slow / usual).toBeLessThan(2.4);
    expect(usual / fast).toBeGreaterThan(1.5);
    expect(usual / fast).toBeLessThan(2.5);
  });

  it('is the default voice’s where another is asked for that is not there', async () => {
    expect((await say(endpoint, 'Hello.', { voice: 'alloy' })).voice).toBe('local/samuel');
  });

  it('is written as it was, also where it is said otherwise', async () => {
    const text = 'It costs $5.20 😀, **really**, at 9:30 a.m.';
    const { words } = await say(endpoint, text);
    expect(words.map((word) => word.text)).toEqual(['It', 'costs', '$5.20', '**really**,', 'at', '9:30 a.m.']);
  });
});

describe.skipIf(!store)('where nobody speaks', () => {
  let speech: LocalSpeech;
  beforeAll(async () => {
    speech = await createRealSpeech();
    await speech.start(new AbortController().signal);
  });
  afterAll(() => speech?.stop());
  const SECONDS = 10;
  const pcm = (noise: Noise) =>
    Int16Array.from(noise.samples().subarray(0, SECONDS * 16_000), (sample) => Math.round(sample * 32_767));

  it.each(NOISES.map((noise) => [noise.name, noise] as const))('nothing is heard: %s', async (_name, noise) => {
    expect(textOf(await hear(endpointOf(speech), pcm(noise)))).toBe('');
  });

  it('nothing is heard in an empty stream, a single sample and a minute of silence', async () => {
    for (const samples of [new Int16Array(0), new Int16Array(1), silence(60, 16_000)])
      expect(await hear(endpointOf(speech), samples)).toEqual([]);
  });
});
