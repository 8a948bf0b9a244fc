import { setTimeout as delay } from 'node:timers/promises';
import {
  HEARING_RATE,
  type Heard,
  type Recogniser,
  SpeechFailure,
  type SpeechReport,
} from '../../core/speech/callable-speech.ts';
import { type AudioRing, createAudioRing, type RingEntry } from './audio-ring.ts';
import { createCoolDown } from './cool-down.ts';
import { failureOf, orAborted, untilAborted } from './within.ts';

/** An utterance that no recogniser understood is kept for so long. */
const KEPT_SECONDS = 30;
/** A recogniser that failed is left alone for so long at first. */
const REST_MS = 30_000;
/** The pause before all are asked again, after all failed: 0.5, 1, 2 .. 15 s. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** To recognise a second of audio may take so long, beyond `answerMs`: what is repeated after a failure comes all at once. */
const MS_PER_SECOND_OF_AUDIO = 250;

export interface ListeningChainOptions {
  /** In the order in which they are tried. */
  recognisers: readonly Recogniser[];
  /** Times count from the start of the stream. `flushed` comes once for each flush, also where nobody could answer. */
  onHeard(heard: Exclude<Heard, { type: 'flushed' }>): void;
  report(report: SpeechReport): void;
  signal: AbortSignal;
  restMs?: number;
  firstPauseMs?: number;
  /** The share of their time that recognisers get (for tests). */
  patience?: number;
  /** In ms, of a clock that never goes back. */
  now?: () => number;
}

/** Listens with one recogniser at a time, and never fails: the next one takes over with the audio nobody is done with. */
export interface ListeningChain {
  push(samples: Int16Array): void;
  flush(): void;
  /** No more audio. Resolves when everything was recognised, or nobody can. */
  end(): Promise<void>;
}

/** How a call came to its end. */
type CallEnd = { type: 'failed'; failure: SpeechFailure } | { type: 'go-back' } | { type: 'done' };

