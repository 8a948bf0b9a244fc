import { trace } from '@opentelemetry/api';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  Conversation,
  ConversationSpec,
  HistoryMessage,
  LanguageModelEndpoint,
  ReplyEvent,
  ReplyFailure,
} from '../core/conversation.ts';
import { createLanguageModelConnections, type LanguageModelConnections } from '../providers/openai-compatible/connections.ts';
import type { FailureReport } from '../providers/openai-compatible/fallback-language-model.ts';
import { createLanguageModel } from '../providers/openai-compatible/language-model.ts';
import { type OpenAiServer, type ScriptedReply, startOpenAiServer } from '../testing/openai-server.ts';
import { createStartConversation } from './start-conversation.ts';

let server: OpenAiServer;
let connections: LanguageModelConnections;
let failures: FailureReport[];
let open: Conversation[];
const closing: Promise<void>[] = [];
/** Less than the 4 s that the framework takes to notice an interruption on its own. */
const AT_ONCE = { timeout: 3_000 };
const start = createStartConversation({
  createLanguageModel: (endpoint, watch) => createLanguageModel(endpoint, connections, watch),
  report: (_sessionId, failure) => failures.push(failure),
});

beforeEach(async () => {
  server = await startOpenAiServer();
  connections = createLanguageModelConnections();
  failures = [];
  open = [];
});
afterEach(async () => {
  // The framework takes half a second to close; the next test need not wait for that.
  closing.push(...open.map((conversation) => conversation.close()));
  await connections.close();
  await server.close();
});
afterAll(() => Promise.all(closing));

function endpoint(changes: Partial<LanguageModelEndpoint> = {}): LanguageModelEndpoint {
  return {
    provider: 'first',
    model: 'scripted',
    baseUrl: server.url,
    contextTokens: 4096,
    privateNetwork: true,
    firstTokenTimeoutMs: 20_000,
    nextTokenTimeoutMs: 20_000,
    ...changes,
  };
}
async function begin(changes: Partial<ConversationSpec> = {}): Promise<Conversation> {
  const conversation = await start({
    sessionId: 7,
    instructions: 'You are a museum guide.',
    history: [],
    models: [endpoint()],
    ...changes,
  });
  open.push(conversation);
  return conversation;
}
const never = new AbortController().signal;
type End = ReplyEvent & { type: 'end' };

/** Reads a reply to its end; `onDelta` sees the text so far. */
async function read(
  events: AsyncIterable<ReplyEvent>,
  onDelta: (sofar: string) => void = () => {},
): Promise<End & { deltas: string[] }> {
  const deltas: string[] = [];
  for await (const event of events) {
    if (event.type === 'end') return { ...event, deltas };
    deltas.push(event.text);
    onDelta(deltas.join(''));
  }
  throw new Error('The reply had no end');
}
const say = (conversation: Conversation, text: string, signal = never) => read(conversation.message(text, { signal }));
const seen = (index: number) => server.requests[index]?.body.messages?.map((message) => `${message.role}: ${message.content}`);
/** A promise and the hand that opens it. */
function gate(): { passed: Promise<void>; pass: () => void } {
  let pass = () => {};
  const passed = new Promise<void>((resolve) => {
    pass = resolve;
  });
  return { passed, pass };
}
const failureOf = (conversation: Conversation, text: string) =>
  say(conversation, text).then(
    () => undefined,
    (error: ReplyFailure) => error,
  );

