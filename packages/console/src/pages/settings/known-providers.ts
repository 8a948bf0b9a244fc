/** What a provider can do for an agent. */
export type ProviderUse = 'models' | 'ears' | 'voices';

export interface KnownProvider {
  name: string;
  title: string;
  uses: ProviderUse[];
  /** Undefined where the server knows it. */
  baseUrl: string | undefined;
  /** A model to begin with, as a hint. */
  exampleModel: string | undefined;
  /** Where its keys are made. */
  keysPage: string;
}

/** Services that many people have a key of. All but the vendors of speech speak as OpenAI does, like any other that can be entered. */
export const KNOWN_PROVIDERS: readonly KnownProvider[] = [
  {
    name: 'openai',
    title: 'OpenAI',
    uses: ['models', 'ears', 'voices'],
    baseUrl: 'https://api.openai.com/v1',
    exampleModel: 'gpt-4.1-mini',
    keysPage: 'https://platform.openai.com/api-keys',
  },
  {
    name: 'anthropic',
    title: 'Anthropic',
    uses: ['models'],
    baseUrl: 'https://api.anthropic.com/v1',
    exampleModel: 'claude-haiku-4-5',
    keysPage: 'https://console.anthropic.com/settings/keys',
  },
  {
    name: 'gemini',
    title: 'Google Gemini',
    uses: ['models'],
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    exampleModel: 'gemini-2.5-flash',
    keysPage: 'https://aistudio.google.com/apikey',
  },
  {
    name: 'groq',
    title: 'Groq',
    uses: ['models', 'ears'],
    baseUrl: 'https://api.groq.com/openai/v1',
    exampleModel: 'llama-3.3-70b-versatile',
    keysPage: 'https://console.groq.com/keys',
  },
  {
    name: 'mistral',
    title: 'Mistral',
    uses: ['models'],
    baseUrl: 'https://api.mistral.ai/v1',
    exampleModel: 'mistral-small-latest',
    keysPage: 'https://console.mistral.ai/api-keys',
  },
  {
    name: 'openrouter',
    title: 'OpenRouter',
    uses: ['models'],
    baseUrl: 'https://openrouter.ai/api/v1',
    exampleModel: 'meta-llama/llama-3.3-70b-instruct',
    keysPage: 'https://openrouter.ai/keys',
  },
  {
    name: 'deepgram',
    title: 'Deepgram',
    uses: ['ears'],
    baseUrl: undefined,
    exampleModel: undefined,
    keysPage: 'https://console.deepgram.com',
  },
  {
    name: 'elevenlabs',
    title: 'ElevenLabs',
    uses: ['voices'],
    baseUrl: undefined,
    exampleModel: undefined,
    keysPage: 'https://elevenlabs.io/app/settings/api-keys',
  },
  {
    name: 'cartesia',
    title: 'Cartesia',
    uses: ['voices'],
    baseUrl: undefined,
    exampleModel: undefined,
    keysPage: 'https://play.cartesia.ai/keys',
  },
];

export const knownProvider = (name: string) => KNOWN_PROVIDERS.find((known) => known.name === name);

/** What a provider can do, as far as its name says: an endpoint of one's own may do all that OpenAI's does. */
export function usesOf(name: string): readonly ProviderUse[] {
  if (name === 'ollama') return ['models'];
  return knownProvider(name)?.uses ?? ['models', 'ears', 'voices'];
}
