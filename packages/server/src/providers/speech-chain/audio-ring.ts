import { HEARING_RATE } from '../../core/speech/callable-speech.ts';

/** What came in: audio, or the mark that an utterance ended. `at`: samples from the start of the stream, where it begins. */
export type RingEntry = { type: 'audio'; at: number; samples: Int16Array } | { type: 'flush'; at: number };

/** The audio that no recogniser is done with yet. */
export interface AudioRing {
  /** Where the oldest entry begins, in samples from the start of the stream. */
  readonly start: number;
  /** Where the next audio goes. */
  readonly end: number;
  entries(): readonly RingEntry[];
  push(samples: Int16Array): RingEntry;
  flush(): RingEntry;
  /** Forgets everything before `at`, a mark there included. */
  forget(at: number): void;
}

/** Keeps at most the last `mostSeconds`. */
export function createAudioRing(mostSeconds: number): AudioRing {
  const most = mostSeconds * HEARING_RATE;
  let entries: RingEntry[] = [];
  let start = 0;
  let end = 0;

  function forget(at: number): void {
    if (at <= start && entries[0]?.type !== 'flush') return;
    start = Math.max(start, Math.min(at, end));
    let kept = 0;
    for (; kept < entries.length; kept += 1) {
      const entry = entries[kept];
      if (!entry || entry.at + (entry.type === 'audio' ? entry.samples.length : 0) > start) break;
    }
    entries = entries.slice(kept);
    const first = entries[0];
    if (first?.type === 'audio' && first.at < start) {
      entries[0] = { type: 'audio', at: start, samples: first.samples.subarray(start - first.at) };
    }
  }

  function add<Entry extends RingEntry>(entry: Entry): Entry {
    entries.push(entry);
    return entry;
  }

  return {
    get start() {
      return start;
    },
    get end() {
      return end;
    },
    entries: () => entries,
    push(samples) {
      const entry = add({ type: 'audio', at: end, samples });
      end += samples.length;
      if (end - start > most) forget(end - most);
      return entry;
    },
    flush: () => add({ type: 'flush', at: end }),
    forget,
  };
}
