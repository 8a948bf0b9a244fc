import type { TurnLatency } from '@visavis/protocol';

/** One stage of a turn, in ms from the user's last sound or from the typed message. */
export interface Stage {
  name: string;
  fromMs: number;
  toMs: number;
}

const NAMES = {
  speech_end: 'End of your speech noticed',
  transcript: 'Final transcript',
  turn_end: 'Turn taken to be over',
  first_token: 'First word written',
  first_audio_made: 'First sound made',
  first_audio_sent: 'First sound sent',
  first_audio_heard: 'First sound heard',
} as const satisfies Partial<Record<keyof TurnLatency, string>>;

/** The stages of a turn in the order in which they were reached; each begins where the one before ended. */
export function stagesOf(latency: TurnLatency): Stage[] {
  const reached = Object.entries(NAMES).flatMap(([key, name]) => {
    const toMs = latency[key as keyof typeof NAMES];
    return toMs === undefined ? [] : [{ name, toMs }];
  });
  reached.sort((one, other) => one.toMs - other.toMs);
  return reached.map((stage, index) => ({ ...stage, fromMs: Math.max(0, reached[index - 1]?.toMs ?? 0) }));
}
