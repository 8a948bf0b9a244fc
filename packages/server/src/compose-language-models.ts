import type { Logger } from 'pino';
import { AppError } from './core/errors.ts';
import type { ProviderProbe, ServerProviders } from './core/providers/provider.ts';
import { createLocalLlm } from './providers/local-llm/local-llm.ts';
import type { ModelStore } from './providers/models/model-store.ts';
import { createLanguageModelConnections } from './providers/openai-compatible/connections.ts';
import { testEndpoint } from './providers/openai-compatible/test-endpoint.ts';
import { AddressNotAllowedError, assertPublicUrl } from './providers/private-network.ts';
import { createServerProviders } from './providers/server-providers.ts';

export interface LanguageModelsOptions {
  config: {
    llm: { provider: string; model: string } | undefined;
    openai: { apiKey: string | undefined; baseUrl: string | undefined } | undefined;
  };
  store: ModelStore;
  log: Logger;
}

/** Everything the API process has to do with language models: the local one and the server's endpoints. */
export interface LanguageModels {
  serverProviders: ServerProviders;
  probe: ProviderProbe;
  queue(): { running: number; waiting: number };
  /** The local model in use, or being brought, with its progress. */
  progress(): Array<{ name: string; state: string; progress: number; error?: string }>;
  /** Brings the default local model, where the default is local, and looks for Ollama. */
  start(signal: AbortSignal): void;
  stop(): Promise<void>;
}

export function createLanguageModels({ config, store, log }: LanguageModelsOptions): LanguageModels {
  const connections = createLanguageModelConnections();
  const localLlm = createLocalLlm({
    modelStore: store,
    modelName: config.llm?.provider === 'local' ? config.llm.model : undefined,
    logger: log,
  });
  const serverProviders = createServerProviders({ llm: config.llm, openai: config.openai, localLlm, connections, logger: log });
  const wantsLocal = config.llm ? config.llm.provider === 'local' : config.openai === undefined;

  return {
    serverProviders,
    probe: {
      async check(url) {
        try {
          assertPublicUrl(url);
        } catch (error) {
          if (error instanceof AddressNotAllowedError) throw new AppError('address-not-allowed', undefined, { cause: error });
          throw error;
        }
      },
      test: (endpoint, signal) => testEndpoint(connections, endpoint, signal),
    },
    queue: () => localLlm.queue(),
    progress() {
      const { state, model, progress, error } = localLlm.state();
      if (model === undefined) return [];
      return [{ name: model, state, progress: progress ?? (state === 'ready' ? 1 : 0), ...(error !== undefined && { error }) }];
    },
    start(signal) {
      serverProviders.start(signal);
      if (wantsLocal) void localLlm.start(signal);
    },
    async stop() {
      await localLlm.stop();
      await connections.close();
    },
  };
}
