/** How late the ticks came, in ms, over the last `ticks` of them. */
export interface Lateness {
  ticks: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** Ticks every 20 ms for whoever joined, without drift. It runs while anybody is joined. */
export interface AudioClock {
  /** Calls `tick` every 20 ms until the returned function is called. One that throws harms no other. */
  join(tick: () => void): () => void;
  /** Over the last 30 s, or as many seconds as asked for (30 at most). */
  latenessMs(lastSeconds?: number): Lateness;
}

const TICK_MS = 20;
/** What is caught up after a stall: ten ticks at once keep the far end's timeline; more would only pile up in its buffer. */
const CATCH_UP_MS = 200;
const REMEMBERED_TICKS = 30_000 / TICK_MS;

/** `onError` hears of the first error of each member. */
export function createAudioClock(onError: (error: unknown) => void): AudioClock {
  const members = new Map<() => void, { failed: boolean }>();
  const lateness = new Float32Array(REMEMBERED_TICKS);
  let ticks = 0;
  let due = 0;
  let timer: NodeJS.Timeout | undefined;
  let ticking = false;

  const tickAll = () => {
    for (const [tick, member] of members) {
      try {
        tick();
      } catch (error) {
        if (!member.failed) onError(error);
        member.failed = true;
      }
    }
  };

  const run = () => {
    const now = performance.now();
    lateness[ticks++ % REMEMBERED_TICKS] = Math.max(0, now - due);
    due = Math.max(due, now - CATCH_UP_MS);
    // A timer may fire up to 1 ms early: the tick it was set for happens all the same.
    ticking = true;
    do {
      due += TICK_MS;
      tickAll();
    } while (due <= now && members.size > 0);
    ticking = false;
    timer = members.size > 0 ? setTimeout(run, Math.max(0, due - performance.now())) : undefined;
  };

  return {
    join(tick) {
      const member = () => tick();
      members.set(member, { failed: false });
      if (timer === undefined && !ticking) {
        due = performance.now() + TICK_MS;
        timer = setTimeout(run, TICK_MS);
      }
      return () => {
        members.delete(member);
        if (members.size > 0 || ticking) return;
        clearTimeout(timer);
        timer = undefined;
      };
    },
    latenessMs(lastSeconds = 30) {
      const count = Math.min(ticks, REMEMBERED_TICKS, Math.ceil((lastSeconds * 1000) / TICK_MS));
      const last = Array.from({ length: count }, (_, n) => lateness[(ticks - 1 - n) % REMEMBERED_TICKS] ?? 0).sort(
        (a, b) => a - b,
      );
      const at = (share: number) => last[Math.min(count - 1, Math.floor(share * count))] ?? 0;
      return { ticks: count, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: last.at(-1) ?? 0 };
    },
  };
}
