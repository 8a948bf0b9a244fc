import { type TimelineAnswer, type TimelineEntry, timestamp } from '@visavis/protocol';
import type { z } from 'zod';
import type { TimelineStore } from '../../core/sessions/timeline.ts';

export function presentTimeline(timeline: Awaited<ReturnType<TimelineStore['list']>>): z.output<typeof TimelineAnswer> {
  let joinedBefore = false;
  const entries = timeline.entries.map(({ at, afterMs, event }): z.output<typeof TimelineEntry> => {
    const when = { at: timestamp(at), after_ms: afterMs };
    if (event.type !== 'joined') return { ...when, ...event };
    const again = joinedBefore;
    joinedBefore = true;
    return { ...when, ...event, again };
  });
  return { success: true, timeline: entries, left_out: timeline.leftOut };
}
