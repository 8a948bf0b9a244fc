import { PICTURE_MS, type PictureSource, type VideoLine } from '../core/calls/transport.ts';
import { RTCVideoSource, type Track, type VideoSource } from './wrtc.ts';

const BEAT_MS = 20;
const BEATS = PICTURE_MS / BEAT_MS;

/** The pictures of one connection. */
export interface PictureLine extends VideoLine {
  /** What is shown comes out of this track. */
  track(): Track;
  /** One beat of the sound's clock: its sound has been handed over. */
  beat(): void;
  stop(): void;
}

/**
 * The library takes no timestamps: a picture belongs to the sound that it is handed over with. Lines with different `phase` show theirs in
 * different beats, so that the encoders do not all run at once. `onError` hears the first error of each source.
 */
export function openPictureLine(options: { phase: number; onError: (error: unknown) => void }): PictureLine {
  let into: VideoSource | undefined;
  let track: Track | undefined;
  let source: PictureSource | undefined;
  let failed = false;
  let beats = options.phase % BEATS;

  return {
    track() {
      // What is drawn has no noise; to look for it is a seventh of the encoder's work.
      into ??= new RTCVideoSource({ needsDenoising: false });
      track ??= into.createTrack();
      return track;
    },
    show(next) {
      source = next;
      failed = false;
    },
    beat() {
      beats += 1;
      if (source === undefined || into === undefined) return;
      try {
        const picture = beats % BEATS === 0 ? source.next() : source.late?.();
        if (picture) into.onFrame(picture);
      } catch (error) {
        if (!failed) options.onError(error);
        failed = true;
      }
    },
    stop() {
      source = undefined;
      track?.stop();
      track = undefined;
      into = undefined;
    },
  };
}
