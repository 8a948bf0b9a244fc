import type { AgentProperties } from '@visavis/protocol';
import type { Agent } from '../agents/agent.ts';
import type { EarsEndpoint, VoiceEndpoint } from '../calls/voice-spec.ts';
import { AppError } from '../errors.ts';
import type { User } from '../users/user.ts';
import { findSpeechProvider, type SpeechProviderDeps } from './find-speech-provider.ts';
import type { LocalSpeechAccess } from './local-speech-access.ts';
import { type VoiceWish, voiceWishOf } from './voice-id.ts';

export interface ResolveSpeechDeps extends SpeechProviderDeps {
  local: LocalSpeechAccess;
}

/** Who listens and speaks in the calls with an agent. */
export interface ResolvedSpeech {
  /** In the order in which they are tried; at least one. */
  ears: EarsEndpoint[];
  /** In the order in which they are tried; none where nothing can speak. */
  voices: VoiceEndpoint[];
  /** `voice-substituted`: another voice than the wished one speaks. `voice-unavailable`: none can. */
  warnings: string[];
}

type Wishes = NonNullable<AgentProperties['speech']>;
type Found<Endpoint> = { endpoint: Endpoint } | { missing: string };

const WAYS_OUT =
  'Ways out: have the local models fetched (leave VISAVIS_STT out), set DEEPGRAM_API_KEY, add a provider of your own with ' +
  'PUT /api/v1/providers/deepgram, or switch the session to text with PATCH {"session_type": "agent_chat"}';

/** What OpenAI and its likes are asked for where nobody says. */
const OPENAI_EARS = 'whisper-1';
const OPENAI_VOICE_MODEL = 'tts-1';
const OPENAI_VOICE = 'alloy';

/**
 * The recognisers and voices of an agent, in the order in which they are tried. A voice is wished for by `properties.speech.speak`, else by
 * the avatar's voice id; then come the named fallbacks, and this machine's own speech is the last.
 * @throws AppError `no-speech-model` with the way out, `speech-model-loading`: nothing can listen
 */
export async function resolveSpeech(
  deps: ResolveSpeechDeps,
  user: User,
  agent: Pick<Agent, 'language' | 'properties'>,
  voiceId: string | null,
): Promise<ResolvedSpeech> {
  // The border: stored properties were checked when they came in.
  const wishes = ((agent.properties ?? {}) as AgentProperties).speech ?? {};
  const [ears, speaking] = await Promise.all([
    resolveEars(deps, user, wishes.listen),
    resolveVoices(deps, user, wishes.speak, { language: agent.language, voiceId }),
  ]);
  return { ears, ...speaking };
}

/** Only who speaks, in the order in which they are tried; none where nothing can. */
export async function resolveOnlyVoices(
  deps: ResolveSpeechDeps,
  user: User,
  agent: Pick<Agent, 'language' | 'properties'>,
  voiceId: string | null,
): Promise<VoiceEndpoint[]> {
  const wish = ((agent.properties ?? {}) as AgentProperties).speech?.speak;
  return (await resolveVoices(deps, user, wish, { language: agent.language, voiceId })).voices;
}

async function resolveEars(deps: ResolveSpeechDeps, user: User, wish: Wishes['listen']): Promise<EarsEndpoint[]> {
  const choices = wish ? [{ provider: wish.provider, model: wish.model }, ...(wish.fallbacks ?? [])] : [];
  const found = await Promise.all(choices.map((choice) => findEars(deps, user, choice)));
  const ears = found.flatMap((one) => ('endpoint' in one ? [one.endpoint] : []));
  const local = deps.local.listening();
  if (!(local instanceof AppError)) ears.push({ kind: 'local', ...local });
  else if (ears.length === 0) {
    // Nobody chose it, but it is there, and better than no ears at all.
    const vendor = await findEars(deps, user, { provider: 'deepgram' });
    if ('endpoint' in vendor) ears.push(vendor.endpoint);
  }
  if (ears.length > 0) return withoutRepeats(ears);
  if (local instanceof AppError && local.code === 'speech-model-loading') throw local;
  const missing = found.flatMap((one) => ('missing' in one ? [one.missing] : []));
  const reasons = [...missing, ...(local instanceof AppError ? [local.message.replace(/\.$/, '')] : [])];
  throw new AppError('no-speech-model', `Nothing can listen: ${reasons.join('; ')}. ${WAYS_OUT}`);
}

async function findEars(
  deps: ResolveSpeechDeps,
  user: User,
  { provider, model }: { provider: string; model?: string | undefined },
): Promise<Found<EarsEndpoint>> {
  if (provider === 'local') {
    const local = deps.local.listening();
    return local instanceof AppError
      ? { missing: 'the local recogniser is not ready' }
      : { endpoint: { kind: 'local', ...local } };
  }
  const found = await findSpeechProvider(deps, user, provider);
  if ('missing' in found) return found;
  if ('openai' in found) return { endpoint: { kind: 'openai', ...found.openai, model: model ?? OPENAI_EARS } };
  if (found.vendor !== 'deepgram') return { missing: `the provider "${provider}" cannot listen here` };
  return { endpoint: { kind: 'deepgram', ...found.access, model: model ?? found.model } };
}

