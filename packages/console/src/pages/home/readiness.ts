import type { Avatar, Model, Providers, Voice } from '@visavis/client';
import type { WayOut } from '../../texts/home.ts';

export type AbilityName = 'chat' | 'voice' | 'video';

/** Whether people can converse so on this server, and what to do where they cannot. */
export interface Ability {
  name: AbilityName;
  state: 'ready' | 'fetching' | 'loading' | 'missing' | 'failed';
  wayOut?: WayOut;
  /** Of what is being fetched for it. */
  received?: number;
  total?: number;
  secondsLeft?: number | undefined;
}

interface Known {
  models: readonly Model[];
  providers: Providers;
  voices: readonly Voice[];
  avatars: readonly Avatar[];
}

const FETCHING: ReadonlyArray<Model['state']> = ['queued', 'downloading', 'verifying'];

/** What works on this server, from what it tells about its parts. */
export function readiness(known: Known): Ability[] {
  const voice = voiceOf(known);
  return [chatOf(known), voice, videoOf(known, voice)];
}

function chatOf({ models, providers }: Known): Ability {
  const used = providers.default;
  const provider = used && providers.providers.find(({ name }) => name === used.provider);
  if (provider?.state === 'ready') return { name: 'chat', state: 'ready' };
  const local = models.filter(({ task }) => task === 'llm');
  const fetched = local.filter(({ state }) => FETCHING.includes(state));
  if (fetched.length > 0) return { name: 'chat', state: 'fetching', wayOut: 'language-model-fetching', ...progressOf(fetched) };
  if (provider?.state === 'loading' || provider?.state === 'downloading') {
    return { name: 'chat', state: 'loading', wayOut: 'language-model-loading' };
  }
  const failed = provider?.state === 'failed' || local.some(({ state, in_use }) => in_use && state === 'failed');
  return failed
    ? { name: 'chat', state: 'failed', wayOut: 'language-model-failed' }
    : { name: 'chat', state: 'missing', wayOut: 'fetch-language-model' };
}

/** Ears can be had from a provider as well, which the list of models does not tell: a voice that speaks is asked for, and no model that is waited for. */
function voiceOf({ models, providers, voices }: Known): Ability {
  const speech = models.filter(({ task, in_use }) => task !== 'llm' && in_use);
  const fetched = speech.filter(({ state }) => FETCHING.includes(state));
  if (fetched.length > 0) return { name: 'voice', state: 'fetching', wayOut: 'speech-models-fetching', ...progressOf(fetched) };
  if (speech.some(({ state }) => state === 'failed')) return { name: 'voice', state: 'failed', wayOut: 'speech-models-failed' };
  const remoteEars = providers.providers.some(({ name, has_api_key }) => has_api_key && ['deepgram', 'openai'].includes(name));
  const ears = remoteEars || models.some(({ task, state }) => task === 'stt' && state === 'ready');
  if (!ears) return { name: 'voice', state: 'missing', wayOut: 'fetch-speech-models' };
  if (!voices.some(({ available }) => available)) return { name: 'voice', state: 'missing', wayOut: 'no-voice' };
  return { name: 'voice', state: 'ready' };
}

function videoOf({ avatars }: Known, voice: Ability): Ability {
  if (voice.state !== 'ready') return { name: 'video', state: voice.state, wayOut: 'needs-voice' };
  if (!avatars.some(({ status }) => status === 'ready')) return { name: 'video', state: 'loading', wayOut: 'faces-building' };
  return { name: 'video', state: 'ready' };
}

function progressOf(fetched: readonly Model[]): Pick<Ability, 'received' | 'total' | 'secondsLeft'> {
  const sum = (of: (model: Model) => number) => fetched.reduce((total, model) => total + of(model), 0);
  const left = fetched.map(({ seconds_left }) => seconds_left).filter((seconds) => seconds !== undefined);
  return {
    received: sum(({ received_bytes }) => received_bytes),
    total: sum(({ size_bytes }) => size_bytes),
    secondsLeft: left.length > 0 ? Math.max(...left) : undefined,
  };
}

/** The richest way to converse that works; writing is offered in any case, and says itself what it misses. */
export function bestWay(abilities: readonly Ability[]): AbilityName {
  const works = (name: AbilityName) => abilities.some((ability) => ability.name === name && ability.state === 'ready');
  if (works('video')) return 'video';
  return works('voice') ? 'voice' : 'chat';
}
