import { type KeyDetail, timestamp } from '@visavis/protocol';
import type { z } from 'zod';
import type { ApiKey } from '../../core/access/api-key.ts';

export function presentKey(key: ApiKey): z.output<typeof KeyDetail> {
  return {
    key_id: key.id,
    name: key.name,
    prefix: key.prefix,
    last_four: key.lastFour,
    scopes: key.scopes,
    rate_limit: key.rateLimit,
    active: key.active,
    created_at: timestamp(key.createdAt),
    last_used_at: key.lastUsedAt === null ? null : timestamp(key.lastUsedAt),
  };
}
