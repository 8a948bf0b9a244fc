/** Numbers that look random and come again with the same seed. */
export interface Random {
  /** 0 <= n < 1 */
  next(): number;
  /** least <= n <= most */
  integer(least: number, most: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T | undefined;
}

/** A generator (mulberry32) whose seed is written to the test's output; `E2E_SEED` repeats a run. */
export function loggedRandom(what: string): Random {
  const seed = Number(process.env.E2E_SEED ?? Date.now() % 1_000_000_000);
  console.log(`${what}: E2E_SEED=${seed}`);
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    integer: (least, most) => least + Math.floor(next() * (most - least + 1)),
    chance: (probability) => next() < probability,
    pick: (from) => from[Math.floor(next() * from.length)],
  };
}
