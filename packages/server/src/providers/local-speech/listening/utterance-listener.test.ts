import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Recognition } from '../engines/recogniser.ts';
import { WINDOW_SAMPLES } from '../engines/voice-activity.ts';
import { createUtteranceListener, type Heard } from './utterance-listener.ts';

const SECONDS_PER_WINDOW = WINDOW_SAMPLES / 16_000;

/** Every sample is its own place in the stream, in so many parts of full scale; loud enough to be left as it is. */
const SCALE = 2 ** 22;
const placeOf = (sample: number) => Math.round((sample - 0.3) * SCALE);
const stream = (windows: number) =>
  Float32Array.from({ length: windows * WINDOW_SAMPLES }, (_, place) => Math.fround(0.3 + place / SCALE));

interface Asked {
  /** First and last window of what is to be recognised. */
  windows: [first: number, last: number];
  /** Every sample in it follows the one before. */
  whole: boolean;
  urgent: boolean;
  answer(recognition: Recognition): void;
  fail(error: Error): void;
}

/** A listener whose voice activity keeps to a script, and whose recogniser answers when the test does, or at once. */
function listen(
  probabilities: readonly number[],
  { partials = false, answerAtOnce = true, louder = [] as readonly number[] } = {},
) {
  const heard: Heard[] = [];
  const asked: Asked[] = [];
  const scripted = (script: readonly number[], seen: Float32Array[] = []) => {
    let at = 0;
    return {
      seen,
      probability: async (samples: Float32Array) => {
        seen.push(samples);
        return script[at++] ?? 0;
      },
    };
  };
  const quiet = scripted(probabilities);
  const loud = scripted(louder);
  const listener = createUtteranceListener({
    voiceActivity: quiet,
    louderVoiceActivity: loud,
    partials,
    onHeard: (what) => heard.push(what),
    recognise: (samples, urgent) =>
      new Promise((answer, fail) => {
        const first = placeOf(samples[0] ?? 0);
        const whole = samples.every((sample, at) => placeOf(sample) === first + at);
        const windows: [number, number] = [first / WINDOW_SAMPLES, (first + samples.length) / WINDOW_SAMPLES - 1];
        asked.push({ windows, whole, urgent, answer, fail });
        if (answerAtOnce) answer({ text: `${windows}` });
      }),
  });
  return { listener, heard, asked, louderSaw: loud.seen };
}

