import type { Logger } from 'pino';
import { AppError } from './core/errors.ts';
import type { ModelLibrary } from './core/models/model-library.ts';
import type { ProviderProbe, ServerProviders } from './core/providers/provider.ts';
import { createLocalLlm } from './providers/local-llm/local-llm.ts';
import { loadCatalogue } from './providers/models/catalogue.ts';
import { ModelError } from './providers/models/model-error.ts';
import { createModelStore, type ModelStatus } from './providers/models/model-store.ts';
import { createLanguageModelConnections } from './providers/openai-compatible/connections.ts';
import { testEndpoint } from './providers/openai-compatible/test-endpoint.ts';
import { AddressNotAllowedError, assertPublicUrl } from './providers/private-network.ts';
import { createServerProviders } from './providers/server-providers.ts';

export interface LanguageModelsOptions {
  config: {
    modelsDir: string;
    modelFolders: readonly string[];
    llm: { provider: string; model: string } | undefined;
    openai: { apiKey: string | undefined; baseUrl: string | undefined } | undefined;
  };
  log: Logger;
}

/** Everything the API process has to do with language models: the local one, the server's endpoints, the library. */
export interface LanguageModels {
  serverProviders: ServerProviders;
  probe: ProviderProbe;
  library: ModelLibrary;
  queue(): { running: number; waiting: number };
  /** The local model in use, or being brought, with its progress. */
  progress(): Array<{ name: string; state: string; progress: number; error?: string }>;
  /** Calls `listener` with every change of a model that is being fetched. */
  subscribe(listener: (status: ModelStatus) => void): () => void;
  /** Brings the default local model, where the default is local, and looks for Ollama. */
  start(signal: AbortSignal): void;
  stop(): Promise<void>;
}

export function createLanguageModels({ config, log }: LanguageModelsOptions): LanguageModels {
  const connections = createLanguageModelConnections();
  const store = createModelStore({
    catalogue: loadCatalogue(),
    modelsDir: config.modelsDir,
    folders: config.modelFolders,
    onSourceFailed: (model, source, problem) => log.warn({ model, source, problem }, 'model source failed'),
  });
  const localLlm = createLocalLlm({
    modelStore: store,
    modelName: config.llm?.provider === 'local' ? config.llm.model : undefined,
    logger: log,
  });
  const serverProviders = createServerProviders({ llm: config.llm, openai: config.openai, localLlm, connections, logger: log });
  const pulls = new AbortController();
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
    library: {
      list: () => store.list(),
      find: (name) => store.list().find((model) => model.name === name),
      pull(name) {
        store.ensure(name, { signal: pulls.signal }).catch((error: unknown) => {
          if (!pulls.signal.aborted) log.warn({ model: name, err: error }, 'model could not be fetched');
        });
      },
      async remove(name) {
        try {
          await store.remove(name);
        } catch (error) {
          if (error instanceof ModelError && error.code === 'model-busy')
            throw new AppError('model-in-use', undefined, { cause: error });
          throw error;
        }
      },
      inUse: () => localLlm.state().model,
    },
    queue: () => localLlm.queue(),
    progress() {
      const { state, model, progress, error } = localLlm.state();
      if (model === undefined) return [];
      return [{ name: model, state, progress: progress ?? (state === 'ready' ? 1 : 0), ...(error !== undefined && { error }) }];
    },
    subscribe: (listener) => store.subscribe(listener),
    start(signal) {
      serverProviders.start(signal);
      if (wantsLocal) void localLlm.start(signal);
    },
    async stop() {
      pulls.abort();
      await localLlm.stop();
      await connections.close();
    },
  };
}
