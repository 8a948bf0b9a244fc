import { z } from 'zod';
import type { ProviderTest } from '../../core/providers/provider.ts';
import { SPEECH_VENDORS, type SpeechVendor, type VendorAccess } from '../../core/providers/speech-vendor.ts';
import type { SpeechFailureKind } from '../../core/speech/callable-speech.ts';
import type { Voice } from '../../core/voices/voice.ts';
import { CARTESIA_VERSION } from './cartesia-version.ts';
import { failureOfConnection } from './vendor-failure.ts';

/** GET of a JSON document; which addresses it may lead to is decided there. Throws on anything but a 200 with JSON. */
export type GetJson = (
  url: string,
  options: { headers: Record<string, string>; privateNetwork: boolean; signal: AbortSignal },
) => Promise<unknown>;

/** Somebody watches a button. */
const TEST_MS = 10_000;

const HEADERS: Record<SpeechVendor, (apiKey: string) => Record<string, string>> = {
  deepgram: (apiKey) => ({ authorization: `Token ${apiKey}` }),
  elevenlabs: (apiKey) => ({ 'xi-api-key': apiKey }),
  cartesia: (apiKey) => ({ 'x-api-key': apiKey, 'cartesia-version': CARTESIA_VERSION }),
};
/** What only who has a key gets to see, for nothing. */
const PATHS: Record<SpeechVendor, string> = {
  deepgram: '/v1/projects',
  elevenlabs: '/v1/voices',
  cartesia: '/voices?limit=100',
};

function ask(getJson: GetJson, vendor: SpeechVendor, { baseUrl, apiKey, privateNetwork }: VendorAccess, signal: AbortSignal) {
  const origin = baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '');
  return getJson(origin + PATHS[vendor], { headers: HEADERS[vendor](apiKey), privateNetwork, signal });
}

/** Whether a vendor knows the key. Throws only when `signal` is aborted. */
export async function testVendor(
  getJson: GetJson,
  vendor: SpeechVendor,
  access: VendorAccess,
  signal: AbortSignal,
): Promise<ProviderTest> {
  const startedAt = performance.now();
  const limit = AbortSignal.timeout(TEST_MS);
  try {
    const answer = await ask(getJson, vendor, access, AbortSignal.any([signal, limit]));
    if (typeof answer !== 'object' || answer === null)
      return { ok: false, kind: 'bad-answer', detail: 'The answer is none of the vendor’s' };
    return { ok: true, ms: performance.now() - startedAt, model: SPEECH_VENDORS[vendor].model };
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) return { ok: false, kind: 'timeout', detail: `No answer within ${TEST_MS} ms` };
    if (error instanceof SyntaxError) return { ok: false, kind: 'bad-answer', detail: 'The answer is not valid JSON' };
    const { kind, message } = failureOfConnection(error);
    return { ok: false, kind: TOLD[kind], detail: message };
  }
}

const TOLD: Record<SpeechFailureKind, (ProviderTest & { ok: false })['kind']> = {
  unauthorized: 'unauthorized',
  'rate-limited': 'rate-limited',
  rejected: 'bad-answer',
  unreachable: 'unreachable',
  'not-allowed': 'not-allowed',
  'server-error': 'bad-answer',
  timeout: 'timeout',
  closed: 'unreachable',
  'bad-answer': 'bad-answer',
  unavailable: 'bad-answer',
};

const ElevenLabsVoices = z.object({
  voices: z.array(
    z.object({
      voice_id: z.string(),
      name: z.string(),
      labels: z.record(z.string(), z.unknown()).nullish(),
      preview_url: z.string().nullish(),
    }),
  ),
});
const CartesiaVoice = z.object({
  id: z.string(),
  name: z.string(),
  language: z.string().nullish(),
  gender: z.string().nullish(),
});
/** Older versions of the interface answer with the bare list. */
const CartesiaVoices = z.union([
  z.object({ data: z.array(CartesiaVoice) }).transform(({ data }) => data),
  z.array(CartesiaVoice),
]);

/** The voices of a vendor's account, as `GET /voices` shows them. Throws where they cannot be had. */
export async function listVendorVoices(
  getJson: GetJson,
  vendor: SpeechVendor,
  access: VendorAccess,
  signal: AbortSignal,
): Promise<Voice[]> {
  if (vendor === 'deepgram') return [];
  const answer = await ask(getJson, vendor, access, signal);
  const common = { provider: vendor, available: true };
  if (vendor === 'elevenlabs') {
    return ElevenLabsVoices.parse(answer).voices.map(({ voice_id, name, labels, preview_url }) => ({
      ...common,
      id: `elevenlabs/${voice_id}`,
      name,
      language: languageOf(labels?.language),
      gender: genderOf(labels?.gender),
      previewUrl: preview_url?.startsWith('https://') ? preview_url : null,
    }));
  }
  return CartesiaVoices.parse(answer).map(({ id, name, language, gender }) => ({
    ...common,
    id: `cartesia/${id}`,
    name,
    language: languageOf(language),
    gender: genderOf(gender),
    previewUrl: null,
  }));
}

/** The voices that OpenAI documents (https://platform.openai.com/docs/guides/text-to-speech); they speak every language. */
export const OPENAI_VOICES: readonly Voice[] = (
  [
    ['alloy', 'neutral'],
    ['ash', 'male'],
    ['coral', 'female'],
    ['echo', 'male'],
    ['fable', 'neutral'],
    ['nova', 'female'],
    ['onyx', 'male'],
    ['sage', 'female'],
    ['shimmer', 'female'],
  ] as const
).map(([name, gender]) => ({
  id: `openai/${name}`,
  name: name[0]?.toUpperCase() + name.slice(1),
  provider: 'openai',
  language: 'en',
  gender,
  previewUrl: null,
  available: true,
}));

function languageOf(value: unknown): string {
  return typeof value === 'string' && /^[a-z]{2,3}(-[A-Za-z0-9]+)*$/.test(value) ? value : 'en';
}

function genderOf(value: unknown): Voice['gender'] {
  const text = String(value).toLowerCase();
  if (text.startsWith('fem')) return 'female';
  return text.startsWith('male') || text.startsWith('masc') ? 'male' : 'neutral';
}