async function resolveVoices(
  deps: ResolveSpeechDeps,
  user: User,
  wish: Wishes['speak'],
  { language, voiceId }: { language: string; voiceId: string | null },
): Promise<Pick<ResolvedSpeech, 'voices' | 'warnings'>> {
  const hasKey = async (provider: string) => !('missing' in (await findSpeechProvider(deps, user, provider)));
  const first = await wishedVoice(wish, voiceId, hasKey);
  const choices: VoiceWish[] = [...(first === undefined ? [] : [first]), ...(wish?.fallbacks ?? [])];
  const speed = wish?.speed ?? 1;
  const found = await Promise.all(choices.map((choice) => findVoice(deps, user, choice, speed)));
  const voices = found.flatMap((one) => ('endpoint' in one ? [one.endpoint] : []));

  const local = deps.local.speaking();
  if (!(local instanceof AppError)) {
    const standIn = await defaultLocalVoice(deps.local, language);
    // Who was to speak with a local voice does so, also as the last one.
    const any = voices.some(({ kind }) => kind === 'local');
    if (!any) voices.push({ kind: 'local', ...local, speed, ...(standIn !== undefined && { voice: standIn }) });
  } else if (voices.length === 0) {
    for (const provider of ['elevenlabs', 'cartesia']) {
      const vendor = await findVoice(deps, user, { provider }, speed);
      if ('endpoint' in vendor) voices.push(vendor.endpoint);
    }
  }
  if (voices.length === 0) return { voices, warnings: ['voice-unavailable'] };
  const substituted = found[0] !== undefined && first !== undefined && 'missing' in found[0];
  return { voices: localLast(withoutRepeats(voices)), warnings: substituted ? ['voice-substituted'] : [] };
}

/** The voice that is to speak, by the agent's properties or the avatar; undefined where nobody wishes for one. */
async function wishedVoice(
  wish: Wishes['speak'],
  voiceId: string | null,
  hasKey: (provider: string) => Promise<boolean>,
): Promise<VoiceWish | undefined> {
  if (wish?.provider !== undefined) {
    return { provider: wish.provider, model: wish.model, voice: wish.voice };
  }
  const id = wish?.voice ?? voiceId ?? undefined;
  if (id === undefined) return undefined;
  return { ...voiceWishOf(id, await hasKey('elevenlabs')), model: wish?.model };
}

async function findVoice(deps: ResolveSpeechDeps, user: User, wish: VoiceWish, speed: number): Promise<Found<VoiceEndpoint>> {
  const { provider, model, voice } = wish;
  if (provider === undefined) return { missing: `nobody has the voice "${voice}"` };
  if (provider === 'local') return findLocalVoice(deps.local, voice, speed);
  const found = await findSpeechProvider(deps, user, provider);
  if ('missing' in found) return found;
  if ('openai' in found)
    return {
      endpoint: { kind: 'openai', ...found.openai, model: model ?? OPENAI_VOICE_MODEL, voice: voice ?? OPENAI_VOICE, speed },
    };
  if (found.vendor === 'deepgram') return { missing: `the provider "${provider}" cannot speak here` };
  return {
    endpoint: { kind: found.vendor, ...found.access, model: model ?? found.model, voice: voice ?? found.voice, speed },
  };
}

async function findLocalVoice(local: LocalSpeechAccess, voice: string | undefined, speed: number): Promise<Found<VoiceEndpoint>> {
  const address = local.speaking();
  if (address instanceof AppError) return { missing: 'the local voices are not ready' };
  if (voice === undefined) return { endpoint: { kind: 'local', ...address, speed } };
  const id = voice.startsWith('local/') ? voice : `local/${voice}`;
  const known = (await local.voices()).some((one) => one.id === id && one.available);
  return known ? { endpoint: { kind: 'local', ...address, voice: id, speed } } : { missing: `there is no voice "${id}" now` };
}

/** The first local voice of a language, of the same accent if there is one; undefined: the engine's own. */
async function defaultLocalVoice(local: LocalSpeechAccess, language: string): Promise<string | undefined> {
  const voices = (await local.voices()).filter(({ available }) => available);
  const wanted = language.toLowerCase();
  const base = (tag: string) => tag.toLowerCase().split('-')[0];
  const ofLanguage = voices.filter((voice) => base(voice.language) === base(wanted));
  // `en` alone: the engine's own default is English already.
  if (!wanted.includes('-') && ofLanguage.some(({ id }) => id === voices[0]?.id)) return undefined;
  return (ofLanguage.find((voice) => voice.language.toLowerCase() === wanted) ?? ofLanguage[0])?.id;
}

/** The voice of this machine fails least, so nobody comes after it, unless it was wished for first. */
function localLast(voices: VoiceEndpoint[]): VoiceEndpoint[] {
  const [first, ...rest] = voices;
  if (!first) return [];
  return [first, ...rest.filter(({ kind }) => kind !== 'local'), ...rest.filter(({ kind }) => kind === 'local')];
}

/** The same one twice would be tried twice in vain. */
function withoutRepeats<Endpoint>(endpoints: Endpoint[]): Endpoint[] {
  const seen = new Set<string>();
  return endpoints.filter((endpoint) => {
    const key = JSON.stringify(endpoint);
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
}
