import type { TurnLatency } from '@visavis/protocol';

const STAGES = [
  'speech_end',
  'transcript',
  'turn_end',
  'first_token',
  'first_audio_made',
  'first_audio_sent',
  'first_audio_heard',
] as const satisfies Array<keyof TurnLatency>;

/** A stage of a turn, as `TurnLatency` names it. */
export type StageName = (typeof STAGES)[number];

/** One stage of a turn, in ms from the user's last sound or from the typed message. */
export interface Stage {
  stage: StageName;
  fromMs: number;
  toMs: number;
}

/** The stages of a turn in the order in which they were reached; each begins where the one before ended. */
export function stagesOf(latency: TurnLatency): Stage[] {
  const reached = STAGES.flatMap((stage) => {
    const toMs = latency[stage];
    return toMs === undefined ? [] : [{ stage, toMs: Math.max(0, toMs) }];
  });
  reached.sort((one, other) => one.toMs - other.toMs);
  return reached.map((stage, index) => ({ ...stage, fromMs: reached[index - 1]?.toMs ?? 0 }));
}

/** When the answer began, for whoever waited: heard, or sent where nobody reported hearing it, or written. In ms. */
export function answeredAfterMs(latency: TurnLatency): number | undefined {
  return latency.first_audio_heard ?? latency.first_audio_sent ?? latency.first_audio_made ?? latency.first_token;
}
