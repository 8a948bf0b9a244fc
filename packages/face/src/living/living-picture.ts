import { createMotion } from '../motion/motion.ts';
import type { FaceState, MouthShape } from '../pose.ts';
import type { FaceRenderer } from '../renderer.ts';
import { createIdlePlayer } from './idle-player.ts';

/** What a picture is to show. */
export interface Moment {
  /** Of the picture's showing, in ms by any clock. Moments come in order. */
  atMs: number;
  /** The sound that is heard with it begins here; undefined: silence. */
  speech: { utterance: string; ms: number } | undefined;
  state: FaceState;
}

/** How the mouth stands and how loud the voice is (0 to 1) at a place of an utterance. */
export interface SpokenMouth {
  /** Undefined where nothing is known. */
  at(utterance: string, ms: number): MouthShape | undefined;
  energy(utterance: string, ms: number): number;
}

/** A face that lives: draws itself as it is at a moment. The same on a server and in a page. */
export interface LivingPicture {
  /** Draws the whole picture as I420. */
  draw(moment: Moment, frame: Uint8Array): void;
  /** What it said was cut off: the mouth is shut within 120 ms. */
  interrupt(): void;
}

export function createLivingPicture(options: { renderer: FaceRenderer; seed: number; mouth: SpokenMouth }): LivingPicture {
  const { renderer, seed, mouth } = options;
  const motion = createMotion({ seed });
  const idle = createIdlePlayer({ renderer, seed });
  let beganAtMs: number | undefined;

  return {
    draw({ atMs, speech, state }, frame) {
      beganAtMs ??= atMs;
      const nowMs = atMs - beganAtMs;
      const shape = speech && mouth.at(speech.utterance, speech.ms);
      const energy = speech ? mouth.energy(speech.utterance, speech.ms) : 0;
      const live = () => motion.pose(nowMs, { state: speech ? 'speaking' : state, mouth: shape, energy });
      idle.draw({ nowMs, isIdle: speech === undefined && state === 'idle', live }, frame);
    },
    interrupt: () => motion.interrupt(),
  };
}
