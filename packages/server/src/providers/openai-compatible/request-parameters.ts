import type { OpenAI } from 'openai';
import type { LanguageModelEndpoint } from '../../core/conversation.ts';

/**
 * What an endpoint's settings are called on the wire. LiveKit's plugin drops a temperature of 0, and knows only OpenAI's new name
 * of the limit, which other servers ignore or refuse.
 */
export function parametersOf(
  endpoint: LanguageModelEndpoint,
): Pick<OpenAI.ChatCompletionCreateParams, 'temperature' | 'max_tokens' | 'max_completion_tokens'> {
  const { temperature, maxTokens } = endpoint;
  const newName = /(^|\.)(openai\.com|openai\.azure\.com)$/.test(new URL(endpoint.baseUrl).hostname);
  return {
    // OpenAI's reasoning models refuse it.
    ...(temperature === undefined || /(^|\/)(o\d|gpt-5)/.test(endpoint.model) ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : newName ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens }),
  };
}
