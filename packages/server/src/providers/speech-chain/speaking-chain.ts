import {
  type CallableVoice,
  SpeechFailure,
  type SpeechReport,
  VOICE_RATE,
  type VoiceInput,
  type VoicePiece,
} from '../../core/speech/callable-speech.ts';
import { type CoolDown, createCoolDown } from './cool-down.ts';
import { createTextFeed, type TextFeed } from './text-feed.ts';
import { failureOf, untilAborted } from './within.ts';
import { createWrittenWords, type WrittenWords } from './written-words.ts';

/** A voice that failed is left alone for so long at first. */
const REST_MS = 30_000;

export interface SpeakingChainOptions {
  /** In the order in which they are tried. */
  voices: readonly CallableVoice[];
  /** As in `en` or `en-GB`. */
  language: string;
  report(report: SpeechReport): void;
  restMs?: number;
  /** The share of their time that voices get (for tests). */
  patience?: number;
  /** In ms, of a clock that never goes back. */
  now?: () => number;
}

/** Several voices as one that never fails: where one breaks off, the next goes on with the next word. */
export interface SpeakingChain {
  /**
   * Says one reply. The texts of the words, joined, are the text that was written; times count from the beginning of the reply. Ends after
   * the text, when `signal` fires, or when no voice can go on.
   */
  speak(input: AsyncIterable<VoiceInput>, signal: AbortSignal): AsyncGenerator<VoicePiece>;
}

export function createSpeakingChain(options: SpeakingChainOptions): SpeakingChain {
  const coolDown = createCoolDown(options.voices.length, options.restMs ?? REST_MS, options.now ?? (() => performance.now()));
  return { speak: (input, signal) => speakReply(options, coolDown, input, signal) };
}

async function* speakReply(
  { voices, language, report, patience = 1 }: SpeakingChainOptions,
  coolDown: CoolDown,
  input: AsyncIterable<VoiceInput>,
  signal: AbortSignal,
): AsyncGenerator<VoicePiece> {
  const words = createWrittenWords();
  const reply: Reply = { words, samples: 0, onMore: undefined, feed: undefined as never };
  reply.feed = createTextFeed(input, language, () => {
    words.write(reply.feed.text.slice(words.text.length));
    reply.onMore?.();
  });
  await reply.feed.begun();
  if (reply.feed.text === '') return;

  let last = 'none';
  for (const index of coolDown.order()) {
    const voice = voices[index];
    if (signal.aborted || !voice) return;
    last = voice.provider;
    const failure = yield* callVoice(voice, reply, patience, signal);
    if (signal.aborted) return;
    if (!failure) {
      coolDown.worked(index);
      const rest = words.rest(reply.samples / VOICE_RATE);
      if (rest) yield { samples: new Int16Array(0), words: [rest] };
      return;
    }
    coolDown.failed(index);
    report({ provider: voice.provider, stage: 'speaking', kind: failure.kind });
  }
  report({ provider: last, stage: 'speaking', kind: 'all-failed' });
}

/** One reply on its way through the voices. */
interface Reply {
  feed: TextFeed;
  words: WrittenWords;
  /** How many samples were given out. */
  samples: number;
  /** Called when more text has come. */
  onMore: (() => void) | undefined;
}

/** Has a voice say what is left of a reply; returns why it could not. */
async function* callVoice(
  voice: CallableVoice,
  reply: Reply,
  patience: number,
  signal: AbortSignal,
): AsyncGenerator<VoicePiece, SpeechFailure | undefined> {
  const { feed, words } = reply;
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const startSeconds = reply.samples / VOICE_RATE;
  let timer: NodeJS.Timeout | undefined;
  /** Starts the time limit where there is none and the voice owes something. */
  const watch = (limitMs: number) => {
    if (timer !== undefined || !(feed.ended || feed.owesAfter(words.saidTo))) return;
    timer = setTimeout(() => stop.abort(new SpeechFailure('timeout', 'The voice does not go on')), limitMs * patience);
  };
  reply.onMore = () => watch(voice.firstAudioMs);
  reply.onMore();
  try {
    for await (const piece of untilAborted(voice.speak(feed.from(words.saidTo, both), both), both)) {
      clearTimeout(timer);
      timer = undefined;
      reply.samples += piece.samples.length;
      const said = words.said(piece.words);
      yield { samples: piece.samples, words: said.map((word) => later(word, startSeconds)) };
      watch(voice.nextAudioMs);
    }
    if (feed.owesAfter(words.saidTo) && reply.samples / VOICE_RATE === startSeconds)
      return new SpeechFailure('bad-answer', 'The voice said nothing');
    return undefined;
  } catch (error) {
    // Everything was said and only the end was not told: nobody misses anything.
    if (stop.signal.aborted && feed.ended && !feed.owesAfter(words.saidTo)) return undefined;
    return failureOf(stop.signal.aborted ? stop.signal.reason : error);
  } finally {
    reply.onMore = undefined;
    clearTimeout(timer);
    stop.abort();
  }
}

function later<Word extends VoicePiece['words'][number]>(word: Word, seconds: number): Word {
  return {
    ...word,
    start: word.start + seconds,
    end: word.end + seconds,
    ...(word.phonemes && {
      phonemes: word.phonemes.map((phoneme) => ({ ...phoneme, start: phoneme.start + seconds, end: phoneme.end + seconds })),
    }),
  };
}
