import { UsageAnswer, UsageQualityAnswer, UsageQuery } from '@visavis/protocol';
import { readQuality } from '../../core/usage/read-quality.ts';
import { readUsage } from '../../core/usage/read-usage.ts';
import { bucketOf, callerOf } from '../access.ts';
import type { Api } from '../api.ts';
import { answers } from '../openapi.ts';
import { presentQuality, presentUsage } from '../present/usage.ts';

/** What the caller uses, and may use. */
export function usageRoutes({ app, storage, now, live, rateLimiter, rateLimits }: Api): void {
  app.get(
    '/usage',
    {
      config: { access: { scope: 'sessions' } },
      schema: {
        tags: ['Usage'],
        operationId: 'getUsage',
        summary: 'Minutes and sessions a day, what is live, and the limits',
        querystring: UsageQuery,
        response: answers({ 200: UsageAnswer }),
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { limits } = caller.user;
      const usage = await readUsage({ stores: storage.read, now }, caller.user.id, request.query.days);
      const limited = (limit: number) => (rateLimiter.enabled && limit > 0 ? limit : null);
      const messages = limits.messagesPerMinute === undefined ? live.defaults.messagesPerMinute : limits.messagesPerMinute;
      return {
        success: true as const,
        ...presentUsage(usage),
        limits: {
          concurrent_sessions:
            limits.concurrentSessions === undefined ? live.defaults.concurrentSessions : limits.concurrentSessions,
          messages_per_minute: limited(messages ?? 0),
          requests_per_minute: limited(bucketOf(caller, rateLimits)[1]),
        },
      };
    },
  );

  app.get(
    '/usage/quality',
    {
      config: { access: { scope: 'sessions' } },
      schema: {
        tags: ['Usage'],
        operationId: 'getUsageQuality',
        summary: 'How well each day went: latency, interruptions, failures, why sessions ended',
        querystring: UsageQuery,
        response: answers({ 200: UsageQualityAnswer }),
      },
    },
    async (request) => {
      const days = await readQuality({ stores: storage.read, now }, callerOf(request).user.id, request.query.days);
      return { success: true as const, days: presentQuality(days) };
    },
  );
}
