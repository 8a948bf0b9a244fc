import { homedir } from 'node:os';
import { join } from 'node:path';
import { wantedSpeechModels } from '../providers/local-speech/wanted-models.ts';
import { type CatalogueEntry, defaultsOf, loadCatalogue } from '../providers/models/catalogue.ts';
import { bytesToFetch } from '../providers/models/fetch-model.ts';
import { describe } from '../providers/models/model-error.ts';
import { createModelStore, type ModelStore } from '../providers/models/model-store.ts';

/** Long enough for 100 MB over a modest line. */
const PATIENCE_MS = 240_000;
/** Long enough for 500 MB over a fast line; not so long that a slow one holds up the suite. */
const PATIENCE_FOR_DEFAULT_MS = 75_000;

/** The real model tests run with, or why there is none. */
export type TestModel = { name: string; path: string; store: ModelStore } | { name: string; path: undefined; reason: string };

/**
 * Brings the smallest of the default models (SmolLM2, 98 MB) from the user's models folder, or through the real catalogue; tests without it
 * are skipped with the reason: `const model = await ensureTestModel(); describe.skipIf(!model.path)(…)`.
 */
export async function ensureTestModel(): Promise<TestModel> {
  const [smallest] = [...defaultsOf(loadCatalogue(), 'llm')].sort((a, b) => bytesToFetch(a) - bytesToFetch(b));
  return ensure(smallest, PATIENCE_MS);
}

/** Brings the model that a server without configuration takes (491 MB) in the same way, if that is quickly done. */
export async function ensureDefaultModel(): Promise<TestModel> {
  const [first] = defaultsOf(loadCatalogue(), 'llm');
  return ensure(first, PATIENCE_FOR_DEFAULT_MS);
}

/** The default models of hearing and speaking, all of them, or why they are not to be had. */
export type SpeechModels =
  | { store: ModelStore; reason?: undefined; folderOf: ModelStore['folderOf'] }
  | { store: undefined; reason: string };

/** Brings the six default models of hearing and speaking (about 210 MB) in the same way. */
export async function ensureSpeechModels(): Promise<SpeechModels> {
  const catalogue = loadCatalogue();
  const store = createModelStore({ catalogue, modelsDir: userModelsDir() });
  const names = wantedSpeechModels(catalogue, { stt: undefined, tts: undefined });
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    await Promise.all(names.map((name) => store.ensure(name, { signal })));
    return { store, folderOf: store.folderOf };
  } catch (error) {
    const reason = describe(error);
    console.warn(`Tests with the speech models are skipped: ${reason}`);
    return { store: undefined, reason };
  }
}

/** The folder in which the models of this user are. */
export function userModelsDir(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'visavis', 'models');
}

async function ensure(entry: CatalogueEntry | undefined, patienceMs: number): Promise<TestModel> {
  if (!entry) throw new Error('The catalogue has no default language model');
  const { name } = entry;
  const store = createModelStore({ catalogue: loadCatalogue(), modelsDir: userModelsDir() });
  try {
    const path = await store.ensure(name, { signal: AbortSignal.timeout(patienceMs) });
    return { name, path, store };
  } catch (error) {
    const reason = describe(error);
    console.warn(`Tests with the language model ${name} are skipped: ${reason}`);
    return { name, path: undefined, reason };
  }
}
