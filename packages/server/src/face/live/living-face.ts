import { createFaceRenderer, createMotion, createMouthTrack, readAsset } from '@visavis/face';
import type { FollowedSpeech, FollowedWord } from '../../core/calls/speech-follower.ts';
import type { CreateLivingFace } from './face-parts.ts';
import { createIdlePlayer } from './idle-player.ts';
import type { Moment } from './thread-messages.ts';

const RATE = 24_000;
/** What is missing between two pieces is silence; less than this is a matter of rounding, in ms. */
const GAP_MS = 5;

/** An utterance whose first piece may come from its middle: the mouth counts from there. */
interface Utterance {
  fromMs: number;
  madeMs: number;
}

/** A face of an asset, moved by what it says and does. */
export const createLivingFace: CreateLivingFace = (bytes, { picture, seed }) => {
  const renderer = createFaceRenderer(readAsset(bytes), picture);
  const track = createMouthTrack();
  const motion = createMotion({ seed });
  const idle = createIdlePlayer({ renderer, seed });
  const utterances = new Map<string, Utterance>();
  let beganAtMs: number | undefined;

  const add = ({ utterance, positionMs, samples, words }: FollowedSpeech) => {
    const known = utterances.get(utterance) ?? { fromMs: positionMs, madeMs: positionMs };
    utterances.set(utterance, known);
    const gapMs = positionMs - known.madeMs;
    if (gapMs > GAP_MS) track.speech(utterance, new Int16Array(Math.round((gapMs * RATE) / 1_000)));
    track.words(
      utterance,
      words.map((word) => fromStart(word, known.fromMs)),
    );
    track.speech(utterance, samples);
    known.madeMs = positionMs + (samples.length / RATE) * 1_000;
  };

  return {
    hear(news) {
      if (news.type === 'speech') return add(news.piece);
      const { utterance } = news;
      if (news.type === 'ended') return track.end(utterance);
      if (news.type === 'cut') motion.interrupt();
      utterances.delete(utterance);
      track.forget(utterance);
    },
    draw({ atMs, speech, state }: Moment, frame) {
      beganAtMs ??= atMs;
      const known = speech && utterances.get(speech.utterance);
      const ms = speech && known ? speech.ms - known.fromMs : 0;
      const mouth = speech && known ? track.at(speech.utterance, ms) : undefined;
      const energy = speech && known ? track.energy(speech.utterance, ms) : 0;
      const nowMs = atMs - beganAtMs;
      const live = () => motion.pose(nowMs, { state: speech ? 'speaking' : state, mouth, energy });
      idle.draw({ nowMs, isIdle: speech === undefined && state === 'idle', live }, frame);
    },
  };
};

function fromStart({ text, startMs, endMs, phonemes }: FollowedWord, fromMs: number): FollowedWord {
  const shift = <Timed extends { startMs: number; endMs: number }>(timed: Timed): Timed => ({
    ...timed,
    startMs: timed.startMs - fromMs,
    endMs: timed.endMs - fromMs,
  });
  return { ...shift({ text, startMs, endMs }), ...(phonemes && { phonemes: phonemes.map(shift) }) };
}
