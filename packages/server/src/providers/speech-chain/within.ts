import { SpeechFailure } from '../../core/speech/callable-speech.ts';

/** Settles as `work` does, or rejects with the signal's reason once it fires: for work that may not listen to its signal. */
export function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** The items as they come, until the signal fires: then it throws its reason, whatever the source does. */
export async function* untilAborted<Item>(source: AsyncIterable<Item>, signal: AbortSignal): AsyncGenerator<Item> {
  const items = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await orAborted(items.next(), signal);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // A source that hangs is not waited for.
    void items.return?.(undefined)?.then(undefined, () => undefined);
  }
}

/** What went wrong, as it is reported. Anything unexpected counts as an answer that makes no sense. */
export function failureOf(error: unknown): SpeechFailure {
  if (error instanceof SpeechFailure) return error;
  return new SpeechFailure('bad-answer', 'The provider failed in an unexpected way', { cause: error });
}
