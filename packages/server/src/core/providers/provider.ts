import type { LanguageModelEndpoint } from '../conversation.ts';
import type { ServerVendors, SpeechVendor, VendorAccess } from './speech-vendor.ts';

/** Names that users cannot give: what the server itself offers on this machine. */
export const RESERVED_PROVIDERS: readonly string[] = ['local', 'ollama'];

/** A language model provider of a user's own: any OpenAI-compatible endpoint. */
export interface Provider {
  id: number;
  userId: number;
  name: string;
  /** Without a slash at its end. */
  baseUrl: string;
  defaultModel: string | null;
  /** What its models take in, in tokens; null = a cautious default. */
  contextTokens: number | null;
  /** Sealed by the server's `SecretBox`; null where the provider needs no key. */
  sealedKey: string | null;
  keyLastFour: string | null;
  createdAt: number;
  updatedAt: number;
}

export type NewProvider = Pick<Provider, 'name' | 'baseUrl' | 'defaultModel' | 'contextTokens' | 'sealedKey' | 'keyLastFour'>;

export interface ProviderStore {
  find(userId: number, name: string): Promise<Provider | undefined>;
  /** By name. */
  list(userId: number): Promise<Provider[]>;
  /** Creates the provider or replaces the one of this name. */
  put(userId: number, provider: NewProvider, now: number): Promise<Provider>;
  delete(userId: number, name: string): Promise<boolean>;
}

/** A provider that the server offers to all its users. */
export interface ServerProvider {
  baseUrl: string;
  apiKey?: string;
  defaultModel?: string;
  /** All models there are, where that is known. */
  models?: readonly string[];
  contextTokens?: number;
}

export interface LocalModelState {
  state: 'absent' | 'downloading' | 'loading' | 'ready' | 'failed';
  retryAfterSeconds?: number;
}

/** What the server offers: the local model, Ollama where it runs, an endpoint from the configuration. Answers from memory. */
export interface ServerProviders {
  /** What agents without a choice use; undefined while there is nothing to choose. */
  default(): { provider: string; model: string } | undefined;
  /** A provider that can be called now. */
  find(name: string): ServerProvider | undefined;
  /** Those that can be called now, without `local`. */
  names(): readonly string[];
  local(): LocalModelState;
  /** A vendor of speech whose key the server has. */
  vendor(name: SpeechVendor): ServerVendors[SpeechVendor];
}

/** Whether an endpoint works, and if not, what its owner can do something about. */
export type ProviderTest =
  | { ok: true; ms: number; model: string }
  | {
      ok: false;
      kind: 'unauthorized' | 'unreachable' | 'not-allowed' | 'bad-answer' | 'timeout' | 'rate-limited';
      /** Without the key. */
      detail: string;
    };

/** Looks at endpoints before somebody talks through them. */
export interface ProviderProbe {
  /** Rejects where the address leads to this machine or a private network. */
  check(url: string): Promise<void>;
  /** Tries the endpoint with a real completion of a few tokens. */
  test(endpoint: LanguageModelEndpoint, signal: AbortSignal): Promise<ProviderTest>;
  /** Asks a vendor of speech whether it knows the key; nothing is said or heard. */
  testVendor(vendor: SpeechVendor, access: VendorAccess, signal: AbortSignal): Promise<ProviderTest>;
}
