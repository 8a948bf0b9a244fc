import type { AgentProperties, LanguageModelChoice } from '@visavis/protocol';
import type { z } from 'zod';
import type { SecretBox } from '../access/secrets.ts';
import type { LanguageModelEndpoint } from '../conversation.ts';
import { AppError } from '../errors.ts';
import type { Stores } from '../stores.ts';
import type { User } from '../users/user.ts';
import { type Provider, RESERVED_PROVIDERS, type ServerProviders } from './provider.ts';
import { isSpeechVendor } from './speech-vendor.ts';

export interface ResolveDeps {
  stores: Pick<Stores, 'providers'>;
  serverProviders: ServerProviders;
  /** Opens the users' provider keys. */
  box: Pick<SecretBox, 'open'>;
  /** Whether providers of users who are no administrators may be on this machine or its network. */
  allowPrivateProviders: boolean;
}

type Choice = z.output<typeof LanguageModelChoice>;
type Wishes = AgentProperties['llm'];

/** An endpoint that was found, or why there is none. */
type Found = { endpoint: LanguageModelEndpoint } | { loading: number } | { missing: string };

/** A hosted model answers within a second or two; a longer wait is a provider that hangs. */
const REMOTE_TIMEOUTS = { firstTokenTimeoutMs: 10_000, nextTokenTimeoutMs: 10_000 };
/** On an ordinary CPU a long prompt is read for a minute; Ollama loads its model first. */
const LOCAL_TIMEOUTS = { firstTokenTimeoutMs: 120_000, nextTokenTimeoutMs: 30_000 };
/** Where nobody says what a model takes in: almost every hosted one takes this, and a long context costs. */
const REMOTE_CONTEXT_TOKENS = 32_768;
const LOCAL_CONTEXT_TOKENS = 4_096;
/** Longest reply where the agent does not say, as its documentation promises. */
const DEFAULT_ANSWER_TOKENS = 512;
const LOADING_RETRY_SECONDS = 10;

const WAYS_OUT =
  'Ways out: fetch the local model with "npm run models -- pull"; run Ollama on this machine; ' +
  'or set OPENAI_API_KEY or OPENAI_BASE_URL, or add a provider of your own with PUT /api/v1/providers/{name}.';

/**
 * The models that answer for an agent, in the order in which they are tried: its choice (without one the server's
 * default), then its fallbacks; those that cannot be had are left out. 503 where none is left, saying what is missing.
 */
export async function resolveModels(deps: ResolveDeps, user: User, wishes: Wishes): Promise<LanguageModelEndpoint[]> {
  const choices: Choice[] = [{ provider: wishes?.provider, model: wishes?.model }, ...(wishes?.fallbacks ?? [])];
  const found = await Promise.all(choices.map((choice) => findEndpoint(deps, user, choice, wishes)));
  const endpoints = found.flatMap((one) => ('endpoint' in one ? [one.endpoint] : []));
  if (endpoints.length > 0) return withoutRepeats(endpoints);

  const loading = found.flatMap((one) => ('loading' in one ? [one.loading] : []));
  if (loading.length > 0) {
    throw new AppError('language-model-loading', undefined, { retryAfterSeconds: Math.min(...loading) });
  }
  const missing = found.flatMap((one) => ('missing' in one ? [one.missing] : []));
  throw new AppError('no-language-model', `No language model is available: ${missing.join('; ')}. ${WAYS_OUT}`);
}

/** One endpoint of a provider that the user can use, for a try-out; 404 where there is no such provider. */
export async function resolveEndpoint(deps: ResolveDeps, user: User, choice: Choice): Promise<LanguageModelEndpoint> {
  const found = await findEndpoint(deps, user, choice, undefined);
  if ('endpoint' in found) return found.endpoint;
  if ('loading' in found) throw new AppError('language-model-loading', undefined, { retryAfterSeconds: found.loading });
  throw new AppError('no-language-model', `No language model is available: ${found.missing}.`);
}

