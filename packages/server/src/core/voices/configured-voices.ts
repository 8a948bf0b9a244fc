import { createHash } from 'node:crypto';
import type { Now } from '../clock.ts';
import { SPEECH_VENDORS, type SpeechVendor, type VendorAccess } from '../providers/speech-vendor.ts';
import { findSpeechProvider, findVendorAccess, type SpeechProviderDeps } from '../speech/find-speech-provider.ts';
import type { User } from '../users/user.ts';
import type { Voice } from './voice.ts';

/** The voices of the providers that a user can use, beside this machine's own. */
export interface ConfiguredVoices {
  /** Of a vendor that does not answer there are none, or those of its last answer. */
  list(user: User): Promise<Voice[]>;
}

export interface ConfiguredVoicesDeps extends SpeechProviderDeps {
  /** Asks a vendor. Rejects where it cannot tell. */
  fetchVoices(vendor: SpeechVendor, access: VendorAccess, signal: AbortSignal): Promise<Voice[]>;
  /** The voices of OpenAI, shown where there is a provider of that name. */
  openAiVoices: readonly Voice[];
  now: Now;
}

/** Somebody waits for the list. */
const FETCH_MS = 4_000;
const KEPT_MS = 10 * 60_000;
/** A vendor that failed is asked again after so long. */
const FAILED_KEPT_MS = 30_000;
const MOST_KEPT = 256;

export function createConfiguredVoices(deps: ConfiguredVoicesDeps): ConfiguredVoices {
  const kept = new Map<string, { voices: Promise<Voice[]>; until: number }>();

  function voicesOf(vendor: SpeechVendor, access: VendorAccess): Promise<Voice[]> {
    const key = createHash('sha256')
      .update(JSON.stringify([vendor, access]))
      .digest('base64');
    const before = kept.get(key);
    if (before && before.until > deps.now()) return before.voices;
    const entry = { until: deps.now() + KEPT_MS, voices: Promise.resolve<Voice[]>([]) };
    entry.voices = deps.fetchVoices(vendor, access, AbortSignal.timeout(FETCH_MS)).catch(() => {
      entry.until = deps.now() + FAILED_KEPT_MS;
      return before?.voices ?? [];
    });
    kept.delete(key);
    kept.set(key, entry);
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value ?? '');
    return entry.voices;
  }

  return {
    async list(user) {
      const vendors = Object.keys(SPEECH_VENDORS) as SpeechVendor[];
      const lists = await Promise.all(
        vendors.map(async (vendor) => {
          const access = await findVendorAccess(deps, user, vendor);
          return access ? voicesOf(vendor, access) : [];
        }),
      );
      const openAi = await findSpeechProvider(deps, user, 'openai');
      return [...lists.flat(), ...('openai' in openAi ? deps.openAiVoices : [])];
    },
  };
}
