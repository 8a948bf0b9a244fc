import { z } from 'zod';
import { Done } from './common.ts';

export const UsageQuery = z.object({
  days: z
    .preprocess(
      (value) => (typeof value === 'string' && /^[1-9]\d{0,3}$/.test(value) ? Number(value) : value),
      z.int().min(1).max(366),
    )
    .default(30)
    .meta({ description: 'Including today; default 30' }),
});

const byType = <T extends z.ZodType>(value: T) =>
  z.object({ agent_voice: value, agent_video: value, agent_chat: value, webrtc_video: value, total: value });

export const UsageAnswer = Done.extend({
  days: z
    .array(
      z.object({
        date: z.string().meta({ format: 'date', description: 'UTC; a session counts on the day it started' }),
        sessions: byType(z.int()),
        minutes: byType(z.number()).meta({ description: 'As the server measured them' }),
      }),
    )
    .meta({ description: 'Every day, oldest first' }),
  totals: z.object({ sessions: byType(z.int()), minutes: byType(z.number()) }),
  live: byType(z.int()),
  limits: z
    .object({
      concurrent_sessions: z.int().nullable(),
      messages_per_minute: z.int().nullable(),
      requests_per_minute: z.int().nullable().meta({ description: 'Of the credential that was sent' }),
    })
    .meta({ description: 'null = no limit' }),
});

const Percentiles = z
  .object({ replies: z.int(), p50_ms: z.number(), p95_ms: z.number() })
  .nullable()
  .meta({ description: 'null where there were no replies' });

const quality = {
  latency: z
    .object({
      text: Percentiles,
      speech: Percentiles,
    })
    .meta({
      description:
        'Until the first words of a reply (`text`: `first_token`), and from the user’s last sound until the reply was heard or, where the client did not say, sent (`speech`)',
    }),
  replies: z.int().meta({ description: 'Answers to what users said or wrote' }),
  interrupted: z.int().meta({ description: 'Of these: cut off' }),
  failed: z.int().meta({ description: 'Written messages that got no reply' }),
  end_reasons: z
    .record(z.string(), z.int())
    .meta({ description: 'Ended sessions by their `end_reason`; on the day they started' }),
};

export const UsageQualityAnswer = Done.extend({
  days: z
    .array(z.object({ date: z.string().meta({ format: 'date', description: 'UTC' }), ...quality }))
    .meta({ description: 'Every day, oldest first' }),
});
