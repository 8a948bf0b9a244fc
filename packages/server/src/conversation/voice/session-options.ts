import type { voice } from '@livekit/agents';
import type { TurnSettings } from '../../core/calls/voice-spec.ts';
import type { TurnModels } from './turn-models.ts';

/** The framework's own limits are there for providers that hang; ours do not, and its limits would cut what is slow. */
const PATIENCE_MS = 120_000;

/** How the framework takes turns for an agent. */
export function sessionOptions(turn: TurnSettings, { vad, createTurnDetector }: TurnModels): voice.AgentSessionOptions {
  return {
    vad,
    turnHandling: {
      turnDetection: createTurnDetector(),
      endpointing: { minDelay: turn.minEndpointingMs, maxDelay: Math.max(turn.minEndpointingMs, turn.maxEndpointingMs) },
      interruption: {
        enabled: turn.interruptible,
        mode: 'vad',
        minDuration: turn.interruptAfterMs,
        minWords: 0,
        falseInterruptionTimeout: turn.resumeAfterMs,
        resumeFalseInterruption: true,
      },
      preemptiveGeneration: { enabled: true },
    },
    // The browser cancels the echo, and silence is counted by us.
    aecWarmupDuration: null,
    userAwayTimeout: null,
    ttsReadIdleTimeout: PATIENCE_MS,
    forwardAudioIdleTimeout: PATIENCE_MS,
    // Voices read Markdown by themselves, and give the words back as they were written; filters would take that from them.
    ttsTextTransforms: null,
    // By default the fourth failed reply in a row would close the session.
    connOptions: { maxUnrecoverableErrors: Number.POSITIVE_INFINITY },
  };
}