describe('a conversation', () => {
  it('gives every token as it is made, and all of them at the end', async () => {
    server.script(() => ({ tokens: 'we open at nine' }));
    const reply = await say(await begin(), 'When do you open?');
    expect(reply).toMatchObject({ content: 'we open at nine', interrupted: false, provider: 'first', model: 'scripted' });
    expect(reply.deltas).toEqual(['we', ' open', ' at', ' nine']);
    expect(reply.latency.first_token).toBeLessThanOrEqual(reply.latency.total);
    expect(seen(0)).toEqual(['system: You are a museum guide.', 'user: When do you open?']);
  });

  it('does not wait for the end of a reply before it gives its beginning', async () => {
    const rest = gate();
    server.script(() => ({ tokens: 'we open at nine', gate: (index) => (index === 2 ? rest.passed : undefined) }));
    const reply = await read((await begin()).message('When?', { signal: never }), (sofar) => sofar === 'we open' && rest.pass());
    expect(reply.content).toBe('we open at nine');
  });

  it('changes nothing of what the model writes', async () => {
    const text = '# Hours\n\n* **Sunday**: `9:00` 😀\n  - <break time="1s"/> [link](http://x)\n\n```js\n1 < 2\n```\n';
    server.script(() => ({ tokens: [...text] }));
    expect((await say(await begin(), 'When?')).content).toBe(text);
  });

  it('hands nothing to the tracer of the service', async () => {
    const spans: string[] = [];
    const tracer = trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 });
    trace.setGlobalTracerProvider({
      getTracer: () => ({
        startSpan: (name) => {
          spans.push(name);
          return tracer;
        },
        startActiveSpan: (name: string, ...rest: unknown[]) => {
          spans.push(name);
          return (rest.at(-1) as (span: typeof tracer) => never)(tracer);
        },
      }),
    });
    await say(await begin(), 'my words');
    trace.disable();
    expect(spans).toEqual([]);
  });

  it('remembers what both said', async () => {
    server.script((_request, index) => ({ tokens: `answer ${index}` }));
    const conversation = await begin();
    for (const text of ['one', 'two', 'three']) await say(conversation, text);
    expect(seen(2)?.slice(1)).toEqual(['user: one', 'assistant: answer 0', 'user: two', 'assistant: answer 1', 'user: three']);
  });

  it('goes on from a stored history, every message in its place', async () => {
    const history: HistoryMessage[] = [
      { role: 'assistant', content: 'Welcome!', interrupted: false, createdAt: 1_000 },
      { role: 'user', content: 'one', interrupted: false, createdAt: 3_000 },
      { role: 'assistant', content: 'cut', interrupted: true, createdAt: 2_000 }, // The clock was put back.
      { role: 'user', content: 'two', interrupted: false, createdAt: 2_500 },
      { role: 'assistant', content: '', interrupted: true, createdAt: 2_600 },
      { role: 'user', content: 'three', interrupted: false, createdAt: Date.now() + 3_600_000 },
      { role: 'assistant', content: 'four', interrupted: false, createdAt: Date.now() + 3_600_000 },
    ];
    await say(await begin({ history }), 'new');
    expect(seen(0)?.slice(1)).toEqual([
      'assistant: Welcome!',
      'user: one',
      'assistant: cut',
      'user: two',
      'user: three',
      'assistant: four',
      'user: new',
    ]);
  });

  it('tells the model once what is asked again after its reply was lost', async () => {
    const history = [
      { id: 1, role: 'user', content: 'first', interrupted: false, createdAt: 1 },
      { id: 2, role: 'user', content: 'second', interrupted: false, createdAt: 2 },
    ] as const;
    const conversation = await begin({ history: [...history] });
    await read(conversation.message('third', { messageId: 3, signal: never }));
    server.script(() => ({ tokens: 'Again' }));
    await read(conversation.message('first', { messageId: 1, signal: never }));
    expect(seen(1)?.filter((message) => message.startsWith('user'))).toEqual(['user: second', 'user: third', 'user: first']);
  });

  it('answers messages one after the other, in the order in which they came', async () => {
    const held = gate();
    server.script((request, index) => ({
      tokens: `to ${request.body.messages?.at(-1)?.content}`,
      gate: () => (index === 0 ? held.passed : undefined),
    }));
    const conversation = await begin();
    const replies = ['a', 'b', 'c', 'd'].map((text) => say(conversation, text));
    held.pass();
    expect((await Promise.all(replies)).map((reply) => reply.content)).toEqual(['to a', 'to b', 'to c', 'to d']);
    expect(seen(3)?.slice(1)).toEqual([
      'user: a',
      'assistant: to a',
      'user: b',
      'assistant: to b',
      'user: c',
      'assistant: to c',
      'user: d',
    ]);
  });

  it('works in ten sessions at a time without mixing them up', async () => {
    server.script((request) => ({ tokens: `to ${request.body.messages?.at(-1)?.content}` }));
    const conversations = await Promise.all(Array.from({ length: 10 }, () => begin()));
    const replies = await Promise.all(conversations.map((conversation, index) => say(conversation, `message ${index}`)));
    expect(replies.map((reply) => reply.content)).toEqual(conversations.map((_, index) => `to message ${index}`));
  });
});

