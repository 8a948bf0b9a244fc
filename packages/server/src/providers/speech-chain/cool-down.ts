/** Who failed is left alone for a while, longer each time in a row. */
export interface CoolDown {
  /** Indexes of those to be asked, the rested ones first, in their order. */
  order(): number[];
  /** Whether one that comes before `index` has rested. */
  earlierRested(index: number): boolean;
  failed(index: number): void;
  worked(index: number): void;
}

/** A provider that had an outage of some seconds is asked again soon; one that is down for hours costs a moment every few minutes. */
const LONGEST_MS = 5 * 60_000;

/** `restMs`: after the first failure; doubles with each in a row. `now`: in ms, of a clock that never goes back. */
export function createCoolDown(count: number, restMs: number, now: () => number): CoolDown {
  const states = Array.from({ length: count }, () => ({ failures: 0, until: 0 }));
  const rested = (index: number) => (states[index]?.until ?? 0) <= now();
  return {
    order() {
      const all = states.map((_, index) => index);
      return [...all.filter(rested), ...all.filter((index) => !rested(index))];
    },
    earlierRested: (index) => states.slice(0, index).some((_, earlier) => rested(earlier)),
    failed(index) {
      const state = states[index];
      if (!state) return;
      state.failures += 1;
      state.until = now() + Math.min(restMs * 2 ** (state.failures - 1), LONGEST_MS);
    },
    worked(index) {
      const state = states[index];
      if (state) state.failures = 0;
    },
  };
}
