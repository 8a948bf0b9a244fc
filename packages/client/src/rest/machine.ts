import type { CallOptions, Http } from './http.ts';
import type {
  Model,
  Provider,
  ProviderBody,
  Providers,
  ProviderTest,
  ProviderTestResult,
  Usage,
  UsageQuality,
  Voice,
} from './types.ts';

export interface Voices {
  list(options?: CallOptions): Promise<Voice[]>;
}

export function voices(http: Http): Voices {
  return { list: async (options) => (await http.json<{ voices: Voice[] }>('GET', '/voices', options)).voices };
}

/** The models that run on the server's own machine. */
export interface Models {
  list(options?: CallOptions): Promise<Model[]>;
  /** Begins to download a model that is not here; `list` tells how far that is. */
  pull(name: string, options?: CallOptions): Promise<Model>;
  /** Reads all files of a model and compares their checksums: what is wrong with them, or nothing. `pull` brings a damaged one anew. */
  verify(name: string, options?: CallOptions): Promise<string[]>;
  remove(name: string, options?: CallOptions): Promise<void>;
}

/** Gigabytes may have to be read, in ms. */
const VERIFY_TIMEOUT_MS = 300_000;

export function models(http: Http): Models {
  return {
    list: async (options) => (await http.json<{ models: Model[] }>('GET', '/models', options)).models,
    async pull(name, options) {
      return (await http.json<{ model: Model }>('POST', `/models/${encodeURIComponent(name)}/pull`, options)).model;
    },
    async verify(name, options) {
      const path = `/models/${encodeURIComponent(name)}/verify`;
      return (await http.json<{ problems: string[] }>('POST', path, { timeoutMs: VERIFY_TIMEOUT_MS, ...options })).problems;
    },
    async remove(name, options) {
      await http.json('DELETE', `/models/${encodeURIComponent(name)}`, options);
    },
  };
}

/** Where language models and cloud speech come from. Keys are write-only. */
export interface ProviderMethods {
  list(options?: CallOptions): Promise<Providers>;
  get(name: string, options?: CallOptions): Promise<Provider>;
  put(name: string, body: ProviderBody, options?: CallOptions): Promise<Provider>;
  remove(name: string, options?: CallOptions): Promise<void>;
  /** Sends it one small request. A provider that fails is no error here: see `ok` and `problem`. */
  test(name: string, body?: ProviderTest, options?: CallOptions): Promise<ProviderTestResult>;
}

/** A test waits for the provider, in ms. */
const TEST_TIMEOUT_MS = 90_000;

export function providers(http: Http): ProviderMethods {
  const path = (name: string) => `/providers/${encodeURIComponent(name)}`;
  return {
    async list(options) {
      const { providers, default: used } = await http.json<Providers>('GET', '/providers', options);
      return { providers, default: used };
    },
    get: async (name, options) => (await http.json<{ provider: Provider }>('GET', path(name), options)).provider,
    async put(name, body, options) {
      return (await http.json<{ provider: Provider }>('PUT', path(name), { ...options, body })).provider;
    },
    async remove(name, options) {
      await http.json('DELETE', path(name), options);
    },
    async test(name, body = {}, options) {
      const request = { timeoutMs: TEST_TIMEOUT_MS, ...options, body };
      return (await http.json<{ result: ProviderTestResult }>('POST', `${path(name)}/test`, request)).result;
    },
  };
}

export interface UsageMethods {
  /** Sessions and minutes of every day, the live sessions, and the limits. `days`: including today, 1 to 366, by default 30. */
  read(query?: { days?: number | undefined }, options?: CallOptions): Promise<Usage>;
  /** How well each day went: latency, interruptions, failures, why sessions ended; oldest first. */
  quality(query?: { days?: number | undefined }, options?: CallOptions): Promise<UsageQuality['days']>;
}

export function usage(http: Http): UsageMethods {
  return {
    async read(query, options) {
      const { success: _, ...answer } = await http.json<Usage & { success: true }>('GET', '/usage', {
        ...options,
        query: { ...query },
      });
      return answer;
    },
    async quality(query, options) {
      return (await http.json<UsageQuality>('GET', '/usage/quality', { ...options, query: { ...query } })).days;
    },
  };
}