const windows = (count: number, probability: number): number[] => Array(count).fill(probability);
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the listener', () => {
  it('takes 320 ms before speech was noticed and 192 ms of the pause after it into the utterance', async () => {
    const script = [...windows(20, 0), ...windows(30, 0.9), ...windows(30, 0)];
    const { listener, asked, heard } = listen(script);
    await listener.push(stream(script.length));
    await listener.flush();
    // Noticed with window 22; the pre-roll is that one and the nine before it.
    expect(asked.map((each) => each.windows)).toEqual([[13, 55]]);
    expect(heard).toEqual([
      { type: 'speech-start', at: 13 * SECONDS_PER_WINDOW },
      { type: 'final', text: '13,55', start: 13 * SECONDS_PER_WINDOW, end: 56 * SECONDS_PER_WINDOW },
      { type: 'speech-end', at: 56 * SECONDS_PER_WINDOW },
    ]);
  });

  it('gives what is left of the pause to the next utterance, so that its soft beginning is heard as well', async () => {
    // Speech, the pause that ends it, and speech again at once.
    const script = [...windows(20, 0.9), ...windows(13, 0), ...windows(20, 0.9), ...windows(13, 0)];
    const { listener, asked } = listen(script);
    await listener.push(stream(script.length));
    await listener.flush();
    expect(asked.map((each) => each.windows)).toEqual([
      [0, 25],
      [26, 58],
    ]);
  });

  it('asks for nothing where a cut in a pause has taken all that was said', async () => {
    const script = [...windows(400, 0.9), ...windows(30, 0)];
    const { listener, asked, heard } = listen(script);
    await listener.push(stream(script.length));
    await listener.flush();
    expect(asked.map((each) => each.windows)).toEqual([[0, 402]]);
    expect(heard.map(({ type }) => type)).toEqual(['speech-start', 'final', 'speech-end']);
  });

  it('finds the same, however the audio is cut into pieces, and no sample is lost or doubled', async () => {
    const stretch = fc.tuple(fc.integer({ min: 1, max: 120 }), fc.constantFrom(0, 0.2, 0.4, 0.6, 0.95));
    await fc.assert(
      fc.asyncProperty(
        fc.array(stretch, { maxLength: 25 }),
        fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 20 }),
        async (stretches, sizes) => {
          const script = stretches.flatMap(([count, probability]) => windows(count, probability));
          const audio = stream(script.length);
          const whole = listen(script);
          await whole.listener.push(audio);
          await whole.listener.flush();
          const cut = listen(script);
          for (let at = 0, n = 0; at < audio.length; n += 1) {
            const size = sizes[n % sizes.length] ?? 1;
            await cut.listener.push(audio.subarray(at, at + size));
            at += size;
          }
          await cut.listener.flush();
          expect(cut.heard).toEqual(whole.heard);
          let before = -1;
          for (const { windows: range, whole: unbroken } of whole.asked) {
            expect(unbroken).toBe(true);
            expect(range[0]).toBeGreaterThan(before);
            before = range[1];
          }
          // All that is surely speech for 96 ms is in some utterance.
          const covered = (window: number) => whole.asked.some(({ windows: [first, last] }) => window >= first && window <= last);
          const sure = script.flatMap((probability, window) =>
            probability > 0.5 && (script[window + 1] ?? 0) > 0.5 && (script[window + 2] ?? 0) > 0.5 ? [window] : [],
          );
          expect(sure.filter((window) => !covered(window))).toEqual([]);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('cuts a long speech so that each part follows the one before', async () => {
    const script = [...windows(2000, 0.9), ...windows(13, 0)];
    const { listener, asked, heard } = listen(script);
    await listener.push(stream(script.length));
    await listener.flush();
    expect(asked.length).toBeGreaterThan(2);
    for (const [at, { windows: range }] of asked.entries())
      expect(range[0]).toBe(at === 0 ? 0 : (asked[at - 1]?.windows[1] ?? 0) + 1);
    expect(heard.filter(({ type }) => type === 'speech-end')).toHaveLength(1);
    expect(heard.at(-1)?.type).toBe('speech-end');
  });

  it('tells everything in the order of the audio, though a later one is recognised first', async () => {
    const script = [...windows(10, 0.9), ...windows(20, 0), ...windows(10, 0.9), ...windows(20, 0)];
    const { listener, asked, heard } = listen(script, { answerAtOnce: false });
    await listener.push(stream(script.length));
    asked[1]?.answer({ text: 'second' });
    await turn();
    expect(heard.map(({ type }) => type)).toEqual(['speech-start']);
    asked[0]?.answer({ text: 'first' });
    await listener.flush();
    expect(heard.flatMap((each) => (each.type === 'final' ? [each.text] : [each.type]))).toEqual([
      'speech-start',
      'first',
      'speech-end',
      'speech-start',
      'second',
      'speech-end',
    ]);
  });

  it('counts the times of words from the start of the stream', async () => {
    const script = [...windows(100, 0), ...windows(10, 0.9), ...windows(20, 0)];
    const { listener, asked, heard } = listen(script, { answerAtOnce: false });
    const pushed = listener.push(stream(script.length));
    await pushed;
    asked[0]?.answer({ text: 'Hello.', words: [{ text: 'Hello.', start: 0.25, end: 0.75 }] });
    await listener.flush();
    const start = (asked[0]?.windows[0] ?? 0) * SECONDS_PER_WINDOW;
    expect(start).toBeGreaterThan(2.5);
    expect(heard[1]).toMatchObject({ type: 'final', start, words: [{ text: 'Hello.', start: start + 0.25, end: start + 0.75 }] });
  });

  it('keeps silent about an utterance in which no word was recognised', async () => {
    const script = [...windows(10, 0.9), ...windows(20, 0)];
    const { listener, asked, heard } = listen(script, { answerAtOnce: false });
    await listener.push(stream(script.length));
    asked[0]?.answer({ text: ' … ' });
    await listener.flush();
    expect(heard.map(({ type }) => type)).toEqual(['speech-start', 'speech-end']);
  });

  describe('with partial results', () => {
    it('asks for the next only when the last has come, and never urgently', async () => {
      const { listener, asked, heard } = listen(windows(200, 0.9), { partials: true, answerAtOnce: false });
      await listener.push(stream(60));
      expect(asked.map(({ urgent, windows: range }) => [urgent, range])).toEqual([[false, [0, 15]]]);
      asked[0]?.answer({ text: 'Hello' });
      await turn();
      expect(heard.at(-1)).toEqual({ type: 'partial', text: 'Hello', start: 0, end: 16 * SECONDS_PER_WINDOW });
      await listener.push(stream(1));
      expect(asked).toHaveLength(2);
    });

    it('drops one whose utterance is over', async () => {
      const script = [...windows(20, 0.9), ...windows(13, 0)];
      const { listener, asked, heard } = listen(script, { partials: true, answerAtOnce: false });
      await listener.push(stream(script.length));
      const [partial, final] = asked;
      expect([partial?.urgent, final?.urgent]).toEqual([false, true]);
      partial?.answer({ text: 'Hel' });
      final?.answer({ text: 'Hello.' });
      await listener.flush();
      expect(heard.map(({ type }) => type)).toEqual(['speech-start', 'final', 'speech-end']);
    });

    it('goes on when one is refused', async () => {
      const { listener, asked, heard } = listen(windows(200, 0.9), { partials: true, answerAtOnce: false });
      await listener.push(stream(17));
      asked[0]?.fail(new Error('busy'));
      await turn();
      await listener.push(stream(20));
      asked[1]?.answer({ text: 'Hello' });
      await turn();
      expect(heard.map(({ type }) => type)).toEqual(['speech-start', 'partial']);
    });
  });

  it('holds back when more than two utterances wait for their text', async () => {
    const utterance = [...windows(10, 0.9), ...windows(13, 0)];
    const script = [utterance, utterance, utterance, utterance].flat();
    const { listener, asked } = listen(script, { answerAtOnce: false });
    const audio = stream(script.length);
    const part = (n: number) =>
      audio.subarray(n * utterance.length * WINDOW_SAMPLES, (n + 1) * utterance.length * WINDOW_SAMPLES);
    await listener.push(part(0));
    await listener.push(part(1));
    let more = false;
    const third = listener.push(part(2)).then(() => {
      more = true;
    });
    while (asked.length < 3) await turn();
    await turn();
    expect(more).toBe(false);
    for (const each of asked) each.answer({ text: 'Yes.' });
    await third;
    expect(more).toBe(true);
  });

  it('ends the utterance in hand at a flush, and hears the next one from there', async () => {
    const { listener, asked } = listen(windows(200, 0.9));
    const audio = stream(40);
    await listener.push(audio.subarray(0, 20 * WINDOW_SAMPLES));
    await listener.flush();
    expect(asked.map((each) => each.windows)).toEqual([[0, 19]]);
    await listener.push(audio.subarray(20 * WINDOW_SAMPLES));
    await listener.flush();
    expect(asked.map((each) => each.windows)).toEqual([
      [0, 19],
      [20, 39],
    ]);
  });

  it('hears the last piece though it fills no window, and nothing at all in an empty stream', async () => {
    const { listener, heard } = listen(windows(200, 0.9));
    await listener.flush();
    await listener.push(new Float32Array(0));
    await listener.push(new Float32Array(1));
    await listener.flush();
    expect(heard).toEqual([]);
    const other = listen(windows(200, 0.9));
    await other.listener.push(stream(3).subarray(0, 2 * WINDOW_SAMPLES + 10));
    await other.listener.flush();
    expect(other.heard.map(({ type }) => type)).toEqual(['speech-start', 'final', 'speech-end']);
  });

  it('rejects from then on when an utterance cannot be recognised', async () => {
    const script = [...windows(10, 0.9), ...windows(13, 0), ...windows(100, 0)];
    const { listener, asked } = listen(script, { answerAtOnce: false });
    await listener.push(stream(30));
    asked[0]?.fail(new Error('The thread died'));
    await turn();
    await expect(listener.push(stream(1))).rejects.toThrow('The thread died');
    await expect(listener.flush()).rejects.toThrow('The thread died');
  });

  it('hears quiet speech by the louder copy, and asks about loud sound once', async () => {
    const script = windows(60, 0);
    const { listener, heard, louderSaw } = listen(script, { louder: [...windows(20, 0.9), ...windows(40, 0)] });
    await listener.push(Float32Array.from({ length: 60 * WINDOW_SAMPLES }, (_, at) => (at % 2 ? 0.01 : -0.01)));
    await listener.flush();
    expect(heard[0]?.type).toBe('speech-start');
    expect(Math.max(...(louderSaw[0] ?? []))).toBeCloseTo(0.2, 5);
    const loud = listen(script);
    await loud.listener.push(stream(10));
    expect(loud.louderSaw).toEqual([]);
  });
});
