/** When speech begins and ends, from the probability of speech in each window of 32 ms. */
export interface SpeechDetector {
  /** Takes the next window; says what changed with it. */
  next(probability: number): 'start' | 'end' | undefined;
  /** Whether speech goes on. */
  speaking(): boolean;
  /** How many windows ago speech was last heard. */
  quietWindows(): number;
  reset(): void;
}

/** Above this a window may begin speech, below `STAYS` it belongs to a pause (Silero's own recommendation: 0.15 apart). */
const BEGINS = 0.5;
const STAYS = 0.35;
/** 96 ms: shorter bursts are clicks. */
const WINDOWS_TO_BEGIN = 3;
/** 416 ms of pause end an utterance. 0.8 s made no fewer mistakes on the development recordings (57 of 680 words against 54). */
const WINDOWS_TO_END = 13;

export function createSpeechDetector(): SpeechDetector {
  let loud = 0;
  let quiet = 0;
  let speaking = false;
  return {
    next(probability) {
      if (!speaking) {
        loud = probability >= BEGINS ? loud + 1 : Math.max(0, loud - 1);
        if (loud < WINDOWS_TO_BEGIN) return undefined;
        speaking = true;
        quiet = 0;
        return 'start';
      }
      quiet = probability >= STAYS ? 0 : quiet + 1;
      if (quiet < WINDOWS_TO_END) return undefined;
      speaking = false;
      loud = 0;
      return 'end';
    },
    speaking: () => speaking,
    quietWindows: () => quiet,
    reset() {
      loud = 0;
      quiet = 0;
      speaking = false;
    },
  };
}
