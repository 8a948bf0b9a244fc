import type { Logger } from 'pino';
import type { ServerProvider, ServerProviders } from '../core/providers/provider.ts';
import type { ServerVendors } from '../core/providers/speech-vendor.ts';
import type { LocalLlm } from './local-llm/local-llm.ts';
import type { LanguageModelConnections } from './openai-compatible/connections.ts';
import { listOllamaModels } from './openai-compatible/ollama.ts';

const OPENAI_URL = 'https://api.openai.com/v1';
/** What OpenAI's own endpoint answers with where nobody chose a model. */
const OPENAI_MODEL = 'gpt-4o-mini';
const OLLAMA_URL = 'http://127.0.0.1:11434/v1';
/** How often it is looked whether Ollama runs, in ms. */
const OLLAMA_EVERY_MS = 30_000;

export interface ServerProvidersOptions {
  /** The configured default. */
  llm: { provider: string; model: string } | undefined;
  openai: { apiKey: string | undefined; baseUrl: string | undefined } | undefined;
  /** Vendors of speech with a key of the server's. */
  vendors: ServerVendors;
  localLlm: LocalLlm;
  connections: LanguageModelConnections;
  logger: Logger;
  ollamaUrl?: string;
}

/** What the server offers to everybody: the local model, Ollama where it runs, the configured endpoint. */
export function createServerProviders(options: ServerProvidersOptions): ServerProviders & {
  /** Looks for Ollama and for the endpoint's models, now and then. */
  start(signal: AbortSignal): void;
} {
  const { localLlm, connections, openai } = options;
  const ollamaUrl = options.ollamaUrl ?? OLLAMA_URL;
  let ollamaModels: string[] | undefined;
  let openaiModel = openai && (openai.baseUrl === undefined ? OPENAI_MODEL : undefined);

  const find = (name: string): ServerProvider | undefined => {
    if (name === 'local') {
      const endpoint = localLlm.endpoint();
      return (
        endpoint && {
          baseUrl: endpoint.baseUrl,
          apiKey: endpoint.apiKey,
          defaultModel: endpoint.model,
          models: [endpoint.model],
          contextTokens: endpoint.contextTokens,
        }
      );
    }
    if (name === 'ollama' && ollamaModels) {
      return {
        baseUrl: ollamaUrl,
        models: ollamaModels,
        ...(ollamaModels[0] !== undefined && { defaultModel: ollamaModels[0] }),
      };
    }
    if (name === 'openai' && openai) {
      const model = options.llm?.provider === 'openai' ? options.llm.model : openaiModel;
      return {
        baseUrl: (openai.baseUrl ?? OPENAI_URL).replace(/\/+$/, ''),
        ...(openai.apiKey !== undefined && { apiKey: openai.apiKey }),
        ...(model !== undefined && { defaultModel: model }),
      };
    }
    return undefined;
  };

  const lookAround = async (signal: AbortSignal): Promise<void> => {
    const found = await listOllamaModels(connections, ollamaUrl, signal);
    if (found && !ollamaModels) options.logger.info({ models: found.length }, 'Ollama found on this machine');
    ollamaModels = found;
    if (openai?.baseUrl !== undefined && openaiModel === undefined && options.llm?.provider !== 'openai') {
      openaiModel = await firstModel(connections, openai.baseUrl, signal);
    }
  };

  return {
    find,
    names: () => ['ollama', 'openai'].filter((name) => find(name) !== undefined),
    local: () => {
      const { state, retryAfterSeconds } = localLlm.state();
      return { state, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
    },
    default() {
      // Where the wished local model could not be had, another one of the catalogue stands in: that one answers.
      const loaded = options.llm?.provider === 'local' ? localLlm.endpoint()?.model : undefined;
      if (options.llm) return { ...options.llm, ...(loaded !== undefined && { model: loaded }) };
      // Who sets an endpoint wants it; else what this machine has.
      for (const name of ['openai', 'local', 'ollama']) {
        const model = find(name)?.defaultModel;
        if (model !== undefined) return { provider: name, model };
      }
      return undefined;
    },
    vendor: (name) => options.vendors[name],
    start(signal) {
      const look = () => void lookAround(signal).catch(() => undefined);
      look();
      const timer = setInterval(look, OLLAMA_EVERY_MS);
      timer.unref();
      signal.addEventListener('abort', () => clearInterval(timer), { once: true });
    },
  };
}

/** The first model that an endpoint lists, for who gave an address only. */
async function firstModel(
  connections: LanguageModelConnections,
  baseUrl: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(5_000)]);
    const answer = await connections.getJson(`${baseUrl.replace(/\/+$/, '')}/models`, { privateNetwork: true, signal: limit });
    const first = (answer as { data?: Array<{ id?: unknown }> }).data?.[0]?.id;
    return typeof first === 'string' ? first : undefined;
  } catch {
    return undefined;
  }
}
