import type { ServerEvent } from '@visavis/protocol';
import { ApiError } from './api.ts';

/** The data of a streamed reply's events, see `POST /sessions/{id}/messages`. */
interface Streamed {
  text?: string;
  code?: string;
  error?: string;
  reply?: Extract<ServerEvent, { type: 'message' }>['message'];
}

/** An event of a reply in writing as the events that the same reply would have in a call. Throws `ApiError` for `error`. */
export function replyEvents({ event, data }: { event: string; data: unknown }, reply_id: string): ServerEvent[] {
  const { text = '', reply, code = 'unknown', error = 'The reply failed.' } = data as Streamed;
  if (event === 'error') throw new ApiError(502, code, error);
  if (event === 'reply-start') return [{ type: 'reply.start', reply_id, source: 'text' }];
  if (event === 'reply-delta') return [{ type: 'reply.delta', reply_id, text }];
  if (event !== 'reply-end' || !reply) return [];
  const { content, interrupted, latency_ms = {} } = reply;
  return [
    { type: 'reply.end', reply_id, content, interrupted, spoken_ms: 0, latency_ms },
    { type: 'message', message: reply, reply_id },
  ];
}
