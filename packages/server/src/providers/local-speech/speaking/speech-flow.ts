import type { SpokenPart, TimedWord } from '../../../core/speech/speech.ts';
import { type Clause, createClauseSplitter } from '../../../spoken-text/clause-splitter.ts';
import { MARGIN_SECONDS } from './sound.ts';
import { OUTPUT_RATE, type SpokenClause } from './speak-clause.ts';

/** The silence that is heard between a clause and the next, in seconds at the voice's own pace. */
const PAUSE_SECONDS: Record<Clause['ending'], number> = { phrase: 0.06, clause: 0.18, sentence: 0.35, paragraph: 0.55 };
/** Of it, what clauses bring themselves: the quiet at their ends. */
const OWN_SECONDS = MARGIN_SECONDS.before + MARGIN_SECONDS.after;
/** Clauses that are being spoken or wait for it, of one flow: enough to stay ahead of the listener. */
const MOST_AHEAD = 2;

/** A text that is slow is not waited for longer than this before something of it is said, in ms. */
const PATIENCE_MS = 200;
/** When less than this is left to be heard of what was made, more is made of what there is, in ms. */
const LEAST_LEFT_MS = 500;
/** What is said before its clause is complete has so many words: fewer sound torn. */
const LEAST_WORDS = 4;

/** The urgency of a clause: the first ones are waited for by a person, later ones have time. */
export const URGENCY = { first: 0, later: 1 };

export interface SpeechFlowOptions {
  language: string;
  speed: number;
  speak(text: string, urgency: number): Promise<SpokenClause>;
  /** Called in order; `words` count from the start of the flow. */
  onPart(part: SpokenPart): void;
  /** Everything up to a `flush` was given out. */
  onFlushed(): void;
  /** A clause could not be spoken; nothing follows. */
  onFailed(error: unknown): void;
  /** In ms. */
  clock?: () => number;
}

/** Text in, as it is written; speech out, clause by clause. */
export interface SpeechFlow {
  push(text: string): void;
  /** Says what has come so far, though its clause may not be complete. */
  flush(): void;
  /** No more text. Resolves when all of it was given out, or has failed. */
  end(): Promise<void>;
}

export function createSpeechFlow(options: SpeechFlowOptions): SpeechFlow {
  const clock = options.clock ?? (() => performance.now());
  let splitter = createClauseSplitter({ language: options.language });
  /** When the first text came, and when the listener has heard all that was given out. */
  let begunAt: number | undefined;
  let heardAt: number | undefined;
  /** Clauses that are being spoken or wait for it. */
  let unspoken = 0;
  /** Settles when everything so far was given out. */
  let given: Promise<void> = Promise.resolve();
  /** The clauses given to the voice last. */
  let ahead: Promise<unknown>[] = [];
  let samplesGiven = 0;
  /** In samples; belongs to the clause that follows, so that nothing trails after the last one. */
  let pause = 0;
  let anySaid = false;
  let failed = false;

  function inTurn(next: () => Promise<void>): void {
    given = given
      .then(() => (failed ? undefined : next()))
      .catch((error: unknown) => {
        failed = true;
        options.onFailed(error);
      });
  }

  async function give(spoken: Promise<SpokenClause>, ending: Clause['ending']): Promise<void> {
    const { samples, words } = await spoken;
    if (samples.length === 0) return;
    const whole = new Int16Array(pause + samples.length);
    whole.set(samples, pause);
    const start = (samplesGiven + pause) / OUTPUT_RATE;
    samplesGiven += whole.length;
    heardAt = Math.max(heardAt ?? 0, clock()) + (whole.length / OUTPUT_RATE) * 1_000;
    pause = Math.round(Math.max(0, PAUSE_SECONDS[ending] / options.speed - OWN_SECONDS) * OUTPUT_RATE);
    options.onPart({ samples: whole, words: words.map((word) => later(word, start)) });
  }

  function say({ text, ending }: Clause): void {
    if (failed || text.trim() === '') return;
    const urgency = anySaid ? URGENCY.later : URGENCY.first;
    anySaid = true;
    // Begins when the clause before the last one is spoken, so that no flow holds all threads.
    const turn = ahead.length < MOST_AHEAD ? undefined : ahead[0];
    const spoken = Promise.resolve(turn).then(() => options.speak(text, urgency));
    spoken.catch(() => undefined); // `given` tells.
    ahead = [...ahead, spoken].slice(-MOST_AHEAD);
    unspoken++;
    inTurn(async () => {
      await give(spoken, ending);
      unspoken--;
    });
  }

  /** A slow text: what there is of its clause is said before the listener has to wait for the rest. */
  function hurry(): void {
    const dueAt = heardAt === undefined ? (begunAt ?? 0) + PATIENCE_MS : heardAt - LEAST_LEFT_MS;
    if (unspoken > 0 || clock() < dueAt) return;
    const phrase = splitter.hurry(LEAST_WORDS);
    if (phrase) say(phrase);
  }

  function sayRest(): void {
    for (const clause of splitter.flush()) say(clause);
    splitter = createClauseSplitter({ language: options.language });
  }

  return {
    push(text) {
      begunAt ??= clock();
      for (const clause of splitter.push(text)) say(clause);
      hurry();
    },
    flush() {
      sayRest();
      inTurn(async () => options.onFlushed());
    },
    end() {
      sayRest();
      return given;
    },
  };
}

function later(word: TimedWord, seconds: number): TimedWord {
  return {
    ...word,
    start: word.start + seconds,
    end: word.end + seconds,
    ...(word.phonemes && {
      phonemes: word.phonemes.map(({ phoneme, start, end }) => ({ phoneme, start: start + seconds, end: end + seconds })),
    }),
  };
}