describe('a reply that is cancelled', () => {
  it('ends with what was delivered, which is what the model remembers, and hangs up on the provider', AT_ONCE, async () => {
    server.script(
      (_request, index): ScriptedReply =>
        index === 0 ? { tokens: 'one two three four', breakAfter: { tokens: 2, how: 'hang' } } : {},
    );
    const conversation = await begin();
    const cancel = new AbortController();
    const reply = await read(
      conversation.message('count', { signal: cancel.signal }),
      (sofar) => sofar === 'one two' && cancel.abort(),
    );
    expect(reply).toMatchObject({ content: 'one two', interrupted: true, deltas: ['one', ' two'], provider: 'first' });
    await server.requests[0]?.closed;
    expect(server.requests[0]?.disconnected).toBe(true);
    await say(conversation, 'go on');
    expect(seen(1)?.slice(1)).toEqual(['user: count', 'assistant: one two', 'user: go on']);
    expect(failures).toEqual([]);
  });

  it('before its first token leaves the question in the history', async () => {
    const asked = gate();
    server.script((_request, index): ScriptedReply => {
      asked.pass();
      return index === 0 ? { hang: 'before-headers' } : {};
    });
    const conversation = await begin();
    const cancel = new AbortController();
    const reply = say(conversation, 'hello', cancel.signal);
    await asked.passed;
    cancel.abort();
    expect(await reply).toMatchObject({ content: '', interrupted: true });
    await say(conversation, 'again');
    expect(seen(1)?.slice(1)).toEqual(['user: hello', 'user: again']);
  });

  it('while it waits for its turn is never asked for, but its question stays', async () => {
    const held = gate();
    server.script((_request, index) => ({ tokens: `answer ${index}`, gate: () => (index === 0 ? held.passed : undefined) }));
    const conversation = await begin();
    const cancel = new AbortController();
    const [first, second, third] = [say(conversation, 'a'), say(conversation, 'b', cancel.signal), say(conversation, 'c')];
    cancel.abort();
    held.pass();
    expect((await first).interrupted).toBe(false);
    expect(await second).toMatchObject({ content: '', interrupted: true });
    expect((await third).content).toBe('answer 1');
    expect(seen(1)?.slice(1)).toEqual(['user: a', 'assistant: answer 0', 'user: b', 'user: c']);
  });

  it('is one whose reader leaves', AT_ONCE, async () => {
    server.script(
      (_request, index): ScriptedReply => (index === 0 ? { tokens: 'one two', breakAfter: { tokens: 1, how: 'hang' } } : {}),
    );
    const conversation = await begin();
    for await (const event of conversation.message('count', { signal: never })) if (event.type === 'delta') break;
    await server.requests[0]?.closed;
    await say(conversation, 'go on');
    expect(seen(1)?.slice(1)).toEqual(['user: count', 'assistant: one', 'user: go on']);
  });
});

