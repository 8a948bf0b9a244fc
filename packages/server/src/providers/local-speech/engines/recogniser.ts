/** One recogniser in one thread: blocking work, so it runs in a speech thread, never on a serving event loop. */
export interface Recogniser {
  /** Seconds of speech it takes at once. */
  readonly longestSeconds: number;
  /** `samples`: 16 kHz mono, -1..1. */
  recognise(samples: Float32Array, options: { language?: string }): Promise<Recognition>;
  close(): Promise<void>;
}

export interface Recognition {
  text: string;
  language?: string;
  /** Times in seconds from the start of the samples; only of engines that know. */
  words?: Array<{ text: string; start: number; end: number }>;
}
