/** What a number of an agent may be, and what counts where there is none. `standard` undefined: the model's or the avatar's own. */
export interface NumberRange {
  least: number;
  most: number;
  standard?: number;
  step?: number;
  decimals?: boolean;
}

/** By field, as in docs/agents.md and docs/voice.md. A test compares it with the protocol. */
export const NUMBER_RANGES = {
  'properties.llm.temperature': { least: 0, most: 2, step: 0.1, decimals: true },
  'properties.llm.max_tokens': { least: 1, most: 8_192, standard: 512, step: 64 },
  'properties.speech.speak.speed': { least: 0.5, most: 2, standard: 1, step: 0.05, decimals: true },
  'properties.turn.min_endpointing_ms': { least: 0, most: 5_000, standard: 300, step: 50 },
  'properties.turn.max_endpointing_ms': { least: 0, most: 10_000, standard: 1_500, step: 100 },
  'properties.turn.interrupt_after_ms': { least: 50, most: 2_000, standard: 190, step: 10 },
  'properties.turn.resume_after_ms': { least: 100, most: 5_000, standard: 700, step: 50 },
  'properties.turn.silence.nudge_after_seconds': { least: 3, most: 3_600, standard: 20 },
  'properties.turn.silence.end_after_seconds': { least: 5, most: 86_400, standard: 60, step: 5 },
  'properties.video.height': { least: 128, most: 720, standard: 512, step: 2 },
  'properties.limits.idle_timeout_seconds': { least: 30, most: 86_400, standard: 1_800, step: 60 },
  'properties.limits.max_duration_seconds': { least: 60, most: 604_800, standard: 14_400, step: 600 },
  'properties.limits.rejoin_seconds': { least: 5, most: 3_600, standard: 60, step: 5 },
  'properties.limits.messages_per_minute': { least: 1, most: 1_000, standard: 120, step: 10 },
} as const satisfies Record<string, NumberRange>;
export type NumberPath = keyof typeof NUMBER_RANGES;

/** Longest texts, in characters. */
export const TEXT_CHARACTERS = {
  name: 200,
  language: 35,
  custom_greeting: 4_000,
  'properties.turn.greeting.consent_note': 1_000,
  'properties.turn.silence.nudge': 1_000,
} as const;

/** The most that the instructions may have, in bytes. */
export const INSTRUCTIONS_BYTES = 64 * 1024;

export const LANGUAGE_TAG = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
export const COLOUR = /^#[0-9a-fA-F]{6}$/;
