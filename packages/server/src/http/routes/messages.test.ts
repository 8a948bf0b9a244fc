import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type OpenAiServer, startOpenAiServer } from '../../testing/openai-server.ts';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

let api: TestApi;
let models: OpenAiServer;
let sessionId: number;

beforeAll(async () => {
  models = await startOpenAiServer();
  api = await startTestApi({ models });
});
afterAll(async () => {
  await api.close();
  await models.close();
});
beforeEach(async () => {
  models.script(() => ({ tokens: 'We open at nine.' }));
  const { body } = await api.call('POST', '/agents', {
    name: 'Shop',
    custom_greeting: 'Hello!',
    context: 'You answer for a shop.',
  });
  const started = await api.call('POST', '/sessions', { agent_id: body.agent.agent_id, session_type: 'chat' });
  sessionId = started.body.session.session_id;
});

const send = (message: string, headers: Record<string, string> = {}, body: object = {}) =>
  api.call('POST', `/sessions/${sessionId}/messages`, { message, ...body }, headers);
const messages = async () => (await api.call('GET', `/sessions/${sessionId}/messages`)).body.messages;
const spoken = async () =>
  (await messages()).map(({ role, content }: { role: string; content: string }) => `${role}: ${content}`);

/** A gate that holds tokens back until it is opened. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

function events(stream: string): Array<{ id: string; event: string; data: Record<string, unknown> }> {
  return stream
    .split('\n\n')
    .filter((block) => block.startsWith('id:'))
    .map((block) => {
      const field = (name: string) =>
        block
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2) ?? '';
      return { id: field('id'), event: field('event'), data: JSON.parse(field('data')) };
    });
}

describe('a message', () => {
  it('is answered, and both are stored in the documented shape', async () => {
    const { status, body } = await send('When do you open?');
    expect(status).toBe(201);
    expect(body).toEqual({
      success: true,
      message: {
        message_id: expect.any(Number),
        role: 'user',
        content: 'When do you open?',
        created_at: expect.any(String),
        source: 'text',
        answered: true,
        interrupted: false,
      },
      reply: {
        message_id: expect.any(Number),
        role: 'assistant',
        content: 'We open at nine.',
        created_at: expect.any(String),
        interrupted: false,
        latency_ms: { first_token: expect.any(Number), total: expect.any(Number) },
      },
    });
    expect(await spoken()).toEqual(['assistant: Hello!', 'user: When do you open?', 'assistant: We open at nine.']);
    const asked = models.requests.at(-1)?.body.messages ?? [];
    expect(asked.map(({ role }) => role)).toEqual(['system', 'assistant', 'user']);
    expect(String(asked[0]?.content)).toContain('You answer for a shop.');
  });

  it('streams its reply as events that can be taken up again', async () => {
    const stream = (await send('Hi', { accept: 'text/event-stream', 'idempotency-key': 'stream-1' })).body as string;
    const all = events(stream);
    expect(all[0]?.event).toBe('reply-start');
    expect(
      all
        .filter(({ event }) => event === 'reply-delta')
        .map(({ data }) => data.text)
        .join(''),
    ).toBe('We open at nine.');
    expect(all.at(-1)).toMatchObject({
      event: 'reply-end',
      data: { reply: { content: 'We open at nine.', interrupted: false } },
    });

    const [messageId, attempt] = (all[1]?.id ?? '').split('.');
    const again = events(
      (
        await send('Hi', {
          accept: 'text/event-stream',
          'idempotency-key': 'stream-1',
          'last-event-id': `${messageId}.${attempt}.3`,
        })
      ).body,
    );
    expect(again.map(({ event, data }) => data.text ?? event)).toEqual(['open at nine.', 'reply-end']);
    expect((await messages()).filter(({ role }: { role: string }) => role === 'user')).toHaveLength(1);
  });

  it('is the same message when it is repeated with its key, while it is answered and after', async () => {
    const { opened, open } = gate();
    models.script(() => ({ tokens: 'Only once.', gate: (index) => (index === 1 ? opened : undefined) }));
    const key = { 'idempotency-key': 'again' };
    const both = Promise.all([send('Hi', key), send('Hi', key)]);
    open();
    const [first, second] = await both;
    expect(second.body).toEqual(first.body);
    expect((await send('Hi', key)).body).toEqual(first.body);
    expect(await send('Other words', key)).toMatchObject({ status: 409, body: { code: 'idempotency-mismatch' } });
    expect(await spoken()).toEqual(['assistant: Hello!', 'user: Hi', 'assistant: Only once.']);
  });

  it('that failed is kept unanswered, and its retry answers that very message', async () => {
    models.script(() => ({ status: 401 }));
    const key = { 'idempotency-key': 'retry' };
    expect(await send('Hi', key)).toMatchObject({ status: 503, body: { code: 'provider-unavailable' } });
    expect((await messages()).at(-1)).toMatchObject({ role: 'user', answered: false });
    models.script(() => ({ tokens: 'Here I am.' }));
    expect(await send('Hi', key)).toMatchObject({ status: 201, body: { reply: { content: 'Here I am.' } } });
    expect(await spoken()).toEqual(['assistant: Hello!', 'user: Hi', 'assistant: Here I am.']);
    const asked = (models.requests.at(-1)?.body.messages ?? []).map(({ content }) => content);
    expect(asked.filter((content) => content === 'Hi')).toHaveLength(1);
  });

  it('tells in the stream that the model died in mid-reply', async () => {
    models.script(() => ({ tokens: 'One two three four', breakAfter: { tokens: 2, how: 'destroy' } }));
    const all = events((await send('Hi', {}, { stream: true })).body);
    expect(all.at(-1)).toMatchObject({ event: 'error', data: { success: false, code: 'provider-failed' } });
  });

  it('waits for the reply before it in a chat, eight at most', async () => {
    const { opened, open } = gate();
    models.script((_request, index) => ({ tokens: `Reply ${index}`, gate: () => opened }));
    const waiting = Array.from({ length: 9 }, (_, n) => send(`Message ${n}`));
    await Promise.all(waiting.map((_, n) => seen(`Message ${n}`)));
    expect(await send('One too many')).toMatchObject({ status: 409, body: { code: 'session-busy' } });
    open();
    for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(201);
    const { transcript } = (await api.call('GET', `/sessions/${sessionId}`)).body.session;
    const order = (transcript as string).split('\n').map((line) => line.split(':')[0]);
    expect(order).toEqual(['Assistant', ...Array.from({ length: 9 }, () => ['User', 'Assistant']).flat()]);
  });

  it('can be cancelled, and keeps what was said', async () => {
    const { opened } = gate();
    models.script(() => ({ tokens: 'One two three', gate: (index) => (index === 2 ? opened : undefined) }));
    const reply = send('Count');
    await until(async () => (await api.call('DELETE', `/sessions/${sessionId}/messages/current`)).status === 200);
    expect((await reply).body.reply).toMatchObject({ interrupted: true });
    expect(await api.call('DELETE', `/sessions/${sessionId}/messages/current`)).toMatchObject({ status: 404 });
  });

  it('is cut off and stored when its session ends', async () => {
    const { opened } = gate();
    models.script(() => ({ tokens: 'One two three', gate: (index) => (index === 2 ? opened : undefined) }));
    const reply = send('Count');
    await seen('Count');
    const { body } = await api.call('PUT', `/sessions/${sessionId}/end`);
    expect(body.session.status).toBe('completed');
    expect((await reply).body.reply.interrupted).toBe(true);
    expect((await messages()).at(-1)).toMatchObject({ role: 'assistant', interrupted: true });
    expect(await send('More')).toMatchObject({ status: 409, body: { code: 'session-ended' } });
  });

  it('is refused when it is empty, too long or no text', async () => {
    for (const body of [{}, { message: '' }, { message: '   ' }, { message: 5 }, { message: 'x'.repeat(16_001) }]) {
      const { status, body: answer } = await api.call('POST', `/sessions/${sessionId}/messages`, body);
      expect([status, Object.keys(answer.details)]).toEqual([400, ['message']]);
    }
    expect((await api.call('POST', `/sessions/${sessionId}/messages`, { content: 'A synonym' })).status).toBe(201);
  });

  it('is greeted once, whatever arrives at once, where nobody has joined by voice', async () => {
    const { agent_id } = (await api.call('GET', `/sessions/${sessionId}`)).body.session;
    const started = await api.call('POST', '/sessions', { agent_id, session_type: 'voice' });
    sessionId = started.body.session.session_id;
    expect(await messages()).toEqual([]);
    await Promise.all([send('One'), send('Two'), send('Three')]);
    expect((await spoken()).filter((line: string) => line === 'assistant: Hello!')).toHaveLength(1);
  });

  it('reaches an agent that was edited meanwhile', async () => {
    await send('Before');
    const { agent_id } = (await api.call('GET', `/sessions/${sessionId}`)).body.session;
    await api.call('PUT', `/agents/${agent_id}`, { context: 'You answer for a zoo.' });
    await send('After');
    const asked = models.requests.at(-1)?.body.messages ?? [];
    expect(String(asked[0]?.content)).toContain('zoo');
    expect(asked.map(({ content }) => content).slice(1)).toEqual(['Hello!', 'Before', 'We open at nine.', 'After']);
  });
});

/** Waits until a message is stored. */
const seen = (content: string) =>
  until(async () => (await messages()).some((message: { content: string }) => message.content === content));

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}
