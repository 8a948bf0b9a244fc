/** Brings quiet speech to where the speech detector knows it. */
export interface AutomaticGain {
  /** A louder copy of a window; undefined where it is loud enough. */
  apply(window: Float32Array): Float32Array | undefined;
}

/** The level looked at is the largest sample of so many windows: 1 s. */
const WINDOWS = 31;
const TARGET_PEAK = 0.2;
/** 40 dB; what needs more is not speech that anybody recorded on purpose. */
const MOST_GAIN = 100;

/** Raises audio whose largest sample of the last second is below 0.2; a louder sound counts at once, a quieter one after that second. */
export function createAutomaticGain(): AutomaticGain {
  const peaks: number[] = [];
  return {
    apply(window) {
      let peak = 0;
      for (const sample of window) peak = Math.max(peak, Math.abs(sample));
      peaks.push(peak);
      if (peaks.length > WINDOWS) peaks.shift();
      const gain = Math.min(TARGET_PEAK / Math.max(...peaks, Number.MIN_VALUE), MOST_GAIN);
      return gain <= 1 ? undefined : window.map((sample) => sample * gain);
    },
  };
}
