import { AsyncIterableQueue } from '@livekit/agents';
import { type CallableVoice, VOICE_RATE, type VoiceInput, type VoicePiece } from '../../core/speech/callable-speech.ts';
import { type Clause, createClauseSplitter } from '../../spoken-text/clause-splitter.ts';
import { toSpoken } from '../../spoken-text/to-spoken.ts';
import { createWordTimes, type Mark } from './word-times.ts';

/** What a vendor gives back. */
export interface VendorPiece {
  /** Mono at `VOICE_RATE`. */
  samples: Int16Array;
  /** When stretches of the texts are said, in their order, in seconds from the start of the call. */
  marks?: readonly Mark[];
  /** A text has been said to its end with this piece. */
  textEnds?: boolean;
}

export interface ClauseVoiceOptions extends Pick<CallableVoice, 'provider' | 'firstAudioMs' | 'nextAudioMs'> {
  /** As in `en` or `en-GB`. */
  language: string;
  /** Whether the vendor tells when it says what. */
  tellsTimes: boolean;
  /** Says texts, one after the other: plain words, with a blank at the end. @throws SpeechFailure */
  say(texts: AsyncIterable<string>, signal: AbortSignal): AsyncIterable<VendorPiece>;
}

/**
 * A vendor's voice for a chain. What was written is given to it clause by clause, as it is said (without markup, numbers in words), and what
 * it says is told in the written words.
 */
export function createClauseVoice(options: ClauseVoiceOptions): CallableVoice {
  const { provider, firstAudioMs, nextAudioMs } = options;
  return { provider, firstAudioMs, nextAudioMs, speak: (input, signal) => speak(options, input, signal) };
}

async function* speak(
  { language, tellsTimes, say }: ClauseVoiceOptions,
  input: AsyncIterable<VoiceInput>,
  signal: AbortSignal,
): AsyncGenerator<VoicePiece> {
  const times = createWordTimes({ tellsTimes });
  const texts = new AsyncIterableQueue<string>();
  const give = (clauses: readonly Clause[]) => {
    for (const { text } of clauses) {
      const spoken = times.add(text, toSpoken(text, { language }));
      if (spoken !== '' && !texts.closed) texts.put(spoken);
    }
  };
  const splitter = createClauseSplitter({ language });
  const reading = (async () => {
    try {
      for await (const item of input) give(item.type === 'text' ? splitter.push(item.text) : splitter.flush());
      give(splitter.flush());
    } finally {
      texts.close();
    }
  })();
  reading.catch(() => undefined); // The chain's own input: it never fails.

  let samples = 0;
  const seconds = () => samples / VOICE_RATE;
  try {
    for await (const piece of say(texts, signal)) {
      samples += piece.samples.length;
      if (piece.marks) times.mark(piece.marks);
      yield { samples: piece.samples, words: piece.textEnds ? times.textEnded(seconds()) : times.begunBy(seconds()) };
    }
  } catch (error) {
    yield { samples: new Int16Array(0), words: times.brokenOffAt(seconds()) };
    throw error;
  }
  yield { samples: new Int16Array(0), words: times.ended(seconds()) };
}
