import type { FollowedWord } from '../../core/calls/speech-follower.ts';
import type { RateConverter } from './rate-converter.ts';

/** What is played, and what voices give. */
export const SPEAKING_RATE = 24_000;

interface RawPiece {
  samples: Int16Array;
  rate: number;
  at: number;
}

/** Speech that belongs together: it came without a pause, or is one text. */
export interface Utterance {
  readonly id: string;
  /** No more comes of it. */
  whole: boolean;
  /** How long a text will be said whose sound is not made yet, in ms: a guess. */
  guessedMs: number;
  /** Its first sound has been handed over. */
  begun: boolean;
  handedMs(): number;
  /** How much of it is still to be played, in ms. */
  waitingMs(): number;
  /** Sound at its own rate; converted as it is needed. */
  addRaw(samples: Int16Array, rate: number): void;
  /** Sound at `SPEAKING_RATE`. Gives where it belongs, in ms from the beginning. */
  addMade(samples: Int16Array, words?: FollowedWord[]): number;
  /** Converts what came, up to so many samples ahead of the playing; gives the pieces, each with its place in ms. */
  convert(options: { ahead: number; mostMs: number; converterFor: (rate: number) => RateConverter }): MadePiece[];
  /** How many samples can be taken now. */
  ready(): number;
  /** Whether all that came is converted. */
  isConverted(): boolean;
  /** Takes up to `into.length` samples; gives how many. */
  take(into: Int16Array): number;
  /** What is made and not yet taken. */
  rest(): MadePiece[];
}

export interface MadePiece {
  positionMs: number;
  samples: Int16Array;
  words: FollowedWord[];
}

/** Converted at a time, in ms: half a millisecond's work. */
const STEP_MS = 40;
const stepOf = (rate: number) => Math.ceil((rate * STEP_MS) / 1_000);

export const milliseconds = (samples: number, rate = SPEAKING_RATE) => (samples / rate) * 1_000;

export function createUtterance(id: string): Utterance {
  const raw: RawPiece[] = [];
  const made: Int16Array[] = [];
  let words: FollowedWord[] = [];
  let rawMs = 0;
  let offset = 0;
  let ready = 0;
  let handed = 0;
  let converter: { rate: number; is: RateConverter } | undefined;

  const addMade = (samples: Int16Array, itsWords: FollowedWord[] = []) => {
    const positionMs = milliseconds(handed + ready);
    if (samples.length > 0) made.push(samples);
    ready += samples.length;
    words.push(...itsWords);
    return positionMs;
  };

  const converted = (samples: Int16Array): MadePiece[] =>
    samples.length === 0 ? [] : [{ positionMs: addMade(samples), samples, words: [] }];

  return {
    id,
    whole: false,
    guessedMs: 0,
    begun: false,
    handedMs: () => milliseconds(handed),
    waitingMs() {
      return Math.max(this.guessedMs, rawMs + milliseconds(ready));
    },
    addRaw(samples, rate) {
      rawMs += milliseconds(samples.length, rate);
      const last = raw.at(-1);
      // Crumbs are put together: each step costs something of its own.
      if (last?.rate === rate && last.at === 0 && last.samples.length < stepOf(rate)) {
        const both = new Int16Array(last.samples.length + samples.length);
        both.set(last.samples);
        both.set(samples, last.samples.length);
        last.samples = both;
      } else if (samples.length > 0) raw.push({ samples, rate, at: 0 });
    },
    addMade,
    convert({ ahead, mostMs, converterFor }) {
      const pieces: MadePiece[] = [];
      for (let doneMs = 0; doneMs < mostMs && ready < ahead && raw[0]; ) {
        const [piece] = raw;
        if (converter && converter.rate !== piece.rate) pieces.push(...converted(converter.is.flush()));
        if (converter?.rate !== piece.rate) converter = { rate: piece.rate, is: converterFor(piece.rate) };
        const part = piece.samples.subarray(piece.at, piece.at + stepOf(piece.rate));
        const partMs = milliseconds(part.length, piece.rate);
        doneMs += partMs;
        rawMs = Math.max(0, rawMs - partMs);
        piece.at += part.length;
        if (piece.at === piece.samples.length) raw.shift();
        pieces.push(...converted(converter.is.push(part)));
      }
      // The converter keeps its last samples back until it knows what follows; here nothing does, for now.
      if (raw.length === 0 && converter && ready < SPEAKING_RATE / 50) {
        pieces.push(...converted(converter.is.flush()));
        converter = undefined;
      }
      return pieces;
    },
    ready: () => ready,
    isConverted: () => raw.length === 0,
    take(into) {
      const wanted = Math.min(into.length, ready);
      for (let filled = 0; filled < wanted; ) {
        const first = made[0]!;
        const taken = first.subarray(offset, offset + wanted - filled);
        into.set(taken, filled);
        filled += taken.length;
        offset += taken.length;
        if (offset < first.length) continue;
        made.shift();
        offset = 0;
      }
      ready -= wanted;
      handed += wanted;
      return wanted;
    },
    rest() {
      const nowMs = milliseconds(handed);
      words = words.filter(({ endMs }) => endMs > nowMs);
      let at = handed;
      return made.map((samples, n) => {
        const part = n === 0 ? samples.subarray(offset) : samples;
        const positionMs = milliseconds(at);
        at += part.length;
        return { positionMs, samples: part, words: n === 0 ? words : [] };
      });
    },
  };
}
