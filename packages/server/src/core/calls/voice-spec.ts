import type { ConversationSpec } from '../conversation.ts';

/** A recogniser that can be called. `privateNetwork`: whether its address may lead to this machine or its network. */
export type EarsEndpoint =
  | { kind: 'local'; url: string; apiKey: string }
  | { kind: 'deepgram'; baseUrl: string; apiKey: string; model: string; privateNetwork: boolean }
  /** `POST {baseUrl}/audio/transcriptions`: OpenAI and its likes. */
  | {
      kind: 'openai';
      /** Name of the provider, as users see it. */
      provider: string;
      baseUrl: string;
      apiKey?: string;
      model: string;
      privateNetwork: boolean;
    };

/** A voice that can be called. `speed`: 1 is its own pace. `privateNetwork`: as of recognisers. */
export type VoiceEndpoint =
  | { kind: 'local'; url: string; apiKey: string; voice?: string; speed: number }
  | {
      kind: 'elevenlabs';
      baseUrl: string;
      apiKey: string;
      voice: string;
      model: string;
      speed: number;
      privateNetwork: boolean;
    }
  | {
      kind: 'cartesia';
      baseUrl: string;
      apiKey: string;
      voice: string;
      model: string;
      speed: number;
      privateNetwork: boolean;
    }
  /** `POST {baseUrl}/audio/speech`: OpenAI and its likes. */
  | {
      kind: 'openai';
      provider: string;
      baseUrl: string;
      apiKey?: string;
      voice: string;
      model: string;
      speed: number;
      privateNetwork: boolean;
    };

/** How a spoken conversation takes turns; see `properties.turn` in docs/agents.md. */
export interface TurnSettings {
  minEndpointingMs: number;
  maxEndpointingMs: number;
  interruptible: boolean;
  interruptAfterMs: number;
  resumeAfterMs: number;
  /** null: never. */
  nudgeAfterMs: number | null;
  nudge: string | undefined;
  /** Of silence of both, counted like the nudge; null: never. */
  endAfterSilenceMs: number | null;
  /** Whether the model may end the session. */
  endCall: boolean;
}

/** Tuned by measurement: see docs/voice.md. */
export const TURN_DEFAULTS: TurnSettings = {
  minEndpointingMs: 300,
  maxEndpointingMs: 1_500,
  interruptible: true,
  interruptAfterMs: 190,
  resumeAfterMs: 700,
  nudgeAfterMs: 20_000,
  nudge: undefined,
  endAfterSilenceMs: 60_000,
  endCall: false,
};

/** Everything a spoken conversation needs beyond what a written one does. */
export interface VoiceSpec {
  /** As in `en` or `en-GB`. */
  language: string;
  /** In the order in which they are tried. */
  ears: EarsEndpoint[];
  /** In the order in which they are tried. */
  voices: VoiceEndpoint[];
  turn: TurnSettings;
  /** To be said to who joins first; undefined where there is nothing to say, or it has been said. */
  greeting: string | undefined;
  /** When the session ends in any case, in ms since 1970: it is announced before. */
  endsAt: number;
}

export interface VoiceConversationSpec extends ConversationSpec {
  voice: VoiceSpec;
}
