import { type MessageItem, type Reply, timestamp } from '@visavis/protocol';
import type { z } from 'zod';
import type { Message } from '../../core/sessions/message.ts';

export function presentMessage(message: Message): z.output<typeof MessageItem> {
  return {
    message_id: message.id,
    role: message.role,
    content: message.content,
    created_at: timestamp(message.createdAt),
    source: message.source,
    answered: message.answered,
    interrupted: message.interrupted,
    ...(message.spokenMs !== null && { spoken_ms: message.spokenMs }),
    ...(message.saidAt !== null && { said_at_ms: message.saidAt }),
    ...((message.spokenMs !== null || message.latency !== null) && { latency_ms: message.latency ?? {} }),
  };
}

export function presentReply(reply: Message): z.output<typeof Reply> {
  return {
    message_id: reply.id,
    role: 'assistant',
    content: reply.content,
    created_at: timestamp(reply.createdAt),
    interrupted: reply.interrupted,
    latency_ms: { ...reply.latency, first_token: reply.latency?.first_token ?? 0, total: reply.latency?.total ?? 0 },
  };
}
