import type { Now } from '../clock.ts';
import type { Stores } from '../stores.ts';
import type { ApiKey, Scope } from './api-key.ts';
import { hashSecret, randomSecret } from './secrets.ts';

/** Makes an API key; its text is returned this once and stored as a hash only. */
export async function issueApiKey(
  deps: { stores: Pick<Stores, 'apiKeys'>; now: Now },
  userId: number,
  wish: { name: string; scopes: readonly Scope[]; rateLimit: number | null; test?: boolean; text?: string },
): Promise<{ key: ApiKey; text: string }> {
  const text = wish.text ?? `${wish.test ? 'ah_test_' : 'ah_live_'}${randomSecret(32)}`;
  const prefix = /^ah_(live|test)_/.exec(text)?.[0] ?? '';
  const key = await deps.stores.apiKeys.insert(
    userId,
    {
      name: wish.name,
      prefix,
      lastFour: text.slice(-4),
      scopes: [...wish.scopes],
      rateLimit: wish.rateLimit,
      hash: hashSecret(text),
    },
    deps.now(),
  );
  return { key, text };
}
