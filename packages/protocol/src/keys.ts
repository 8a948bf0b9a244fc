import { z } from 'zod';
import { Done, Id, Name, PageQuery, Timestamp } from './common.ts';

export const KEY_SCOPES = ['sessions', 'agents', 'avatars', 'admin'] as const;
export const KeyScope = z.enum(KEY_SCOPES).meta({ description: '`admin` covers keys, users and models' });

const Scopes = z
  .array(KeyScope)
  .min(1)
  .max(KEY_SCOPES.length)
  .transform((scopes) => KEY_SCOPES.filter((scope) => scopes.includes(scope)));

const RateLimit = z
  .int()
  .min(1)
  .max(1_000_000)
  .nullable()
  .meta({ description: 'Requests a minute; null = the server’s default' });

export const CreateKey = z.object({
  name: Name,
  scopes: Scopes.optional().meta({ description: 'Default: all but `admin`, as far as the caller has them' }),
  rate_limit: RateLimit.optional(),
  test: z.boolean().optional().meta({ description: 'Gives an `ah_test_` key' }),
});

export const UpdateKey = z
  .object({
    name: Name.optional(),
    scopes: Scopes.optional(),
    rate_limit: RateLimit.optional(),
    active: z.boolean().optional().meta({ description: 'false refuses the key at once; it can be activated again' }),
  })
  .meta({ minProperties: 1 });

export const KeyDetail = z.object({
  key_id: Id,
  name: z.string(),
  prefix: z.string().meta({ description: '`ah_live_` or `ah_test_`; empty for a key from VISAVIS_API_KEY' }),
  last_four: z.string(),
  scopes: z.array(KeyScope),
  rate_limit: z.int().nullable(),
  active: z.boolean(),
  created_at: Timestamp,
  last_used_at: Timestamp.nullable(),
});

export const KeyList = Done.extend({ keys: z.array(KeyDetail), next_cursor: z.string().optional() });
export const KeyQuery = PageQuery;
export const KeyAnswer = Done.extend({ api_key: KeyDetail });
export const CreatedKey = KeyAnswer.extend({
  message: z.string(),
  key: z.string().meta({ description: 'The key itself, shown this once' }),
});
