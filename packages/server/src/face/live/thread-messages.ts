import type { Moment, PictureSettings } from '@visavis/face';
import type { MouthFrames } from '../../core/calls/face.ts';
import type { FollowedSpeech } from '../../core/calls/speech-follower.ts';

/** A face as the thread is to hold it. */
export interface FaceOrder {
  id: number;
  assetFile: string;
  picture: PictureSettings;
  /** See `FaceSpec`. */
  backgroundFile: string | undefined;
  seed: number;
  /** A `FrameMemory` of the picture's size. */
  frames: SharedArrayBuffer;
}

/** What a face hears of what it says. */
export type SpeechNews =
  | { type: 'speech'; piece: FollowedSpeech }
  /** See `SpeechFollower`. */
  | { type: 'ended' | 'cut'; utterance: string }
  /** It was played. */
  | { type: 'forget'; utterance: string };

export type ToThread =
  /**
   * The first message. `draws`: faces are to be drawn here, not mouths only. `warms`: nobody waits, so the first one is prepared for. `parts`: the
   * module that makes faces of assets; undefined: the product's own.
   */
  | { type: 'begin'; draws: boolean; warms: boolean; parts: string | undefined }
  /** Answered with `opened` or `failed`. One with the id of a face that is there takes its place. */
  | ({ type: 'open' } & FaceOrder)
  /** A mouth without a face, to be told as frames. */
  | { type: 'open-mouth'; id: number }
  | ({ id: number } & SpeechNews)
  /** `atMs` of the moment is by `absoluteMs`. Answered in the face's `FrameMemory`. After `dueMs` nobody wants it any more. */
  | { type: 'draw'; id: number; number: number; dueMs: number; moment: Moment }
  | { type: 'close'; id: number };

export type FromThread =
  /** It takes messages. */
  | { type: 'ready' }
  | { type: 'opened'; id: number }
  | { type: 'mouth'; id: number; piece: MouthFrames }
  /** This face cannot be drawn, or not any more. */
  | { type: 'failed'; id: number; problem: string };

/** One clock for all threads, in ms. */
export function absoluteMs(): number {
  return performance.timeOrigin + performance.now();
}
