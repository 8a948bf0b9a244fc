import { initializeLogger, llm } from '@livekit/agents';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LanguageModelEndpoint } from '../../core/conversation.ts';
import { type OpenAiServer, type Script, startOpenAiServer } from '../../testing/openai-server.ts';
import { createLanguageModelConnections, type LanguageModelConnections } from './connections.ts';
import { type FailureReport, FallbackLanguageModel, type ReplyOutcome } from './fallback-language-model.ts';
import { createLanguageModel } from './language-model.ts';

let first: OpenAiServer;
let second: OpenAiServer;
let connections: LanguageModelConnections;

beforeAll(() => initializeLogger({ pretty: false, level: 'silent' }));
beforeEach(async () => {
  [first, second] = await Promise.all([startOpenAiServer(), startOpenAiServer()]);
  second.script(() => ({ tokens: 'the backup answers' }));
  connections = createLanguageModelConnections();
});
afterEach(async () => {
  await Promise.all([connections.close(), first.close(), second.close()]);
});

function endpoint(provider: string, server: OpenAiServer, changes: Partial<LanguageModelEndpoint> = {}): LanguageModelEndpoint {
  return {
    provider,
    model: 'scripted',
    baseUrl: server.url,
    contextTokens: 4096,
    privateNetwork: true,
    firstTokenTimeoutMs: 20_000,
    nextTokenTimeoutMs: 20_000,
    ...changes,
  };
}

interface Asked {
  text: string;
  outcome: ReplyOutcome | undefined;
  failures: FailureReport[];
}

/** One reply of a model over these endpoints; `onText` sees it grow and may stop it. */
async function ask(
  endpoints: LanguageModelEndpoint[],
  onText: (text: string, stop: () => void) => void = () => {},
): Promise<Asked> {
  const failures: FailureReport[] = [];
  let outcome: ReplyOutcome | undefined;
  const model = new FallbackLanguageModel({
    endpoints,
    create: (each, watch) => createLanguageModel(each, connections, watch),
    fit: (context) => context,
    onOutcome: (result) => {
      outcome = result;
    },
    report: (failure) => failures.push(failure),
    random: () => 0,
  });
  const chatCtx = llm.ChatContext.empty();
  chatCtx.addMessage({ role: 'user', content: 'my words' });
  const stream = model.chat({ chatCtx });
  let text = '';
  for await (const chunk of stream) {
    text += chunk.delta?.content ?? '';
    onText(text, () => stream.close());
  }
  return { text, outcome, failures };
}
const both = (changes: Partial<LanguageModelEndpoint> = {}) => [endpoint('first', first, changes), endpoint('second', second)];
const inTurn =
  (...replies: ReturnType<Script>[]): Script =>
  (_request, index) =>
    replies[index] ?? {};

