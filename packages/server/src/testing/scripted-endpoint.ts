import type { LanguageModelEndpoint } from '../core/conversation.ts';
import type { OpenAiServer } from './openai-server.ts';

/** The scripted provider as an endpoint that conversations can ask. */
export function scriptedEndpoint(server: Pick<OpenAiServer, 'url'>): LanguageModelEndpoint {
  return {
    provider: 'scripted',
    model: 'scripted',
    baseUrl: server.url,
    contextTokens: 4_096,
    privateNetwork: true,
    firstTokenTimeoutMs: 10_000,
    nextTokenTimeoutMs: 10_000,
  };
}
