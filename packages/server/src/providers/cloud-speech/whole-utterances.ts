import { AsyncIterableQueue } from '@livekit/agents';
import { HEARING_RATE, type Heard, type Recogniser } from '../../core/speech/callable-speech.ts';

export interface WholeUtteranceOptions {
  provider: string;
  /** How long one request may take, in ms. */
  answerMs: number;
  /** Recognises one utterance; '' where nothing is said. @throws SpeechFailure */
  recognise(samples: Int16Array, signal: AbortSignal): Promise<{ text: string; language?: string }>;
}

/** Loudness is looked at in pieces of 20 ms. */
const PIECE = HEARING_RATE / 50;
/** A piece is speech where it is louder than this share of the loudest, and than a whisper (of 32767). */
const SPEECH_SHARE = 0.06;
const QUIETEST_SPEECH = 120;
/** Consonants begin softly. */
const LEAD_IN_PIECES = 15;
/** Nobody is listened to for longer at once; what is older was silence. */
const MOST_SAMPLES = 30 * HEARING_RATE;
/** Fewer loud pieces are a knock, no word. */
const FEWEST_PIECES = 4;

/**
 * A recogniser that takes whole recordings, as one that hears a stream: an utterance is what lies between two flushes, which the
 * conversation's voice detector sets; no second detector runs here. The quiet before it is cut off by its loudness, so that waiting
 * costs nothing, and what holds no sound of a word is never sent: Whisper hears thanks for watching in it.
 */
export function createWholeUtterances({ provider, answerMs, recognise }: WholeUtteranceOptions): Recogniser {
  return {
    provider,
    answerMs,
    async listen(signal) {
      const events = new AsyncIterableQueue<Heard>();
      let failure: unknown;
      let pieces: Int16Array[] = [];
      let waiting = 0;
      let begin = 0;
      let turn: Promise<void> = Promise.resolve();
      const close = () => {
        if (!events.closed) events.close();
      };
      if (signal.aborted) close();
      signal.addEventListener('abort', close, { once: true });

      async function hear(samples: Int16Array, end: number): Promise<void> {
        if (failure !== undefined || signal.aborted) return;
        const start = beginningOfSpeech(samples);
        const said = start === undefined ? undefined : await recognise(samples.subarray(start), signal);
        if (events.closed) return;
        const text = said?.text.trim() ?? '';
        const at = (end - samples.length + (start ?? 0)) / HEARING_RATE;
        if (text !== '') events.put({ type: 'final', ...said, text, start: at, end: end / HEARING_RATE });
        events.put({ type: 'flushed' });
      }

      return {
        send(samples) {
          pieces.push(samples);
          waiting += samples.length;
          while (waiting - (pieces[0]?.length ?? 0) > MOST_SAMPLES) {
            const dropped = pieces.shift()?.length ?? 0;
            waiting -= dropped;
            begin += dropped;
          }
        },
        flush() {
          const samples = new Int16Array(waiting);
          let at = 0;
          for (const piece of pieces) {
            samples.set(piece, at);
            at += piece.length;
          }
          begin += waiting;
          const end = begin;
          pieces = [];
          waiting = 0;
          turn = turn
            .then(() => hear(samples, end))
            .catch((error: unknown) => {
              failure ??= error;
              close();
            });
        },
        events: (async function* () {
          try {
            yield* events;
            if (failure !== undefined && !signal.aborted) throw failure;
          } finally {
            signal.removeEventListener('abort', close);
          }
        })(),
      };
    },
  };
}

/** Where the speech begins that the audio ends with, in samples; undefined where there is none. */
export function beginningOfSpeech(samples: Int16Array): number | undefined {
  const loudness: number[] = [];
  for (let at = 0; at + PIECE <= samples.length; at += PIECE) {
    let sum = 0;
    for (let index = at; index < at + PIECE; index += 1) sum += (samples[index] ?? 0) ** 2;
    loudness.push(Math.sqrt(sum / PIECE));
  }
  const least = Math.max(QUIETEST_SPEECH, SPEECH_SHARE * loudness.reduce((most, one) => Math.max(most, one), 0));
  const first = loudness.findIndex((one) => one >= least);
  if (first < 0 || loudness.filter((one) => one >= least).length < FEWEST_PIECES) return undefined;
  return Math.max(0, first - LEAD_IN_PIECES) * PIECE;
}
