import type { Moment, PictureSettings } from '@visavis/face';
import type { SpeechNews } from './thread-messages.ts';

/** One face that lives: hears what it will say, and draws itself as it is at a moment. On one thread. */
export interface LivingFace {
  hear(news: SpeechNews): void;
  /** Draws the whole picture as I420. Moments come in order. */
  draw(moment: Moment, frame: Uint8Array): void;
}

/** Makes a face of the bytes of an asset. @throws anything for an asset that cannot be drawn */
export type CreateLivingFace = (asset: Uint8Array, options: { picture: PictureSettings; seed: number }) => LivingFace;
