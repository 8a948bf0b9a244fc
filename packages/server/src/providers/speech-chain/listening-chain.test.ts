import { describe, expect, it } from 'vitest';
import {
  HEARING_RATE,
  type Heard,
  type Recogniser,
  SpeechFailure,
  type SpeechReport,
} from '../../core/speech/callable-speech.ts';
import { createListeningChain } from './listening-chain.ts';

/** A call of a recogniser that keeps to a script: the test says what it hears. */
interface Call {
  /** What it was sent: numbers of samples, and flushes. */
  sent: Array<number | 'flush'>;
  hear(...heard: Heard[]): void;
  fail(failure?: SpeechFailure): void;
  readonly over: boolean;
}

function scripted(provider: string, refuse?: () => SpeechFailure | undefined) {
  const calls: Call[] = [];
  const recogniser: Recogniser = {
    provider,
    answerMs: 60_000,
    async listen(signal) {
      const refusal = refuse?.();
      if (refusal) throw refusal;
      const queue: Heard[] = [];
      let failure: SpeechFailure | undefined;
      let wake = () => {};
      signal.addEventListener('abort', () => wake());
      const call: Call = {
        sent: [],
        hear(...heard) {
          queue.push(...heard);
          wake();
        },
        fail(reason = new SpeechFailure('closed')) {
          failure = reason;
          wake();
        },
        get over() {
          return signal.aborted;
        },
      };
      calls.push(call);
      return {
        send: (samples) => call.sent.push(samples.length),
        flush: () => call.sent.push('flush'),
        events: (async function* () {
          while (!signal.aborted) {
            const next = queue.shift();
            if (next) yield next;
            else if (failure) throw failure;
            else await new Promise<void>((resolve) => (wake = resolve));
          }
        })(),
      };
    },
  };
  return {
    recogniser,
    calls,
    call: (index: number) =>
      expect
        .poll(() => calls[index])
        .toBeDefined()
        .then(() => calls[index] as Call),
  };
}

function chainOf(recognisers: Recogniser[], options: { now?: () => number; patience?: number } = {}) {
  const heard: Array<Exclude<Heard, { type: 'flushed' }>> = [];
  const reports: SpeechReport[] = [];
  const stop = new AbortController();
  const chain = createListeningChain({
    recognisers,
    onHeard: (one) => heard.push(one),
    report: (report) => reports.push(report),
    signal: stop.signal,
    firstPauseMs: 1,
    ...options,
  });
  const texts = () => heard.flatMap((one) => (one.type === 'final' ? [one.text] : []));
  return { chain, heard, reports, stop: () => stop.abort(), texts, types: () => heard.map(({ type }) => type) };
}

const second = () => new Int16Array(HEARING_RATE);
const final = (text: string, start: number, end: number): Heard => ({ type: 'final', text, start, end });
const { poll } = expect;