describe('a language model with a backup', () => {
  it('asks the first provider and nobody else when it answers', async () => {
    first.script(() => ({ tokens: 'all is well' }));
    const { text, outcome, failures } = await ask(both());
    expect(text).toBe('all is well');
    expect(outcome).toMatchObject({ type: 'answered', endpoint: { provider: 'first' } });
    expect(failures).toEqual([]);
    expect(second.requests).toHaveLength(0);
  });

  it.each([
    ['sends no headers', { hang: 'before-headers' }],
    ['sends headers but no token', { hang: 'before-first-token' }],
  ] as const)('leaves a provider that %s', async (_what, reply) => {
    first.script(() => reply);
    const { text, outcome, failures } = await ask(both({ firstTokenTimeoutMs: 40 }));
    expect(text).toBe('the backup answers');
    expect(outcome).toMatchObject({ type: 'answered', endpoint: { provider: 'second' } });
    expect(failures).toMatchObject([{ provider: 'first', kind: 'timeout', next: 'next-endpoint', afterFirstToken: false }]);
    await first.requests[0]?.closed;
    expect(first.requests[0]?.disconnected).toBe(true);
  });

  it('keeps what was said before a provider died, and asks nobody else', async () => {
    first.script(() => ({ tokens: 'we open at nine', gate: () => Promise.resolve(), breakAfter: { tokens: 3, how: 'destroy' } }));
    const { text, outcome, failures } = await ask(both());
    expect(text).toBe('we open at');
    expect(outcome).toMatchObject({ type: 'failed', code: 'provider-failed' });
    expect(failures).toMatchObject([{ kind: 'unreachable', afterFirstToken: true, next: 'give-up' }]);
    expect(second.requests).toHaveLength(0);
  });

  it.each([
    ['falls silent', { tokens: 2, how: 'hang' }, 'timeout'],
    ['talks nonsense', { tokens: 2, how: 'malformed' }, 'bad-answer'],
    ['ends without a reason', { tokens: 2, how: 'end' }, 'bad-answer'],
  ] as const)('reports a provider that %s in the middle of a reply', async (_what, breakAfter, kind) => {
    first.script(() => ({ tokens: 'we open at nine', breakAfter }));
    const { text, outcome, failures } = await ask(both({ nextTokenTimeoutMs: 250 }));
    expect(text).toBe('we open');
    expect(outcome).toMatchObject({ type: 'failed', code: 'provider-failed' });
    expect(failures).toMatchObject([{ kind, afterFirstToken: true }]);
  });

  it('asks again after a 429, as soon as the provider says', async () => {
    first.script(inTurn({ status: 429, headers: { 'retry-after': '0' } }, { tokens: 'now then' }));
    const { text, failures } = await ask(both());
    expect(text).toBe('now then');
    expect(failures).toMatchObject([{ kind: 'rate-limited', status: 429, next: 'retry' }]);
  });

  it('goes on at once when a provider wants a pause that nobody waits for', async () => {
    first.script(() => ({ status: 429, headers: { 'retry-after': '60' } }));
    const { text, failures } = await ask(both());
    expect(text).toBe('the backup answers');
    expect(failures).toMatchObject([{ kind: 'rate-limited', next: 'next-endpoint' }]);
  });

  it('asks a failing provider three times', async () => {
    first.script(() => ({ status: 500, headers: { 'retry-after': '0' } }));
    const { text, failures } = await ask(both());
    expect(text).toBe('the backup answers');
    expect(failures.map((failure) => failure.next)).toEqual(['retry', 'retry', 'next-endpoint']);
  });

  it.each([400, 401, 403, 404])('asks once a provider that says %i', async (status) => {
    first.script(() => ({ status }));
    const { text, failures } = await ask(both());
    expect(text).toBe('the backup answers');
    expect(failures).toMatchObject([{ status, next: 'next-endpoint' }]);
    expect(first.requests).toHaveLength(1);
  });

  it('does not take silence for an answer', async () => {
    first.script(() => ({ tokens: [] }));
    const { text, failures } = await ask(both());
    expect(text).toBe('the backup answers');
    expect(failures).toMatchObject([{ kind: 'bad-answer' }]);
  });

  it('says so when nobody answers', async () => {
    first.script(() => ({ status: 401 }));
    second.script(() => ({ status: 404 }));
    const { text, outcome, failures } = await ask(both());
    expect(text).toBe('');
    expect(outcome).toMatchObject({ type: 'failed', code: 'provider-unavailable' });
    expect(failures.map((failure) => failure.next)).toEqual(['next-endpoint', 'give-up']);
  });

  it('tells a model that is being loaded from one that is not there', async () => {
    first.script(() => ({ status: 503, error: { code: 'language-model-loading' }, headers: { 'retry-after': '5' } }));
    const { outcome } = await ask([endpoint('local', first)]);
    expect(outcome).toMatchObject({ type: 'failed', code: 'language-model-loading' });
    expect(first.requests).toHaveLength(1);
    first.script(() => ({ status: 503, error: { code: 'model-busy' }, headers: { 'retry-after': '0' } }));
    expect((await ask([endpoint('local', first)])).outcome).toMatchObject({ code: 'language-model-loading' });
  });

  // Before the limit for the next token would do it.
  it('hangs up at once when the reply is not wanted any more', { timeout: 10_000 }, async () => {
    first.script(() => ({ tokens: 'one two three', breakAfter: { tokens: 2, how: 'hang' } }));
    const { text, outcome, failures } = await ask(both(), (sofar, stop) => sofar === 'one two' && stop());
    await first.requests[0]?.closed;
    expect(first.requests[0]?.disconnected).toBe(true);
    expect({ text, outcome, failures }).toEqual({ text: 'one two', outcome: undefined, failures: [] });
    expect(second.requests).toHaveLength(0);
  });

  it('does not let words or keys into a report', async () => {
    const apiKey = 'sk-secret-key-of-somebody';
    first.script((request) => ({ status: 401, error: { message: `${apiKey}: ${JSON.stringify(request.body.messages)}` } }));
    const asked = await ask([endpoint('first', first, { apiKey })]);
    expect(JSON.stringify(asked)).not.toMatch(/secret|my words/);
  });

  it('sends what the endpoint asks for, a temperature of 0 included', async () => {
    await ask([endpoint('first', first, { temperature: 0, maxTokens: 64, apiKey: 'a-key' })]);
    expect(first.requests[0]?.body).toMatchObject({ temperature: 0, max_tokens: 64, stream: true });
    expect(first.requests[0]?.headers.authorization).toBe('Bearer a-key');
  });
});
