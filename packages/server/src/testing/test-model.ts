import { homedir } from 'node:os';
import { join } from 'node:path';
import { loadCatalogue } from '../providers/models/catalogue.ts';
import { describe } from '../providers/models/model-error.ts';
import { createModelStore, type ModelStore } from '../providers/models/model-store.ts';

/** The smallest language model of the catalogue: small enough for every test run. */
const TEST_MODEL = 'smollm2-135m-instruct-q4_1';
/** Long enough for 100 MB over a modest line. */
const PATIENCE_MS = 240_000;

/** The real model tests run with, or why there is none. */
export type TestModel = { name: string; path: string; store: ModelStore } | { name: string; path: undefined; reason: string };

/**
 * Brings the real test model from the user's models folder, or through the real catalogue; tests without it are skipped with the reason:
 * `const model = await ensureTestModel(); describe.skipIf(!model.path)(…)`.
 */
export async function ensureTestModel(): Promise<TestModel> {
  const modelsDir = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'visavis', 'models');
  const store = createModelStore({ catalogue: loadCatalogue(), modelsDir });
  try {
    const path = await store.ensure(TEST_MODEL, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return { name: TEST_MODEL, path, store };
  } catch (error) {
    const reason = describe(error);
    console.warn(`Tests with a real language model are skipped: ${reason}`);
    return { name: TEST_MODEL, path: undefined, reason };
  }
}
