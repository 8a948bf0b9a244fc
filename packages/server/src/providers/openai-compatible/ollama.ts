import type { LanguageModelConnections } from './connections.ts';

/** A service on this machine answers at once or is not there. */
const OLLAMA_TIMEOUT_MS = 1_000;

/**
 * The models that an Ollama at `baseUrl` has (with or without `/v1`); `undefined` if none answers there within a second.
 * Its `GET /api/tags`: https://github.com/ollama/ollama/blob/main/docs/api.md#list-local-models
 */
export async function listOllamaModels(
  connections: LanguageModelConnections,
  baseUrl: string,
  signal: AbortSignal,
): Promise<string[] | undefined> {
  const origin = baseUrl.replace(/\/(v1\/?)?$/, '');
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(OLLAMA_TIMEOUT_MS)]);
    return namesOf(await connections.getJson(`${origin}/api/tags`, { privateNetwork: true, signal: limit }));
  } catch {
    // Nobody there, or somebody else: both are no Ollama.
    return undefined;
  }
}

function namesOf(answer: unknown): string[] | undefined {
  if (typeof answer !== 'object' || answer === null || !('models' in answer) || !Array.isArray(answer.models)) return undefined;
  return answer.models.map((model: unknown) => nameOf(model)).filter((name) => name !== undefined);
}

function nameOf(model: unknown): string | undefined {
  return typeof model === 'object' && model !== null && 'name' in model && typeof model.name === 'string'
    ? model.name
    : undefined;
}
