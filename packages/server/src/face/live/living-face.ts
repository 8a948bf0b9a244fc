import {
  CAST,
  characterAsset,
  createFaceRenderer,
  createMotion,
  createMouthTrack,
  i420Bytes,
  readAsset,
  writeAsset,
} from '@visavis/face';
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

/** Pictures until a renderer is compiled: the first ones take four times as long. */
const WARM_UP_PICTURES = 40;

/** Draws a face that nobody sees, so that the first one that is seen is drawn fast. */
export function warmUp(): void {
  const [drawing] = CAST;
  if (drawing === undefined) return;
  const side = 512;
  const picture = { width: side, height: side, background: { type: 'own' as const } };
  const face = createLivingFace(writeAsset(characterAsset(drawing)), { picture, seed: 1 });
  const frame = new Uint8Array(i420Bytes(side, side));
  face.hear({ type: 'speech', piece: { utterance: '', positionMs: 0, samples: new Int16Array(2 * RATE).fill(500), words: [] } });
  for (let n = 0; n < WARM_UP_PICTURES; n++) {
    face.draw({ atMs: n * 40, speech: { utterance: '', ms: n * 40 }, state: 'speaking' }, frame);
  }
}

function fromStart({ text, startMs, endMs, phonemes }: FollowedWord, fromMs: number): FollowedWord {
  const shift = <Timed extends { startMs: number; endMs: number }>(timed: Timed): Timed => ({
    ...timed,
    startMs: timed.startMs - fromMs,
    endMs: timed.endMs - fromMs,
  });
  return { ...shift({ text, startMs, endMs }), ...(phonemes && { phonemes: phonemes.map(shift) }) };
}
