import { timestamp, type UsageAnswer } from '@visavis/protocol';
import type { z } from 'zod';
import type { ByType, Usage } from '../../core/usage/read-usage.ts';

/** Usage in minutes, each with the sum over all types. */
export function presentUsage(usage: Usage): Pick<z.output<typeof UsageAnswer>, 'days' | 'totals' | 'live'> {
  return {
    days: usage.days.map(({ start, sessions, milliseconds }) => ({
      date: timestamp(start).slice(0, 10),
      sessions: withTotal(sessions),
      minutes: minutes(milliseconds),
    })),
    totals: { sessions: withTotal(usage.totals.sessions), minutes: minutes(usage.totals.milliseconds) },
    live: withTotal(usage.live),
  };
}

function withTotal(values: ByType): ByType & { total: number } {
  return { ...values, total: values.agent_voice + values.agent_video + values.agent_chat + values.webrtc_video };
}

/** To a hundredth of a minute. */
function minutes(milliseconds: ByType): ByType & { total: number } {
  const { agent_voice, agent_video, agent_chat, webrtc_video, total } = withTotal(milliseconds);
  const round = (ms: number) => Math.round(ms / 600) / 100;
  return {
    agent_voice: round(agent_voice),
    agent_video: round(agent_video),
    agent_chat: round(agent_chat),
    webrtc_video: round(webrtc_video),
    total: round(total),
  };
}
