import { APIConnectionError, APIError, APIStatusError } from '@livekit/agents';
import { describe, expect, it } from 'vitest';
import { createLastingInput } from './lasting-input.ts';
import { retryable } from './retryable.ts';
import { SpeechError } from './speech-client.ts';

const never = new AbortController().signal;
const failing = (error: unknown, signal = never) =>
  retryable(signal, async () => Promise.reject(error)).catch((thrown) => thrown);

describe('an attempt of a speech stream', () => {
  it('gives its result', async () => {
    expect(await retryable(never, async () => 7)).toBe(7);
  });

  it('is tried again where the process is busy or gone', async () => {
    const busy = await failing(new SpeechError('speech-busy', '4 streams are open already'));
    expect(busy).toBeInstanceOf(APIStatusError);
    expect(busy).toMatchObject({ retryable: true, statusCode: 503, message: expect.stringContaining('speech-busy: 4 streams') });
    for (const error of [new SpeechError('failed', 'The speech process went away'), new Error('No route'), 'odd']) {
      const gone = await failing(error);
      expect(gone).toBeInstanceOf(APIConnectionError);
      expect(gone.retryable).toBe(true);
    }
  });

  it('is not tried again where a model is missing', async () => {
    expect(await failing(new SpeechError('no-speech-model', 'No model for fr'))).toMatchObject({
      retryable: false,
      statusCode: 404,
    });
  });

  it('leaves LiveKit’s own errors alone', async () => {
    const error = new APIError('The voice broke off in the middle', { retryable: false });
    expect(await failing(error)).toBe(error);
  });

  it('ends quietly when it was not wanted any more', async () => {
    expect(await failing(new Error('anything'), AbortSignal.abort())).toBeUndefined();
  });
});

describe('the input of a stream', () => {
  it('gives the next attempt what a failed one was waiting for', async () => {
    const put: Array<(item: string) => void> = [];
    const input = createLastingInput<string>({
      next: () => new Promise((resolve) => put.push((value) => resolve({ value, done: false }))),
    });
    const attempt = new AbortController();
    const first = input.next(attempt.signal);
    attempt.abort();
    const second = input.next(never);
    put[0]?.('Hello');
    expect(await first).toBeUndefined();
    expect(await second).toEqual({ value: 'Hello', done: false });
    expect(put).toHaveLength(1);
    const third = input.next(never);
    put[1]?.('there');
    expect(await third).toEqual({ value: 'there', done: false });
  });

  it('keeps what came while no attempt was there to take it', async () => {
    const items = ['Hello', 'there'];
    const input = createLastingInput<string>({ next: async () => ({ value: items.shift() ?? '', done: false }) });
    const attempt = new AbortController();
    const first = input.next(attempt.signal);
    attempt.abort();
    expect(await first).toBeUndefined();
    expect(await input.next(never)).toEqual({ value: 'Hello', done: false });
    expect(await input.next(never)).toEqual({ value: 'there', done: false });
  });
});
