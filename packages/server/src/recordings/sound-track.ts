import { LINE_RATE } from '../core/calls/transport.ts';

/** One channel of a recording: pieces of sound as they came, put where they belong on the timeline. Places are samples from its beginning. */
export interface SoundTrack {
  /** A piece that came at `arrivedAt` and by the clock begins at `expectedAt`. Its samples are kept: hand over a copy. */
  add(samples: Int16Array, expectedAt: number, arrivedAt: number): void;
  /** What came and by the clock would sound after this place does not sound. */
  silenceFrom(place: number): void;
  /** What comes next has nothing to do with what came before. */
  breakOff(): void;
  /** Puts in its place everything that arrived before `until`; call it before `read`, `LOOK_AHEAD` behind the clock. */
  settle(until: number): void;
  /** Where the next sound after `from` begins; Infinity where none is in place. */
  nextSound(from: number): number;
  /** Writes what sounds from `from` on into every second sample of `stereo`, beginning with `channel`. What is before is forgotten. */
  read(from: number, stereo: Int16Array, channel: 0 | 1): void;
  /** Samples that are held. */
  readonly held: number;
}

/** A piece's place is decided when so much more has come: whether it is late, or something before it is missing, shows later. */
export const LOOK_AHEAD = LINE_RATE / 2;
/** Sound that is off by more than this is put right, in places where nobody is heard: 20 ms. */
const TOLERANCE = LINE_RATE / 50;
/** And by more than this, wherever it is: 60 ms. */
const MOST_OFF = (LINE_RATE * 60) / 1000;
/** Softer pieces may be cut and moved without being noticed: -40 dB of full scale. */
const QUIET = 328;

interface Piece {
  samples: Int16Array;
  arrivedAt: number;
  /** Where it would begin if no sound had come before it: its expected place less the samples before it. Rises when sound is missing. */
  base: number;
  /** Its place among the samples of its stretch. */
  offset: number;
  stretch: number;
}

/**
 * The places come from counting samples, as pieces come with jitter and in bursts; the clock corrects the count. How far the count is off
 * is the least lateness of the pieces of the next half second: late ones are not off, as long as one of them has caught up.
 */
export function createSoundTrack(): SoundTrack {
  const waiting: Piece[] = [];
  const placed: Array<{ start: number; samples: Int16Array }> = [];
  let stretch = 0;
  let counted = 0;
  /** What is added to a piece's `offset` to get its place; undefined before the first piece of a stretch. */
  let shift: number | undefined;
  let placedStretch = 0;
  let end = 0;
  let held = 0;

  /** Indexes into `waiting` with rising `base`: the first is the least of the window (a monotonic queue). */
  function leastBases(): (index: number) => number {
    const queue: number[] = [];
    let ahead = 0;
    return (index) => {
      const piece = waiting[index] as Piece;
      for (; ahead < waiting.length; ahead++) {
        const next = waiting[ahead] as Piece;
        if (next.stretch !== piece.stretch || next.arrivedAt > piece.arrivedAt + LOOK_AHEAD) break;
        while (queue.length > 0 && (waiting[queue.at(-1) as number] as Piece).base >= next.base) queue.pop();
        queue.push(ahead);
      }
      while ((queue[0] as number) < index) queue.shift();
      return (waiting[queue[0] as number] as Piece).base;
    };
  }

  function place({ samples, offset, stretch: of }: Piece, least: number): void {
    if (of !== placedStretch) {
      placedStretch = of;
      shift = undefined;
    }
    if (shift === undefined) shift = least;
    else {
      const off = least - shift;
      if (Math.abs(off) > MOST_OFF) shift = least;
      else if (Math.abs(off) > TOLERANCE && isQuiet(samples)) shift += Math.max(off, -samples.length);
    }
    const start = Math.round(offset + shift);
    // Where the count was ahead, the beginning of a piece is dropped.
    const overlap = Math.max(end - start, 0);
    if (overlap >= samples.length) {
      held -= samples.length;
      return;
    }
    placed.push({ start: start + overlap, samples: samples.subarray(overlap) });
    held -= overlap;
    end = start + samples.length;
  }

  return {
    add(samples, expectedAt, arrivedAt) {
      waiting.push({ samples, arrivedAt, base: expectedAt - counted, offset: counted, stretch });
      counted += samples.length;
      held += samples.length;
    },
    silenceFrom(place) {
      for (const { samples, base, offset } of waiting)
        samples.fill(0, Math.min(samples.length, Math.max(0, place - base - offset)));
    },
    breakOff() {
      stretch++;
      counted = 0;
    },
    settle(until) {
      const leastBaseFrom = leastBases();
      let done = 0;
      for (; done < waiting.length && (waiting[done] as Piece).arrivedAt < until; done++) {
        place(waiting[done] as Piece, leastBaseFrom(done));
      }
      waiting.splice(0, done);
    },
    nextSound(from) {
      for (const { start, samples } of placed) if (start + samples.length > from) return Math.max(start, from);
      return Number.POSITIVE_INFINITY;
    },
    read(from, stereo, channel) {
      const until = from + stereo.length / 2;
      while (placed.length > 0) {
        const { start, samples } = placed[0] as (typeof placed)[number];
        if (start >= until) return;
        const last = Math.min(start + samples.length, until);
        for (let at = Math.max(start, from); at < last; at++) stereo[(at - from) * 2 + channel] = samples[at - start] as number;
        if (start + samples.length > until) return;
        placed.shift();
        held -= samples.length;
      }
    },
    get held() {
      return held;
    },
  };
}

function isQuiet(samples: Int16Array): boolean {
  return samples.every((sample) => sample < QUIET && sample > -QUIET);
}
