import { MOUTH_FRAME_BYTES, MOUTH_FRAME_MS, mouthInFrames } from '../mouth/mouth-frames.ts';
import type { SpokenMouth } from './living-picture.ts';

/** Mouths that were made somewhere else, from frames that arrive ahead of the sound. */
export interface ReceivedMouths extends SpokenMouth {
  /**
   * `frames` as of `encodeMouth`, `energy` a byte each (255 is 1), the first of them at `fromMs` of the utterance. What was known of that
   * place is replaced. What makes no sense is passed over.
   */
  take(piece: { utterance: string; fromMs: number; frames: Uint8Array; energy: Uint8Array }): void;
}

/** Of so many utterances frames are kept, the newest; none of them is longer than this. */
const MOST_UTTERANCES = 4;
const LONGEST_MS = 3_600_000;

interface Received {
  frames: Uint8Array;
  energy: Uint8Array;
  /** How many frames are there, gaps (closed) between them included. */
  count: number;
}

export function createReceivedMouths(): ReceivedMouths {
  const utterances = new Map<string, Received>();

  const open = (utterance: string): Received => {
    const known = utterances.get(utterance) ?? { frames: new Uint8Array(0), energy: new Uint8Array(0), count: 0 };
    utterances.set(utterance, known);
    for (const oldest of utterances.keys()) {
      if (utterances.size <= MOST_UTTERANCES) break;
      utterances.delete(oldest);
    }
    return known;
  };

  const known = (utterance: string, ms: number): Received | undefined => {
    const received = utterances.get(utterance);
    return received && ms < received.count * MOUTH_FRAME_MS ? received : undefined;
  };

  return {
    take({ utterance, fromMs, frames, energy }) {
      const first = Math.round(fromMs / MOUTH_FRAME_MS);
      const more = Math.floor(frames.length / MOUTH_FRAME_BYTES);
      if (!(first >= 0 && (first + more) * MOUTH_FRAME_MS <= LONGEST_MS)) return;
      const received = open(utterance);
      const end = first + more;
      received.frames = withRoom(received.frames, end * MOUTH_FRAME_BYTES);
      received.energy = withRoom(received.energy, end);
      received.frames.set(frames.subarray(0, more * MOUTH_FRAME_BYTES), first * MOUTH_FRAME_BYTES);
      received.energy.set(energy.subarray(0, more), first);
      received.count = Math.max(received.count, end);
    },
    at(utterance, ms) {
      const received = known(utterance, ms);
      return received && mouthInFrames(received.frames.subarray(0, received.count * MOUTH_FRAME_BYTES), ms);
    },
    energy(utterance, ms) {
      const byte = known(utterance, ms)?.energy[Math.round(ms / MOUTH_FRAME_MS)];
      return (byte ?? 0) / 255;
    },
  };
}

/** The same bytes with room for so many, zeros behind them; twice as many as are needed, so that it is seldom done. */
function withRoom(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length >= length) return bytes;
  const larger = new Uint8Array(2 * length);
  larger.set(bytes);
  return larger;
}
