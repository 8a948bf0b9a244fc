import { z } from 'zod';
import { Done, Timestamp } from './common.ts';

/** How a provider is called: `my-provider`. */
export const ProviderName = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be in kebab-case, like "my-provider"')
  .meta({ description: 'Kebab-case, like `my-provider`' });

export const ProviderParams = z.object({ name: ProviderName });

const BaseUrl = z
  .string()
  .trim()
  .max(500)
  .pipe(z.url({ protocol: /^https?$/, message: 'must be an http or https address' }))
  .refine((text) => isPlain(text), 'must not hold a user name, a query or a fragment')
  .transform((text) => text.replace(/\/+$/, ''));

export const PutProvider = z.object({
  base_url: BaseUrl.optional().meta({
    description: 'Ends before `/chat/completions`, usually in `/v1`; may be left out for `deepgram`, `elevenlabs` and `cartesia`',
  }),
  api_key: z
    .string()
    .trim()
    .min(1)
    .max(1_000)
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without blanks')
    .nullable()
    .optional()
    .meta({ description: 'Write-only; absent keeps the stored one, null removes it', format: 'password' }),
  default_model: z.string().trim().min(1).max(200).nullable().optional().meta({ description: 'For agents that name no model' }),
  context_tokens: z
    .int()
    .min(512)
    .max(10_000_000)
    .nullable()
    .optional()
    .meta({ description: 'How much the models take in, answer included; default 32768' }),
});

export const ProviderDetail = z.object({
  name: z.string(),
  source: z.enum(['user', 'server']).meta({ description: '`server`: offered to everybody' }),
  state: z
    .enum(['ready', 'absent', 'downloading', 'loading', 'failed'])
    .meta({ description: '`ready`: can be chosen; whether it answers, its test tells' }),
  base_url: z.string().nullable().meta({ description: 'null for those of the server' }),
  default_model: z.string().nullable(),
  models: z.array(z.string()).nullable().meta({ description: 'null where the server does not know them' }),
  context_tokens: z.int().nullable(),
  has_api_key: z.boolean(),
  api_key_last_four: z.string().nullable(),
  created_at: Timestamp.nullable(),
  updated_at: Timestamp.nullable(),
});

export const ProviderList = Done.extend({
  providers: z.array(ProviderDetail),
  default: z
    .object({ provider: z.string(), model: z.string() })
    .nullable()
    .meta({ description: 'What agents without a choice use' }),
});
export const ProviderAnswer = Done.extend({ provider: ProviderDetail });

export const TestProvider = z.object({
  model: z.string().trim().min(1).max(200).optional().meta({ description: 'Default: the provider’s default model' }),
});

export const ProviderTestAnswer = Done.extend({
  result: z.object({
    ok: z.boolean(),
    model: z.string(),
    latency_ms: z.int().nullable(),
    problem: z.enum(['unauthorized', 'unreachable', 'not-allowed', 'bad-answer', 'timeout', 'rate-limited']).nullable(),
    detail: z.string().nullable(),
  }),
});

function isPlain(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}
