import type { Moment, PictureSettings } from '@visavis/face/rendering';

/** What the page tells the thread that draws its face. */
export type ToFaceWorker =
  /** The first message. */
  | { type: 'open'; asset: ArrayBuffer; picture: PictureSettings; seed: number }
  | { type: 'mouth'; piece: { utterance: string; fromMs: number; frames: Uint8Array; energy: Uint8Array } }
  | { type: 'interrupt' }
  /** Answered with `drawn`. `frame`: memory that is not used any more. */
  | { type: 'draw'; moment: Moment; frame: ArrayBuffer | undefined };

export type FromFaceWorker =
  /** I420. */
  | { type: 'drawn'; frame: ArrayBuffer }
  /** The asset cannot be drawn. */
  | { type: 'failed'; problem: string };