describe('a chain of recognisers', () => {
  it('gives the next one the audio that nobody is done with, and counts times from the start of all', async () => {
    const [first, next] = [scripted('first'), scripted('next')];
    const { chain, heard, reports, texts, stop } = chainOf([first.recogniser, next.recogniser]);
    for (let n = 0; n < 4; n += 1) chain.push(second());
    const one = await first.call(0);
    one.hear(final('one two', 0.5, 1.5));
    await poll(texts).toEqual(['one two']);
    one.hear({ type: 'partial', text: 'three', start: 2, end: 3 });
    await poll(() => heard.length).toBe(3);
    one.fail();
    const two = await next.call(0);
    await poll(() => two.sent.reduce<number>((sum, part) => sum + (part === 'flush' ? 0 : part), 0)).toBe(2.5 * HEARING_RATE);
    chain.push(second());
    chain.flush();
    two.hear(final('three four', 0.5, 2), { type: 'flushed' });
    await poll(texts).toEqual(['one two', 'three four']);
    expect(heard.at(-2) ?? heard.at(-1)).toMatchObject({ text: 'three four', start: 2, end: 3.5 });
    await poll(() => heard.map(({ type }) => type)).toEqual(['speech-start', 'final', 'partial', 'final', 'speech-end']);
    expect(reports).toEqual([{ provider: 'first', stage: 'listening', kind: 'closed' }]);
    stop();
  });

  it('repeats a flush that was not answered', async () => {
    const [first, next] = [scripted('first'), scripted('next')];
    const { chain, texts, stop } = chainOf([first.recogniser, next.recogniser]);
    chain.push(second());
    chain.flush();
    const one = await first.call(0);
    await poll(() => one.sent).toEqual([HEARING_RATE, 'flush']);
    one.fail();
    const two = await next.call(0);
    await poll(() => two.sent).toEqual([HEARING_RATE, 'flush']);
    two.hear(final('hello', 0, 1), { type: 'flushed' });
    await poll(texts).toEqual(['hello']);
    stop();
  });

  it('goes back to the first one after its rest, between two utterances', async () => {
    let now = 0;
    const [first, next] = [scripted('first'), scripted('next')];
    const { chain, stop, texts } = chainOf([first.recogniser, next.recogniser], { now: () => now });
    chain.push(second());
    (await first.call(0)).fail();
    const stand = await next.call(0);
    const utter = async (call: Call, text: string) => {
      chain.push(second());
      chain.flush();
      call.hear(final(text, 0, 0), { type: 'flushed' });
      await poll(() => texts().at(-1)).toBe(text);
    };
    await utter(stand, 'a');
    now = 29_999;
    await utter(stand, 'b');
    expect(first.calls).toHaveLength(1);
    now = 30_001;
    await utter(stand, 'c');
    chain.push(second());
    const again = await first.call(1);
    await poll(() => stand.over).toBe(true);
    // What was recognised is not sent again.
    await poll(() => again.sent).toEqual([HEARING_RATE]);
    await utter(again, 'd');
    // A second failure in a row would have rested twice as long; this one worked in between.
    again.fail();
    chain.push(second());
    await next.call(1);
    now += 30_001;
    const third = await next.call(1);
    await utter(third, 'e');
    chain.push(second());
    await first.call(2);
    stop();
  });

  it('asks again with longer and longer pauses where all fail, and keeps at most half a minute', async () => {
    let broken = true;
    const only = scripted('only', () => (broken ? new SpeechFailure('unreachable') : undefined));
    const { chain, reports, stop } = chainOf([only.recogniser]);
    for (let n = 0; n < 40; n += 1) chain.push(second());
    await poll(() => reports.filter(({ kind }) => kind === 'all-failed').length).toBeGreaterThan(2);
    broken = false;
    const call = await only.call(0);
    await poll(() => call.sent).toHaveLength(30);
    stop();
  });

  it('leaves one that does not answer a flush', async () => {
    const [first, next] = [scripted('first'), scripted('next')];
    const { chain, reports, stop } = chainOf([first.recogniser, next.recogniser], { patience: 1e-5 });
    chain.push(second());
    chain.flush();
    await poll(() => reports[0]).toEqual({ provider: 'first', stage: 'listening', kind: 'timeout' });
    await next.call(0);
    stop();
  });

  it('does not call anybody before there is audio, and ends when everything was heard', async () => {
    const only = scripted('only');
    const { chain, texts, types } = chainOf([only.recogniser]);
    await new Promise(setImmediate);
    expect(only.calls).toHaveLength(0);
    chain.push(second());
    const ended = chain.end();
    const call = await only.call(0);
    await poll(() => call.sent).toEqual([HEARING_RATE, 'flush']);
    call.hear(final('bye', 0, 1), { type: 'flushed' });
    await ended;
    expect(texts()).toEqual(['bye']);
    expect(types()).toEqual(['speech-start', 'final', 'speech-end']);
    expect(call.over).toBe(true);
  });

  it('tells nothing of what has no words', async () => {
    const only = scripted('only');
    const { chain, heard, stop, texts } = chainOf([only.recogniser]);
    chain.push(second());
    const call = await only.call(0);
    call.hear({ type: 'partial', text: '...', start: 0, end: 1 }, final(' ', 0, 0.5), final('now', 0.5, 1));
    await poll(texts).toEqual(['now']);
    expect(heard.map(({ type }) => type)).toEqual(['speech-start', 'final']);
    stop();
  });
});
