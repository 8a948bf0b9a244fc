import type { Recognition } from '../engines/recogniser.ts';
import { type VoiceActivityStream, WINDOW_SAMPLES } from '../engines/voice-activity.ts';
import { createAutomaticGain } from './automatic-gain.ts';
import { createSpeechDetector } from './speech-detector.ts';
import { createUtterance, type Utterance, type Window } from './utterance.ts';

const SECONDS_PER_WINDOW = WINDOW_SAMPLES / 16_000;
/** So much of the audio before speech was noticed belongs to the utterance: consonants begin softly. */
const PRE_ROLL_WINDOWS = 10;
/** So much of the pause after it as well. */
const POST_ROLL_WINDOWS = 6;
/** A partial result is made after so much new audio; of long utterances less often, as each takes longer. */
const PARTIAL_EVERY_WINDOWS = 16;
const PARTIAL_SHARE = 0.15;
/** With more utterances than this waiting for their text, `push` holds back. */
const MOST_BEHIND = 2;

/** What is heard in one stream of audio. Times in seconds from the start of the stream. */
export type Heard =
  | { type: 'speech-start'; at: number }
  /** What it may be, while it is being said. */
  | { type: 'partial'; text: string; start: number; end: number }
  | ({ type: 'final'; start: number; end: number } & Recognition)
  | { type: 'speech-end'; at: number };

export interface ListenerOptions {
  voiceActivity: VoiceActivityStream;
  /** Another one, which hears what is too quiet in itself. */
  louderVoiceActivity: VoiceActivityStream;
  /** Recognises 16 kHz mono samples. What is not urgent (a partial result) may be refused. */
  recognise(samples: Float32Array, urgent: boolean): Promise<Recognition>;
  /** Called in the order of the audio. */
  onHeard(heard: Heard): void;
  /** Whether partial results are wanted. */
  partials: boolean;
}

/** Finds the utterances in a stream of audio (16 kHz mono, -1..1) and has them recognised. */
export interface UtteranceListener {
  /** Takes audio. Resolves when more may come; rejects once recognising has failed. Calls must not overlap. */
  push(samples: Float32Array): Promise<void>;
  /** Ends the utterance in hand, pause or not. Resolves when everything so far has been recognised. */
  flush(): Promise<void>;
}

export function createUtteranceListener(options: ListenerOptions): UtteranceListener {
  const detector = createSpeechDetector();
  const gain = createAutomaticGain();
  let preRoll: Window[] = [];
  let utterance: Utterance | undefined;
  let windowsSeen = 0;
  let unfinished = new Float32Array(0);
  let behind = 0;
  /** Settles when all finals so far were given out. */
  let finals: Promise<void> = Promise.resolve();
  let failure: { error: unknown } | undefined;
  let partialRunning = false;
  let windowsAtLastPartial = 0;

  const secondOf = (window: number) => window * SECONDS_PER_WINDOW;

  function finish(done: Utterance, windows: number, endsSpeech: boolean): void {
    const start = secondOf(done.firstWindow);
    const end = secondOf(done.firstWindow + Math.min(windows, done.length()));
    const recognition = options.recognise(done.samples(windows), true);
    recognition.catch(() => undefined); // `finals` tells.
    behind += 1;
    afterFinals(async () => {
      const result = await recognition;
      behind -= 1;
      if (/[\p{L}\p{N}]/u.test(result.text)) options.onHeard({ type: 'final', start, end, ...shifted(result, start) });
    });
    if (endsSpeech) tell({ type: 'speech-end', at: end });
  }

  function afterFinals(next: () => Promise<void>): void {
    finals = finals.then(next);
    finals.catch((error: unknown) => {
      failure ??= { error };
    });
  }

  function tell(heard: Heard): void {
    afterFinals(async () => options.onHeard(heard));
  }

  function endUtterance(): void {
    if (!utterance) return;
    const quiet = detector.quietWindows();
    const length = utterance.length();
    // After a cut in a pause nothing more may have been said.
    const used = quiet < length ? length - Math.max(0, quiet - POST_ROLL_WINDOWS) : 0;
    if (used > 0) finish(utterance, used, true);
    else tell({ type: 'speech-end', at: secondOf(utterance.firstWindow) });
    preRoll = utterance.windowsFrom(used).slice(-PRE_ROLL_WINDOWS);
    utterance = undefined;
    detector.reset();
  }

  function maybePartial(current: Utterance): void {
    if (!options.partials || partialRunning) return;
    const due = windowsAtLastPartial + Math.max(PARTIAL_EVERY_WINDOWS, Math.round(current.length() * PARTIAL_SHARE));
    if (current.length() < due) return;
    windowsAtLastPartial = current.length();
    partialRunning = true;
    const start = secondOf(current.firstWindow);
    const end = secondOf(current.firstWindow + current.length());
    options
      .recognise(current.samples(current.length()), false)
      .then(
        ({ text }) => {
          if (utterance === current && text !== '') tell({ type: 'partial', text, start, end });
        },
        () => undefined, // The next one will do; the final result says what is wrong.
      )
      .finally(() => {
        partialRunning = false;
      });
  }

  /** Speech that is heard as it is, or when it is made louder: either may miss some. */
  async function speechProbability(samples: Float32Array): Promise<number> {
    const asItIs = await options.voiceActivity.probability(samples);
    const louder = gain.apply(samples);
    return louder ? Math.max(asItIs, await options.louderVoiceActivity.probability(louder)) : asItIs;
  }

  async function take(samples: Float32Array): Promise<void> {
    const probability = await speechProbability(samples);
    const change = detector.next(probability);
    windowsSeen += 1;
    if (utterance) utterance.add(samples, probability);
    else {
      preRoll.push({ samples, probability });
      if (preRoll.length > PRE_ROLL_WINDOWS) preRoll.shift();
    }
    if (change === 'start') {
      utterance = createUtterance(windowsSeen - preRoll.length, preRoll);
      tell({ type: 'speech-start', at: secondOf(utterance.firstWindow) });
      preRoll = [];
      windowsAtLastPartial = 0;
    } else if (change === 'end') endUtterance();
    if (!utterance) return;
    const cut = utterance.placeToCut();
    if (cut !== undefined) {
      finish(utterance, cut, false);
      utterance = utterance.rest(cut);
      windowsAtLastPartial = 0;
    } else maybePartial(utterance);
  }

  return {
    async push(samples) {
      if (failure) throw failure.error;
      const audio = new Float32Array(unfinished.length + samples.length);
      audio.set(unfinished);
      audio.set(samples, unfinished.length);
      let at = 0;
      for (; at + WINDOW_SAMPLES <= audio.length; at += WINDOW_SAMPLES) await take(audio.slice(at, at + WINDOW_SAMPLES));
      unfinished = audio.slice(at);
      if (behind > MOST_BEHIND) await finals;
    },
    async flush() {
      if (unfinished.length > 0) {
        const last = new Float32Array(WINDOW_SAMPLES);
        last.set(unfinished);
        unfinished = new Float32Array(0);
        await take(last);
      }
      endUtterance();
      await finals;
    },
  };
}

/** Times of words count from the start of the stream. */
function shifted(recognition: Recognition, by: number): Recognition {
  if (!recognition.words) return recognition;
  return {
    ...recognition,
    words: recognition.words.map(({ text, start, end }) => ({ text, start: start + by, end: end + by })),
  };
}
