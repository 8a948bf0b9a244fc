import type { Logger } from 'pino';
import { AppError } from './core/errors.ts';
import type { ProviderProbe, ServerProviders } from './core/providers/provider.ts';
import type { ServerVendors } from './core/providers/speech-vendor.ts';
import { testVendor } from './providers/cloud-speech/vendor-rest.ts';
import { createLocalLlm } from './providers/local-llm/local-llm.ts';
import type { ModelStore } from './providers/models/model-store.ts';
import { createLanguageModelConnections, type LanguageModelConnections } from './providers/openai-compatible/connections.ts';
import { testEndpoint } from './providers/openai-compatible/test-endpoint.ts';
import { AddressNotAllowedError, assertPublicUrl } from './providers/private-network.ts';
import { createServerProviders } from './providers/server-providers.ts';

export interface LanguageModelsOptions {
  config: {
    llm: { provider: string; model: string } | undefined;
    openai: { apiKey: string | undefined; baseUrl: string | undefined } | undefined;
    vendors: ServerVendors;
  };
  store: ModelStore;
  log: Logger;
}

/** Everything the API process has to do with language models: the local one and the server's endpoints. */
export interface LanguageModels {
  serverProviders: ServerProviders;
  probe: ProviderProbe;
  /** Shared by everything that asks providers over HTTP; closed by `stop`. */
  connections: LanguageModelConnections;
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
  const { llm, openai, vendors } = config;
  const serverProviders = createServerProviders({ llm, openai, vendors, localLlm, connections, logger: log });
  const wantsLocal = config.llm ? config.llm.provider === 'local' : config.openai === undefined;

  return {
    serverProviders,
    connections,
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
      testVendor: (vendor, access, signal) => testVendor(connections.getJson, vendor, access, signal),
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
