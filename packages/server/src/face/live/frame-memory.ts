import { i420Bytes } from '@visavis/face';

/** What became of the picture that was asked for last. */
export const OUTCOME = { drawn: 1, skipped: 2, failed: 3 } as const;

/** Two pictures of one face in memory that both threads see, and which of them is finished. */
export interface FrameMemory {
  readonly shared: SharedArrayBuffer;
  readonly width: number;
  readonly height: number;
  /** One after the other: while one is read, the next is drawn. */
  readonly slots: readonly Uint8Array[];
  /** The request that was dealt with last: its number, what became of it, and how long it took in µs. */
  read(): { number: number; outcome: number; tookUs: number };
  /** The last thing that is written of a picture. */
  write(done: { number: number; outcome: number; tookUs: number }): void;
}

const NUMBER = 0;
const OUTCOME_AT = 1;
const TOOK = 2;
/** A cache line, so that the pictures begin aligned. */
const HEADER_BYTES = 64;
const SLOTS = 2;

export function createFrameMemory(width: number, height: number): FrameMemory {
  return frameMemoryOf(new SharedArrayBuffer(HEADER_BYTES + SLOTS * i420Bytes(width, height)), width, height);
}

/** The same memory, in another thread. */
export function frameMemoryOf(shared: SharedArrayBuffer, width: number, height: number): FrameMemory {
  const header = new Int32Array(shared, 0, HEADER_BYTES / 4);
  const bytes = i420Bytes(width, height);
  return {
    shared,
    width,
    height,
    slots: Array.from({ length: SLOTS }, (_, n) => new Uint8Array(shared, HEADER_BYTES + n * bytes, bytes)),
    read() {
      const number = Atomics.load(header, NUMBER);
      return { number, outcome: Atomics.load(header, OUTCOME_AT), tookUs: Atomics.load(header, TOOK) };
    },
    write({ number, outcome, tookUs }) {
      Atomics.store(header, OUTCOME_AT, outcome);
      Atomics.store(header, TOOK, Math.round(tookUs));
      // Last: whoever sees the number finds the rest in place.
      Atomics.store(header, NUMBER, number);
    },
  };
}

/** The slot of a request. */
export function slotOf(number: number): number {
  return number % SLOTS;
}
