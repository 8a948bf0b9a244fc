import type { TurnLatency } from '@visavis/protocol';

/** In the order in which they are reached. */
const STAGES = [
  'speech_end',
  'transcript',
  'turn_end',
  'first_token',
  'first_audio_made',
  'first_audio_sent',
  'first_audio_heard',
  'total',
] as const satisfies ReadonlyArray<keyof TurnLatency>;
type Stage = (typeof STAGES)[number];

/** When each stage of a turn was reached. All times are those of `performance.now()`. */
export interface TurnTimings {
  /** When the user's last sound was heard, or the message arrived. */
  beginAt(at: number): void;
  /** Only the first mark of a stage counts. */
  mark(stage: Stage, at?: number): void;
  /** In ms from the beginning, never falling from stage to stage (but `transcript` may come before `speech_end`). */
  latency(): TurnLatency;
}

export function createTurnTimings(beginning: number): TurnTimings {
  const marks: Partial<Record<Stage, number>> = {};
  let begunAt = beginning;
  return {
    beginAt(at) {
      begunAt = at;
    },
    mark(stage, at = performance.now()) {
      marks[stage] ??= at;
    },
    latency() {
      const latency: TurnLatency = {};
      let least = 0;
      for (const stage of STAGES) {
        const at = marks[stage];
        if (at === undefined) continue;
        const ms = Math.max(Math.round((at - begunAt) * 10) / 10, stage === 'transcript' ? 0 : least);
        latency[stage] = ms;
        least = Math.max(least, ms);
      }
      return latency;
    },
  };
}