describe('a conversation whose provider fails', () => {
  it('gets its answer from the next one', async () => {
    server.script((request) => (request.body.model === 'broken' ? { hang: 'before-headers' } : { tokens: 'here I am' }));
    const conversation = await begin({
      models: [endpoint({ model: 'broken', firstTokenTimeoutMs: 30 }), endpoint({ provider: 'second' })],
    });
    expect(await say(conversation, 'hello')).toMatchObject({ content: 'here I am', provider: 'second', model: 'scripted' });
    expect(failures).toMatchObject([{ provider: 'first', kind: 'timeout' }]);
  });

  it('says so when there was no answer, and goes on with the next message', async () => {
    server.script((_request, index) => (index === 0 ? { status: 401 } : { tokens: 'fine' }));
    const conversation = await begin();
    const [failed, next] = await Promise.all([failureOf(conversation, 'a'), say(conversation, 'b')]);
    expect(failed).toMatchObject({ name: 'ReplyFailure', code: 'provider-unavailable', partial: '' });
    expect(next.content).toBe('fine');
    expect(seen(1)?.slice(1)).toEqual(['user: a', 'user: b']);
  });

  it('tells what was said before the provider died', async () => {
    server.script(
      (_request, index): ScriptedReply =>
        index === 0 ? { tokens: 'one two three four', breakAfter: { tokens: 3, how: 'destroy' } } : {},
    );
    const conversation = await begin();
    expect(await failureOf(conversation, 'count')).toMatchObject({ code: 'provider-failed', partial: 'one two three' });
    await say(conversation, 'go on');
    expect(seen(1)?.slice(1)).toEqual(['user: count', 'assistant: one two three', 'user: go on']);
  });

  it('tells a model that is being loaded', async () => {
    server.script(() => ({ status: 503, error: { code: 'language-model-loading' } }));
    expect(await failureOf(await begin(), 'hello')).toMatchObject({ code: 'language-model-loading' });
  });

  it('survives more failures in a row than the framework would', async () => {
    server.script((_request, index) => (index < 6 ? { status: 401 } : { tokens: 'back again' }));
    const conversation = await begin();
    for (let index = 0; index < 6; index++)
      expect(await failureOf(conversation, 'x')).toMatchObject({ code: 'provider-unavailable' });
    expect((await say(conversation, 'y')).content).toBe('back again');
  });
});

describe('a conversation that outgrows its model', () => {
  it('shows the model the newest turns and always the instructions', async () => {
    server.script((_request, index) => ({ tokens: `answer ${index} ${'word '.repeat(40)}` }));
    const conversation = await begin({ models: [endpoint({ contextTokens: 1_000, maxTokens: 200 })] });
    for (let index = 0; index < 40; index++) await say(conversation, `question ${index}`);
    const last = seen(39) ?? [];
    expect(last[0]).toBe('system: You are a museum guide.');
    expect(last[1]).toMatch(/^user: question/);
    expect(last.at(-1)).toBe('user: question 39');
    expect(last.length).toBeGreaterThan(6);
    expect(last.length).toBeLessThan(30);
    const questions = last.filter((message) => message.startsWith('user')).map((message) => Number(/\d+/.exec(message)?.[0]));
    expect(questions).toEqual(questions.map((_, index) => 40 - questions.length + index));
  });

  it('fails with the reason when the instructions alone are too long', async () => {
    const conversation = await begin({ instructions: 'word '.repeat(2_000), models: [endpoint({ contextTokens: 1_000 })] });
    const failure = await failureOf(conversation, 'hello');
    expect(failure).toMatchObject({ code: 'provider-failed' });
    expect(failure?.message).toMatch(/instructions.*tokens/);
    expect(server.requests).toHaveLength(0);
  });

  it('asks the backup that takes in more', async () => {
    const conversation = await begin({
      instructions: 'word '.repeat(2_000),
      models: [endpoint({ contextTokens: 1_000 }), endpoint({ provider: 'large', contextTokens: 32_000 })],
    });
    expect((await say(conversation, 'hello')).provider).toBe('large');
  });
});

describe('closing a conversation', () => {
  it('is quick with a provider that hangs, ends the replies and can be done twice', async () => {
    const asked = gate();
    server.script(() => {
      asked.pass();
      return { tokens: 'one two', breakAfter: { tokens: 1, how: 'hang' } };
    });
    const conversation = await begin();
    const [running, waiting] = [say(conversation, 'a'), say(conversation, 'b')];
    await asked.passed;
    const startedAt = performance.now();
    await Promise.all([conversation.close(), conversation.close()]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect((await running).interrupted).toBe(true);
    expect(await waiting).toMatchObject({ content: '', interrupted: true });
    expect(await say(conversation, 'c')).toMatchObject({ content: '', interrupted: true });
    expect(server.requests).toHaveLength(1);
  });
});
