import type { VoiceInput } from '../../core/speech/callable-speech.ts';
import { type Clause, createClauseSplitter } from '../../spoken-text/clause-splitter.ts';
import { toSpoken } from '../../spoken-text/to-spoken.ts';

/** The text of one reply as it comes, for several readers one after the other. */
export interface TextFeed {
  readonly text: string;
  readonly ended: boolean;
  /** Whether something is to be heard after this place that a voice could have begun to say by now. */
  owesAfter(place: number): boolean;
  /** What there is from this place on, as it comes, until the text has ended or the signal fires. */
  from(place: number, signal: AbortSignal): AsyncGenerator<VoiceInput>;
  /** Resolves when the first text is here, or none will come. */
  begun(): Promise<void>;
}

/** `onMore` is called after everything that comes in. */
export function createTextFeed(input: AsyncIterable<VoiceInput>, language: string, onMore: () => void): TextFeed {
  const splitter = createClauseSplitter({ language });
  let text = '';
  let ended = false;
  /** Where flushes came, in order. */
  const flushes: number[] = [];
  /** Where the last clause that is to be heard ends, of those that are complete. */
  let owedTo = 0;
  let waiting: Array<() => void> = [];

  function owe(clauses: readonly Clause[]): void {
    for (const clause of clauses) {
      const last = toSpoken(clause.text, { language }).findLast(({ spoken }) => spoken !== '');
      if (last) owedTo = clause.start + last.end;
    }
  }

  function notify(): void {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
    onMore();
  }

  async function read(): Promise<void> {
    try {
      for await (const item of input) {
        if (item.type === 'text') {
          text += item.text;
          owe(splitter.push(item.text));
        } else {
          flushes.push(text.length);
          owe(splitter.flush());
        }
        notify();
      }
    } finally {
      ended = true;
      owe(splitter.flush());
      notify();
    }
  }
  // An input that breaks has ended.
  void read().catch(() => undefined);

  const more = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal.aborted) return resolve();
      const done = () => {
        signal.removeEventListener('abort', done);
        resolve();
      };
      waiting.push(done);
      signal.addEventListener('abort', done, { once: true });
    });

  return {
    get text() {
      return text;
    },
    get ended() {
      return ended;
    },
    owesAfter: (place) => owedTo > place,
    async *from(place, signal) {
      let at = place;
      let flushed = flushes.filter((flush) => flush <= at).length;
      while (!signal.aborted) {
        const flush = flushes[flushed];
        const end = flush ?? text.length;
        if (end > at) {
          const piece = text.slice(at, end);
          at = end;
          yield { type: 'text', text: piece };
        } else if (flush !== undefined) {
          flushed += 1;
          yield { type: 'flush' };
        } else if (ended) return;
        else await more(signal);
      }
    },
    begun: () => (text !== '' || ended ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}
