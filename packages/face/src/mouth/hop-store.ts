/** Rows of numbers, one for each hop of 10 ms: grows at one end and is dropped at the other. */
export interface HopStore {
  /** The first row that is still there, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** The rows' memory; `offset(row)` says where a row begins. Both change with every push and drop. */
  readonly values: Float32Array;
  offset(row: number): number;
  /** Adds a row of zeros; returns where it begins. */
  push(): number;
  /** Forgets the rows before. */
  drop(before: number): void;
}

export function createHopStore(width: number): HopStore {
  let values = new Float32Array(width * 256);
  let base = 0;
  let from = 0;
  let to = 0;
  return {
    get from() {
      return from;
    },
    get to() {
      return to;
    },
    get values() {
      return values;
    },
    offset: (row) => (row - base) * width,
    push() {
      if ((to - base + 1) * width > values.length) {
        const kept = values.subarray((from - base) * width, (to - base) * width);
        const roomier = new Float32Array(Math.max(width * 256, kept.length * 2));
        roomier.set(kept);
        values = roomier;
        base = from;
      }
      const at = (to - base) * width;
      values.fill(0, at, at + width);
      to += 1;
      return at;
    },
    drop(before) {
      from = Math.min(Math.max(from, before), to);
    },
  };
}
