import type { ServerEvent } from '@visavis/protocol';
import type { ReplyEvent } from '../rest/messages.ts';

/** An event of a reply in writing as the events that the same reply would have in a call. */
export function eventsOfWritten(written: ReplyEvent, reply_id: string): ServerEvent[] {
  switch (written.type) {
    case 'reply-start':
      return [{ type: 'reply.start', reply_id, source: 'text' }];
    case 'reply-delta':
      return [{ type: 'reply.delta', reply_id, text: written.text }];
    case 'reply-end': {
      const { reply } = written;
      const { content, interrupted, latency_ms } = reply;
      const message = { ...reply, source: 'text' as const, answered: true };
      return [
        { type: 'reply.end', reply_id, content, interrupted, spoken_ms: 0, latency_ms },
        { type: 'message', message, reply_id },
      ];
    }
    default:
      return [];
  }
}