async function findEndpoint(deps: ResolveDeps, user: User, choice: Choice, wishes: Wishes): Promise<Found> {
  const name = choice.provider ?? deps.serverProviders.default()?.provider;
  if (name === undefined) return localState(deps.serverProviders) ?? { missing: 'the server has no default model' };
  if (isSpeechVendor(name)) return { missing: `the provider "${name}" has no language models` };
  const answer = {
    provider: name,
    ...(wishes?.temperature !== undefined && { temperature: wishes.temperature }),
    maxTokens: wishes?.max_tokens ?? DEFAULT_ANSWER_TOKENS,
  };
  const own = await deps.stores.providers.find(user.id, name);
  return own
    ? ownEndpoint(deps, user, own, choice.model, answer)
    : serverEndpoint(deps.serverProviders, name, choice.model, answer);
}

type Answer = Pick<LanguageModelEndpoint, 'provider' | 'temperature' | 'maxTokens'>;

function ownEndpoint(deps: ResolveDeps, user: User, own: Provider, wished: string | undefined, answer: Answer): Found {
  const model = wished ?? own.defaultModel;
  if (!model) return { missing: noDefaultModel(own.name) };
  return {
    endpoint: {
      ...answer,
      model,
      baseUrl: own.baseUrl,
      ...(own.sealedKey !== null && { apiKey: deps.box.open(own.sealedKey) }),
      contextTokens: own.contextTokens ?? REMOTE_CONTEXT_TOKENS,
      privateNetwork: deps.allowPrivateProviders || user.role === 'administrator',
      ...REMOTE_TIMEOUTS,
    },
  };
}

function serverEndpoint(serverProviders: ServerProviders, name: string, wished: string | undefined, answer: Answer): Found {
  const server = serverProviders.find(name);
  if (!server) {
    if (name === 'local') return localState(serverProviders) ?? { missing: 'the local model is not there' };
    return { missing: `the provider "${name}" does not exist or does not answer` };
  }
  const standard = serverProviders.default();
  const ofServer = standard?.provider === name ? standard.model : undefined;
  const model = wished ?? ofServer ?? server.defaultModel ?? server.models?.[0];
  if (model === undefined) return { missing: noDefaultModel(name) };
  if (server.models && !server.models.some((known) => known === model || known === `${model}:latest`)) {
    return { missing: `the provider "${name}" has no model "${model}"` };
  }
  const nearby = RESERVED_PROVIDERS.includes(name);
  return {
    endpoint: {
      ...answer,
      model,
      baseUrl: server.baseUrl,
      ...(server.apiKey !== undefined && { apiKey: server.apiKey }),
      contextTokens: server.contextTokens ?? (nearby ? LOCAL_CONTEXT_TOKENS : REMOTE_CONTEXT_TOKENS),
      // Whoever configured the server decided where it may connect to.
      privateNetwork: true,
      ...(nearby ? LOCAL_TIMEOUTS : REMOTE_TIMEOUTS),
    },
  };
}

function noDefaultModel(name: string): string {
  return `the provider "${name}" has no default model, and none is named`;
}

/** What to say of a local model that cannot be called; undefined where it is ready. */
function localState(serverProviders: ServerProviders): Found | undefined {
  const { state, retryAfterSeconds } = serverProviders.local();
  switch (state) {
    case 'downloading':
    case 'loading':
      return { loading: retryAfterSeconds ?? LOADING_RETRY_SECONDS };
    case 'absent':
      return { missing: 'the local model has not been fetched' };
    case 'failed':
      return { missing: 'the local model could not be fetched or loaded' };
    case 'ready':
      return undefined;
  }
}

/** The same model twice would be tried twice in vain. */
function withoutRepeats(endpoints: LanguageModelEndpoint[]): LanguageModelEndpoint[] {
  const seen = new Set<string>();
  return endpoints.filter(({ provider, model }) => {
    const key = JSON.stringify([provider, model]);
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
}
