import type { AgentProperties } from '@visavis/protocol';
import type { Agent } from '../agents/agent.ts';
import { TURN_DEFAULTS, type TurnSettings } from './voice-spec.ts';

/** How an agent takes turns: `properties.turn` over the defaults. */
export function turnSettingsOf(agent: Pick<Agent, 'properties'>): TurnSettings {
  const turn = (agent.properties as AgentProperties | null)?.turn ?? {};
  const { silence = {} } = turn;
  const minEndpointingMs = turn.min_endpointing_ms ?? TURN_DEFAULTS.minEndpointingMs;
  return {
    minEndpointingMs,
    maxEndpointingMs: Math.max(minEndpointingMs, turn.max_endpointing_ms ?? TURN_DEFAULTS.maxEndpointingMs),
    interruptible: turn.interruptible ?? TURN_DEFAULTS.interruptible,
    interruptAfterMs: turn.interrupt_after_ms ?? TURN_DEFAULTS.interruptAfterMs,
    resumeAfterMs: turn.resume_after_ms ?? TURN_DEFAULTS.resumeAfterMs,
    nudgeAfterMs: milliseconds(silence.nudge_after_seconds, TURN_DEFAULTS.nudgeAfterMs),
    nudge: silence.nudge,
    endAfterSilenceMs: milliseconds(silence.end_after_seconds, TURN_DEFAULTS.endAfterSilenceMs),
    endCall: turn.end_call ?? TURN_DEFAULTS.endCall,
  };
}

function milliseconds(seconds: number | null | undefined, standard: number | null): number | null {
  return seconds === undefined ? standard : seconds && seconds * 1000;
}
