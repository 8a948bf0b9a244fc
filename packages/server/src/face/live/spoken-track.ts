import { createMouthTrack, type MouthShape, type SpokenMouth } from '@visavis/face';
import type { FollowedSpeech, FollowedWord } from '../../core/calls/speech-follower.ts';
import type { SpeechNews } from './thread-messages.ts';

const RATE = 24_000;
/** What is missing between two pieces is silence; less than this is a matter of rounding, in ms. */
const GAP_MS = 5;

/** The mouth of a session, by places in its replies: hears what will be said. */
export interface SpokenTrack extends SpokenMouth {
  hear(news: SpeechNews): void;
  /** From where to where an utterance's sound is there, and until when its mouth is known, in ms; undefined for an unknown one. */
  reach(utterance: string): { fromMs: number; heardMs: number; madeMs: number } | undefined;
}

/** An utterance whose first piece may come from its middle: the mouth counts from there. */
interface Utterance {
  fromMs: number;
  heardMs: number;
}

export function createSpokenTrack(): SpokenTrack {
  const track = createMouthTrack();
  const utterances = new Map<string, Utterance>();

  const add = ({ utterance, positionMs, samples, words }: FollowedSpeech) => {
    const known = utterances.get(utterance) ?? { fromMs: positionMs, heardMs: positionMs };
    utterances.set(utterance, known);
    const gapMs = positionMs - known.heardMs;
    if (gapMs > GAP_MS) track.speech(utterance, new Int16Array(Math.round((gapMs * RATE) / 1_000)));
    track.words(
      utterance,
      words.map((word) => fromStart(word, known.fromMs)),
    );
    track.speech(utterance, samples);
    known.heardMs = positionMs + (samples.length / RATE) * 1_000;
  };

  return {
    hear(news) {
      if (news.type === 'speech') return add(news.piece);
      const { utterance } = news;
      if (news.type === 'ended') return track.end(utterance);
      utterances.delete(utterance);
      track.forget(utterance);
    },
    at(utterance, ms): MouthShape | undefined {
      const known = utterances.get(utterance);
      return known && track.at(utterance, ms - known.fromMs);
    },
    energy(utterance, ms) {
      const known = utterances.get(utterance);
      return known ? track.energy(utterance, ms - known.fromMs) : 0;
    },
    reach(utterance) {
      const known = utterances.get(utterance);
      return known && { ...known, madeMs: known.fromMs + track.madeMs(utterance) };
    },
  };
}

function fromStart({ text, startMs, endMs, phonemes }: FollowedWord, fromMs: number): FollowedWord {
  const shift = <Timed extends { startMs: number; endMs: number }>(timed: Timed): Timed => ({
    ...timed,
    startMs: timed.startMs - fromMs,
    endMs: timed.endMs - fromMs,
  });
  return { ...shift({ text, startMs, endMs }), ...(phonemes && { phonemes: phonemes.map(shift) }) };
}
