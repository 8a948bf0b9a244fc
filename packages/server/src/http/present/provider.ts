import { type ProviderDetail, timestamp } from '@visavis/protocol';
import type { z } from 'zod';
import type { ProviderView } from '../../core/providers/manage-providers.ts';
import { RESERVED_PROVIDERS } from '../../core/providers/provider.ts';

/** A provider without its key; of the server's own, without its address too. */
export function presentProvider(view: ProviderView): z.output<typeof ProviderDetail> {
  if (view.source === 'server') {
    return {
      name: view.name,
      source: 'server',
      state: view.state,
      base_url: null,
      default_model: view.server?.defaultModel ?? null,
      models: view.server?.models ? [...view.server.models] : null,
      context_tokens: view.server?.contextTokens ?? null,
      // The local model has one, too, that nobody ever set: the server's own.
      has_api_key: view.server?.apiKey !== undefined && !RESERVED_PROVIDERS.includes(view.name),
      api_key_last_four: null,
      created_at: null,
      updated_at: null,
    };
  }
  const { provider } = view;
  return {
    name: provider.name,
    source: 'user',
    state: 'ready',
    base_url: provider.baseUrl,
    default_model: provider.defaultModel,
    models: null,
    context_tokens: provider.contextTokens,
    has_api_key: provider.sealedKey !== null,
    api_key_last_four: provider.keyLastFour,
    created_at: timestamp(provider.createdAt),
    updated_at: timestamp(provider.updatedAt),
  };
}
