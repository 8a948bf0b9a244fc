import type { Logger } from 'pino';
import { AppError } from './core/errors.ts';
import type { ModelLibrary } from './core/models/model-library.ts';
import { loadCatalogue } from './providers/models/catalogue.ts';
import { ModelError } from './providers/models/model-error.ts';
import { createModelStore, type ModelStore } from './providers/models/model-store.ts';

/** The models folder, and what the API shows and changes of it. */
export interface Models {
  store: ModelStore;
  library: ModelLibrary;
  /** How far the models of these names are. */
  progressOf(names: readonly string[]): Array<{ name: string; state: string; progress: number; error?: string }>;
  /** Ends the downloads that were asked for over the API. */
  stop(): void;
}

/** @param inUse names of the models that answer now, or that are being brought for it */
export function createModels(options: {
  config: { modelsDir: string; modelFolders: readonly string[] };
  log: Logger;
  inUse: () => readonly string[];
}): Models {
  const { config, log, inUse } = options;
  const store = createModelStore({
    catalogue: loadCatalogue(),
    modelsDir: config.modelsDir,
    folders: config.modelFolders,
    onSourceFailed: (model, source, problem) => log.warn({ model, source, problem }, 'model source failed'),
  });
  const pulls = new AbortController();
  return {
    store,
    library: {
      list: () => store.list(),
      find: (name) => store.list().find((model) => model.name === name),
      pull(name) {
        store.ensure(name, { signal: pulls.signal }).catch((error: unknown) => {
          if (!pulls.signal.aborted) log.warn({ model: name, err: error }, 'model could not be fetched');
        });
      },
      verify: (name, signal) => store.verify(name, { signal: AbortSignal.any([signal, pulls.signal]) }),
      async remove(name) {
        try {
          await store.remove(name);
        } catch (error) {
          if (error instanceof ModelError && error.code === 'model-busy')
            throw new AppError('model-in-use', undefined, { cause: error });
          throw error;
        }
      },
      inUse,
    },
    progressOf: (names) =>
      names.map((name) => {
        const { state, progress, error } = store.find(name);
        return { name, state, progress, ...(error !== undefined && { error }) };
      }),
    stop: () => pulls.abort(),
  };
}
