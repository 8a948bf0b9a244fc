import { CLOSED_MOUTH, encodeMouth, MOUTH_FRAME_MS, type MouthShape } from '@visavis/face';
import type { MouthFrames } from '../../core/calls/face.ts';
import { createSpokenTrack } from './spoken-track.ts';
import type { SpeechNews } from './thread-messages.ts';

/** How the mouth stands depends on what is said this much later, in ms; what has not come after a while does not count. */
const FOLLOWS_MS = 120;
const WAIT_MS = 60;
/** So many frames are made at a time, so that pictures of other faces do not wait: some 3 ms of work; fewer first: they are in a hurry. */
const FRAMES_AT_ONCE = 25;
const FIRST_FRAMES = 5;

/** A mouth whose face is drawn somewhere else: tells how it stands as soon as that is known, in frames on a grid of 20 ms. */
export interface FramedMouth {
  hear(news: SpeechNews): void;
  close(): void;
}

interface Made {
  /** Of the first frame that is not made yet. */
  next: number;
  first: number;
  ended: boolean;
  /** Nothing came for `WAIT_MS`: what is there has to do. */
  waited: boolean;
}

export function createFramedMouth(tell: (piece: MouthFrames) => void): FramedMouth {
  const track = createSpokenTrack();
  const making = new Map<string, Made>();
  let soon: NodeJS.Immediate | undefined;
  let waiting: NodeJS.Timeout | undefined;

  /** Behind the last frame that can be made now. */
  const limitOf = (utterance: string, { ended, waited }: Made): number => {
    const reach = track.reach(utterance);
    if (!reach) return 0;
    const untilMs = ended ? reach.heardMs : Math.min(reach.madeMs, reach.heardMs) - (waited ? 0 : FOLLOWS_MS);
    return Math.ceil(untilMs / MOUTH_FRAME_MS);
  };

  const make = () => {
    soon = undefined;
    for (const [utterance, made] of making) {
      const end = Math.min(limitOf(utterance, made), made.next + (made.next === made.first ? FIRST_FRAMES : FRAMES_AT_ONCE));
      if (end <= made.next) continue;
      const shapes: MouthShape[] = [];
      const energy: number[] = [];
      const fromMs = made.next * MOUTH_FRAME_MS;
      for (; made.next < end; made.next += 1) {
        const ms = made.next * MOUTH_FRAME_MS;
        shapes.push(track.at(utterance, ms) ?? CLOSED_MOUTH);
        energy.push(Math.round(255 * track.energy(utterance, ms)));
      }
      tell({ utterance, fromMs, frames: encodeMouth(shapes), energy: Uint8Array.from(energy) });
      soon = setImmediate(make);
      return;
    }
  };

  const wait = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      for (const made of making.values()) made.waited = true;
      soon ??= setImmediate(make);
    }, WAIT_MS);
  };

  return {
    hear(news) {
      track.hear(news);
      if (news.type === 'speech') {
        const { utterance, positionMs } = news.piece;
        const first = Math.ceil(positionMs / MOUTH_FRAME_MS);
        const made = making.get(utterance) ?? { first, next: first, ended: false, waited: false };
        made.ended = false;
        made.waited = false;
        making.set(utterance, made);
        wait();
      } else if (news.type === 'ended') {
        const made = making.get(news.utterance);
        if (made) made.ended = true;
      } else making.delete(news.utterance);
      soon ??= setImmediate(make);
    },
    close() {
      making.clear();
      clearTimeout(waiting);
      if (soon) clearImmediate(soon);
      soon = undefined;
    },
  };
}