export function createListeningChain(options: ListeningChainOptions): ListeningChain {
  const { recognisers, signal, report, patience = 1 } = options;
  const now = options.now ?? (() => performance.now());
  const ring: AudioRing = createAudioRing(KEPT_SECONDS);
  const coolDown = createCoolDown(recognisers.length, options.restMs ?? REST_MS, now);
  let ended = false;
  let speaking = false;
  /** Takes what comes in while a call is open. */
  let forward: ((entry: RingEntry) => void) | undefined;
  let wake: (() => void) | undefined;

  const running = run();

  /** Resolves when something has come in, or will not any more. */
  async function somethingToDo(): Promise<void> {
    if (ring.entries().length > 0 || ended || signal.aborted) return;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }

  async function run(): Promise<void> {
    let rounds = 0;
    while (!signal.aborted) {
      await somethingToDo();
      if (signal.aborted || (ended && ring.entries().length === 0)) break;
      const worked = await askInOrder();
      if (worked === 'ended') break;
      if (worked === 'again') {
        rounds = 0;
        continue;
      }
      report({ provider: recognisers.at(-1)?.provider ?? 'none', stage: 'listening', kind: 'all-failed' });
      if (ended) break;
      const pauseMs = Math.min((options.firstPauseMs ?? FIRST_PAUSE_MS) * 2 ** rounds, LONGEST_PAUSE_MS);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      rounds += 1;
    }
    tellSpeaking(false);
  }

  /** Asks one after the other until one has recognised something; it then goes on until it fails. */
  async function askInOrder(): Promise<'again' | 'ended' | 'all-failed'> {
    for (const index of coolDown.order()) {
      const recogniser = recognisers[index];
      if (!recogniser) continue;
      const answers = { any: false };
      const end = await call(recogniser, index, answers);
      if (signal.aborted || end.type === 'done') return 'ended';
      if (end.type === 'go-back') return 'again';
      coolDown.failed(index);
      report({ provider: recogniser.provider, stage: 'listening', kind: end.failure.kind });
      // A flush whose transcript came has nothing left to wait for.
      if (speaking && ring.entries().length === 0) tellSpeaking(false);
      if (answers.any) return 'again';
    }
    return 'all-failed';
  }

  async function call(recogniser: Recogniser, index: number, answers: { any: boolean }): Promise<CallEnd> {
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    const fail = (failure: SpeechFailure) => stop.abort(failure);
    const late = () => fail(new SpeechFailure('timeout', 'The recogniser does not answer'));
    let timer = setTimeout(late, recogniser.answerMs * patience);
    /** Where flushes were sent that have not been answered. */
    const asked: number[] = [];
    const waitForAnswer = () => {
      clearTimeout(timer);
      const at = asked[0];
      if (at === undefined) return;
      const seconds = Math.max(0, at - ring.start) / HEARING_RATE;
      timer = setTimeout(late, recogniser.answerMs * patience + seconds * MS_PER_SECOND_OF_AUDIO);
    };
    try {
      const hearing = await orAborted(recogniser.listen(both), both);
      clearTimeout(timer);
      const start = ring.start;
      const send = (entry: RingEntry) => {
        if (entry.type === 'audio') return hearing.send(entry.samples);
        hearing.flush();
        asked.push(entry.at);
        if (asked.length === 1) waitForAnswer();
      };
      for (const entry of [...ring.entries()]) send(entry);
      forward = send;
      if (ended && asked.length === 0) return { type: 'done' };
      for await (const heard of untilAborted(hearing.events, both)) {
        if (heard.type !== 'flushed') {
          if (heard.type === 'final') answers.any = true;
          tell(heard, start);
          continue;
        }
        const at = asked.shift();
        if (at === undefined) continue;
        answers.any = true;
        coolDown.worked(index);
        ring.forget(at);
        waitForAnswer();
        tellSpeaking(false);
        if (asked.length > 0) continue;
        if (ended) return { type: 'done' };
        if (coolDown.earlierRested(index)) return { type: 'go-back' };
      }
      return { type: 'failed', failure: new SpeechFailure('closed', 'The recogniser ended the call') };
    } catch (error) {
      return { type: 'failed', failure: failureOf(stop.signal.aborted ? stop.signal.reason : error) };
    } finally {
      forward = undefined;
      clearTimeout(timer);
      stop.abort();
    }
  }

  function tell(heard: Exclude<Heard, { type: 'flushed' }>, callStart: number): void {
    const offset = callStart / HEARING_RATE;
    switch (heard.type) {
      case 'speech-start':
      case 'speech-end':
        tellSpeaking(heard.type === 'speech-start');
        break;
      case 'partial':
        if (!hasWords(heard.text)) break;
        tellSpeaking(true);
        options.onHeard({ ...heard, start: heard.start + offset, end: heard.end + offset });
        break;
      case 'final': {
        ring.forget(callStart + Math.round(heard.end * HEARING_RATE));
        if (!hasWords(heard.text)) break;
        tellSpeaking(true);
        const words = heard.words?.map((word) => ({ ...word, start: word.start + offset, end: word.end + offset }));
        options.onHeard({ ...heard, start: heard.start + offset, end: heard.end + offset, ...(words && { words }) });
        break;
      }
    }
  }

  function tellSpeaking(next: boolean): void {
    if (speaking === next) return;
    speaking = next;
    options.onHeard({ type: next ? 'speech-start' : 'speech-end' });
  }

  function take(entry: RingEntry): void {
    forward?.(entry);
    wake?.();
    wake = undefined;
  }
  const onAbort = () => {
    wake?.();
    wake = undefined;
  };
  signal.addEventListener('abort', onAbort, { once: true });
  void running.finally(() => signal.removeEventListener('abort', onAbort));

  return {
    push: (samples) => take(ring.push(samples)),
    flush: () => take(ring.flush()),
    end() {
      if (!ended) {
        ended = true;
        take(ring.flush());
      }
      return running;
    },
  };
}

/** What has neither a letter nor a digit was no speech. */
function hasWords(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}
