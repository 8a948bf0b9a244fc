/** The window over which a speed is averaged. */
const WINDOW_MS = 5000;

/** Measures how fast a growing number of bytes grows, over the last 5 s. */
export interface SpeedMeter {
  /** How many bytes there are now. */
  add(bytes: number): void;
  /** 0 while there is nothing to measure. */
  bytesPerSecond(): number;
}

/** `now` gives milliseconds; tests pass a clock of their own. */
export function createSpeedMeter(now: () => number = () => performance.now()): SpeedMeter {
  let samples: { at: number; bytes: number }[] = [];
  return {
    add(bytes) {
      const at = now();
      const last = samples.at(-1);
      // A source that starts again makes the number smaller; the speed is then measured anew.
      if (last && bytes < last.bytes) samples = [];
      if (samples.length > 1 && last && at - last.at < 50) samples.pop();
      samples.push({ at, bytes });
      samples = samples.filter((sample, index) => at - sample.at <= WINDOW_MS || index === samples.length - 1);
    },
    bytesPerSecond() {
      const [first] = samples;
      const last = samples.at(-1);
      if (!first || !last || last.at <= first.at) return 0;
      // Silence counts: a stalled download slows down.
      return ((last.bytes - first.bytes) * 1000) / Math.max(now() - first.at, 1);
    },
  };
}
