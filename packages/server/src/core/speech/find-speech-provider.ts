import type { SecretBox } from '../access/secrets.ts';
import type { ServerProviders } from '../providers/provider.ts';
import { isSpeechVendor, SPEECH_VENDORS, type SpeechVendor, type VendorAccess } from '../providers/speech-vendor.ts';
import type { Stores } from '../stores.ts';
import type { User } from '../users/user.ts';

export interface SpeechProviderDeps {
  stores: Pick<Stores, 'providers'>;
  serverProviders: Pick<ServerProviders, 'find' | 'vendor'>;
  /** Opens the users' provider keys. */
  box: Pick<SecretBox, 'open'>;
  /** Whether providers of users who are no administrators may be on this machine or its network. */
  allowPrivateProviders: boolean;
}

/** A provider of speech that a user can use: a vendor, or an OpenAI-compatible endpoint. */
export type SpeechProvider =
  | {
      [Name in SpeechVendor]: { vendor: Name; access: VendorAccess } & Pick<(typeof SPEECH_VENDORS)[Name], 'model' | 'voice'>;
    }[SpeechVendor]
  | { openai: { provider: string; baseUrl: string; apiKey?: string; privateNetwork: boolean } };

/** Looks for a provider of this name: the user's own comes before the server's. `local` is none of these. */
export async function findSpeechProvider(
  deps: SpeechProviderDeps,
  user: User,
  name: string,
): Promise<SpeechProvider | { missing: string }> {
  if (isSpeechVendor(name)) {
    const access = await findVendorAccess(deps, user, name);
    if (!access) return { missing: `there is no key for the provider "${name}"` };
    const { model, voice } = SPEECH_VENDORS[name];
    // The border: TypeScript does not follow a name through a table.
    return { vendor: name, access, model, voice } as SpeechProvider;
  }
  const own = await deps.stores.providers.find(user.id, name);
  if (own) {
    const { baseUrl, sealedKey } = own;
    const apiKey = sealedKey === null ? {} : { apiKey: deps.box.open(sealedKey) };
    return { openai: { provider: name, baseUrl, ...apiKey, privateNetwork: mayBePrivate(deps, user) } };
  }
  // Ollama has no speech.
  const server = name === 'local' || name === 'ollama' ? undefined : deps.serverProviders.find(name);
  if (!server) return { missing: `the provider "${name}" does not exist or has no speech` };
  const { baseUrl, apiKey } = server;
  // Whoever configured the server decided where it may connect to.
  return { openai: { provider: name, baseUrl, ...(apiKey !== undefined && { apiKey }), privateNetwork: true } };
}

/** Where a vendor answers a user: with their own key, else with the server's; undefined where there is none. */
export async function findVendorAccess(
  deps: Omit<SpeechProviderDeps, 'serverProviders'> & { serverProviders: Pick<ServerProviders, 'vendor'> },
  user: User,
  vendor: SpeechVendor,
): Promise<VendorAccess | undefined> {
  const own = await deps.stores.providers.find(user.id, vendor);
  if (own?.sealedKey) {
    return { baseUrl: own.baseUrl, apiKey: deps.box.open(own.sealedKey), privateNetwork: mayBePrivate(deps, user) };
  }
  const server = own ? undefined : deps.serverProviders.vendor(vendor);
  return server && { ...server, privateNetwork: true };
}

function mayBePrivate({ allowPrivateProviders }: Pick<SpeechProviderDeps, 'allowPrivateProviders'>, user: User): boolean {
  return allowPrivateProviders || user.role === 'administrator';
}
