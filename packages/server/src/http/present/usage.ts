import { timestamp, type UsageAnswer, type UsageQualityAnswer } from '@visavis/protocol';
import type { z } from 'zod';
import type { DayQuality } from '../../core/usage/read-quality.ts';
import type { ByType, Usage } from '../../core/usage/read-usage.ts';
import type { Percentiles } from '../../core/usage/usage.ts';

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

export function presentQuality(days: readonly DayQuality[]): z.output<typeof UsageQualityAnswer>['days'] {
  const percentiles = (of: Percentiles | undefined) => (of ? { replies: of.replies, p50_ms: of.p50Ms, p95_ms: of.p95Ms } : null);
  return days.map(({ start, text, speech, replies, interrupted, failed, endReasons }) => ({
    date: timestamp(start).slice(0, 10),
    latency: { text: percentiles(text), speech: percentiles(speech) },
    replies,
    interrupted,
    failed,
    end_reasons: endReasons,
  }));
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
