import { timestamp, type UserDetail, type UserLimits as UserLimitsAnswer } from '@visavis/protocol';
import type { z } from 'zod';
import type { User, UserLimits } from '../../core/users/user.ts';

export function presentUser(user: User): z.output<typeof UserDetail> {
  const { concurrentSessions, messagesPerMinute } = user.limits;
  return {
    user_id: user.id,
    email: user.email,
    name: user.name,
    role: user.role === 'administrator' ? 'administrator' : 'member',
    active: user.active,
    has_password: user.hasPassword,
    limits: {
      ...(concurrentSessions !== undefined && { concurrent_sessions: concurrentSessions }),
      ...(messagesPerMinute !== undefined && { messages_per_minute: messagesPerMinute }),
    },
    created_at: timestamp(user.createdAt),
    updated_at: timestamp(user.updatedAt),
  };
}

/** The limits of a request as they are stored. */
export function readLimits(limits: z.output<typeof UserLimitsAnswer>): UserLimits {
  return {
    ...(limits.concurrent_sessions !== undefined && { concurrentSessions: limits.concurrent_sessions }),
    ...(limits.messages_per_minute !== undefined && { messagesPerMinute: limits.messages_per_minute }),
  };
}
