import type { SecretBox } from '../access/secrets.ts';
import type { Now } from '../clock.ts';
import { AppError, invalid } from '../errors.ts';
import { findVendorAccess } from '../speech/find-speech-provider.ts';
import type { Stores } from '../stores.ts';
import type { User } from '../users/user.ts';
import type { LocalModelState, Provider, ProviderProbe, ProviderTest, ServerProvider, ServerProviders } from './provider.ts';
import { RESERVED_PROVIDERS } from './provider.ts';
import { type ResolveDeps, resolveEndpoint } from './resolve-models.ts';
import { isSpeechVendor, SPEECH_VENDORS, type SpeechVendor } from './speech-vendor.ts';

/** A provider as its user sees it: one of their own, or one that the server offers. */
export type ProviderView =
  | { source: 'user'; provider: Provider }
  | { source: 'server'; name: string; state: LocalModelState['state']; server: ServerProvider | undefined };

export interface ProviderWish {
  baseUrl: string;
  /** Absent keeps the stored key, null removes it. */
  apiKey: string | null | undefined;
  defaultModel: string | null;
  contextTokens: number | null;
}

interface ListDeps {
  stores: Pick<Stores, 'providers'>;
  serverProviders: ServerProviders;
}

/**
 * The server's providers (`local` and `ollama` always, with their state; vendors of speech where there is a key) and the user's own,
 * which hide those of the same name.
 */
export async function listProviders({ stores, serverProviders }: ListDeps, userId: number): Promise<ProviderView[]> {
  const own = await stores.providers.list(userId);
  const taken = new Set(own.map(({ name }) => name));
  const offered = [...new Set([...RESERVED_PROVIDERS, ...serverProviders.names(), ...vendorsOf(serverProviders)])].filter(
    (name) => !taken.has(name),
  );
  return [
    ...offered.map((name) => offeredView(serverProviders, name)),
    ...own.map((provider): ProviderView => ({ source: 'user', provider })),
  ];
}

/** One of `listProviders`; 404 where there is none of this name. */
export async function findProvider({ stores, serverProviders }: ListDeps, userId: number, name: string): Promise<ProviderView> {
  const provider = await stores.providers.find(userId, name);
  if (provider) return { source: 'user', provider };
  const offered = RESERVED_PROVIDERS.includes(name) || serverProviders.find(name) || vendorsOf(serverProviders).includes(name);
  if (offered) return offeredView(serverProviders, name);
  throw new AppError('provider-not-found');
}

/** The address of a provider that is entered; of vendors of speech it is known. */
export function providerAddress(name: string, given: string | undefined): string {
  const address = given ?? (isSpeechVendor(name) ? SPEECH_VENDORS[name].baseUrl : undefined);
  if (address === undefined) throw invalid('base_url', 'is required');
  return address;
}

/** 400 where a user who is no administrator enters an address on this machine or its network. */
export async function checkProviderAddress(
  deps: { probe: Pick<ProviderProbe, 'check'>; allowPrivateProviders: boolean },
  user: User,
  baseUrl: string,
): Promise<void> {
  if (deps.allowPrivateProviders || user.role === 'administrator') return;
  try {
    await deps.probe.check(baseUrl);
  } catch (error) {
    const problem = 'leads to this machine or a private network, which only an administrator may use';
    throw new AppError('address-not-allowed', `base_url: ${problem}`, { details: { base_url: problem }, cause: error });
  }
}

/** Creates a provider of the user's own, or replaces what it is. Its key is sealed, and never leaves again but to its provider. */
export async function putProvider(
  deps: { stores: Pick<Stores, 'providers'>; box: Pick<SecretBox, 'seal'>; now: Now },
  userId: number,
  name: string,
  wish: ProviderWish,
): Promise<Provider> {
  if (RESERVED_PROVIDERS.includes(name)) throw invalid('name', 'is reserved for what the server itself offers');
  const before = await deps.stores.providers.find(userId, name);
  if (wish.apiKey === undefined && before?.sealedKey && !sameOrigin(before.baseUrl, wish.baseUrl)) {
    // Otherwise whoever may change the address could have the key sent to a server of their own.
    throw invalid('api_key', 'must be given again (or null) where the address changes');
  }
  const key =
    wish.apiKey === undefined
      ? { sealedKey: before?.sealedKey ?? null, keyLastFour: before?.keyLastFour ?? null }
      : { sealedKey: wish.apiKey && deps.box.seal(wish.apiKey), keyLastFour: wish.apiKey && lastFour(wish.apiKey) };
  const { baseUrl, defaultModel, contextTokens } = wish;
  return deps.stores.providers.put(userId, { name, baseUrl, defaultModel, contextTokens, ...key }, deps.now());
}

/** Deletes a provider of the user's own; agents that name it fall back or answer 503. */
export async function deleteProvider(deps: { stores: Pick<Stores, 'providers'> }, userId: number, name: string): Promise<void> {
  if (!(await deps.stores.providers.delete(userId, name))) throw new AppError('provider-not-found');
}

/** Tries a provider with a few tokens; a vendor of speech with its key alone. */
export async function testProvider(
  deps: ResolveDeps & { probe: Pick<ProviderProbe, 'test' | 'testVendor'> },
  user: User,
  name: string,
  options: { model: string | undefined; signal: AbortSignal },
): Promise<{ model: string; test: ProviderTest }> {
  const view = await findProvider(deps, user.id, name);
  if (isSpeechVendor(name)) {
    const access = await findVendorAccess(deps, user, name);
    if (!access) throw invalid('api_key', 'is missing: PUT the provider with one');
    const { model } = SPEECH_VENDORS[name];
    return { model, test: await deps.probe.testVendor(name, access, options.signal) };
  }
  if (view.source === 'user' && options.model === undefined && view.provider.defaultModel === null) {
    throw invalid('model', 'is required, since the provider has no default model');
  }
  const endpoint = await resolveEndpoint(deps, user, { provider: name, model: options.model });
  return { model: endpoint.model, test: await deps.probe.test(endpoint, options.signal) };
}

function vendorsOf(serverProviders: ServerProviders): string[] {
  return Object.keys(SPEECH_VENDORS).filter((name) => serverProviders.vendor(name as SpeechVendor) !== undefined);
}

function offeredView(serverProviders: ServerProviders, name: string): ProviderView {
  const vendor = isSpeechVendor(name) ? serverProviders.vendor(name) : undefined;
  if (vendor && isSpeechVendor(name))
    return { source: 'server', name, state: 'ready', server: { ...vendor, defaultModel: SPEECH_VENDORS[name].model } };
  const server = serverProviders.find(name);
  const state = name === 'local' ? serverProviders.local().state : server ? 'ready' : 'absent';
  return { source: 'server', name, state, server };
}

/** Of a key too short to spare four characters, none are shown. */
function lastFour(key: string): string | null {
  return key.length >= 12 ? key.slice(-4) : null;
}

function sameOrigin(one: string, other: string): boolean {
  return new URL(one).origin === new URL(other).origin;
}
