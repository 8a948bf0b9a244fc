import type { HistoryMessage, LanguageModelEndpoint } from '../../core/conversation.ts';
import type { LanguageModelConnections } from './connections.ts';

/**
 * Lets the model of this machine read what a conversation begins with before anybody waits for it: it keeps what it has read, so that the
 * first answer does not begin with it (0.2 to 0.8 s for 128 tokens on two cores). Other models are left alone: reading costs money there.
 * Never throws; what goes wrong shows with the first question.
 */
export async function readAhead(
  endpoint: LanguageModelEndpoint | undefined,
  { instructions, history }: { instructions: string; history: readonly HistoryMessage[] },
  { connections, signal }: { connections: LanguageModelConnections; signal: AbortSignal },
): Promise<void> {
  if (endpoint?.provider !== 'local') return;
  const messages = [{ role: 'system', content: instructions }, ...history.map(({ role, content }) => ({ role, content }))];
  const body = JSON.stringify({ model: endpoint.model, messages, max_tokens: 1 });
  try {
    const answer = await connections.post(endpoint, '/chat/completions', { body, contentType: 'application/json', signal });
    for await (const _ of answer.body);
  } catch {
    // The first question will tell.
  }
}
