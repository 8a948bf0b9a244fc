import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenAiServer, startOpenAiServer } from '../../server/src/testing/openai-server.ts';
import { startTestApi, type TestApi } from '../../server/src/testing/test-api.ts';
import { ApiError, type Client, createClient, TimeoutError, UnreachableError } from './index.ts';

// Against the real server, over real sockets.
let api: TestApi;
let models: OpenAiServer;
let baseUrl: string;
let client: Client;

beforeAll(async () => {
  models = await startOpenAiServer();
  api = await startTestApi({ models });
  baseUrl = await api.app.listen({ port: 0, host: '127.0.0.1' });
  client = createClient({ baseUrl, credentials: { apiKey: api.apiKey } });
});
afterAll(async () => {
  await api.close();
  await models.close();
});

const collected = async <T>(values: AsyncIterable<T>) => {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
};
const chat = async () => {
  const { agent_id } = await client.agents.create({ name: 'Shop', context: 'You answer for a shop.' });
  return (await client.sessions.create({ agent_id, session_type: 'chat' })).session;
};

describe('the client', () => {
  it('creates, changes, reads, lists and removes agents', async () => {
    const made = await client.agents.create({ name: 'First', custom_greeting: 'Hello!' });
    await client.agents.update(made.agent_id, { name: 'Renamed' });
    expect(await client.agents.get(made.agent_id)).toMatchObject({
      id: made.agent_id,
      name: 'Renamed',
      custom_greeting: 'Hello!',
    });
    expect((await client.agents.list()).map(({ name }) => name)).toContain('Renamed');
    await client.agents.remove(made.agent_id);
    await expect(client.agents.get(made.agent_id)).rejects.toMatchObject({ status: 404, code: 'agent-not-found' });
  });

  it('goes through all pages of wrapped and of bare lists', async () => {
    for (const name of ['a', 'b', 'c']) {
      await client.keys.create({ name });
      await client.avatars.create({ name, url: 'https://example.com/a.png' });
    }
    const first = await client.keys.list({ limit: 2 });
    expect([first.length, first.nextCursor]).toEqual([2, expect.any(String)]);
    const keys = await collected(client.keys.listAll({ limit: 2 }));
    expect(keys).toEqual([...(await client.keys.list())]);
    expect(keys.length).toBeGreaterThan(2);
    expect((await collected(client.avatars.listAll({ limit: 1 }))).map(({ name }) => name)).toEqual(['c', 'b', 'a']);
  });

  it('uploads a picture', async () => {
    const file = new File([PIXEL], 'pixel.png', { type: 'image/png' });
    const sent = await client.avatars.upload({ file, name: 'Pixel', consent: true });
    expect(await client.avatars.get(sent.id)).toMatchObject({ name: 'Pixel', consent: true });
  });

  it('answers twice with the same thing for the same idempotency key', async () => {
    const once = await client.agents.create({ name: 'Once' }, { idempotencyKey: 'once' });
    expect(await client.agents.create({ name: 'Once' }, { idempotencyKey: 'once' })).toEqual(once);
    await expect(client.agents.create({ name: 'Other' }, { idempotencyKey: 'once' })).rejects.toMatchObject({
      code: 'idempotency-mismatch',
    });
  });

  it('tells which field was wrong', async () => {
    const wrong = await client.agents.create({ name: 'x', language: 'not a tag' }).catch((error: unknown) => error);
    expect(wrong).toBeInstanceOf(ApiError);
    expect(wrong).toMatchObject({ status: 400, code: 'invalid-request', field: 'language', requestId: expect.any(String) });
  });

  it('reads the events of a session until it ends', async () => {
    const { session_id: id, session_token: sessionToken } = await chat();
    const guest = client.as({ sessionToken });
    const events = guest.sessions.events(id);
    const types: string[] = [];
    models.script(() => ({ tokens: 'We open at nine.' }));
    const reading = (async () => {
      for await (const event of events) types.push(event.type);
    })();
    await guest.sessions.messages.send(id, 'When?');
    await guest.sessions.end(id);
    await reading;
    expect(types.at(-1)).toBe('session.ended');
  });
});

describe('a message', () => {
  it('is answered as a whole, and as it is written', async () => {
    const { session_id: id } = await chat();
    models.script(() => ({ tokens: 'We open at nine.' }));
    expect((await client.sessions.messages.send(id, 'When?')).reply.content).toBe('We open at nine.');
    const events = await collected(client.sessions.messages.stream(id, 'When?'));
    expect(events[0]).toEqual({ type: 'reply-start' });
    expect(events.flatMap((event) => (event.type === 'reply-delta' ? [event.text] : [])).join('')).toBe('We open at nine.');
    expect(events.at(-1)).toMatchObject({ type: 'reply-end', reply: { content: 'We open at nine.', interrupted: false } });
    expect(await client.sessions.messages.list(id)).toHaveLength(4);
  });

  it('is one message, and its reply is read without a gap, though the connection breaks again and again', async () => {
    const { session_id: id } = await chat();
    models.script(() => ({ tokens: 'One two three four five six.' }));
    let broken = 0;
    /** A line that breaks behind the first event, then behind the second, and so on. */
    const breaking: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      broken += 1;
      return new Response(
        (await response.text())
          .split(/(?<=\n\n)/)
          .slice(0, broken)
          .join(''),
      );
    };
    const shaky = createClient({ baseUrl, credentials: { apiKey: api.apiKey }, fetch: breaking });
    const events = await collected(shaky.sessions.messages.stream(id, 'Count'));
    expect(events.flatMap((event) => (event.type === 'reply-delta' ? [event.text] : [])).join('')).toBe(
      'One two three four five six.',
    );
    expect(events.map(({ type }) => type)).toEqual(['reply-start', 'reply-delta', 'reply-end']);
    expect(broken).toBe(3);
    expect((await client.sessions.messages.list(id)).map(({ role }) => role)).toEqual(['user', 'assistant']);
  });

  it('throws what the provider answered, typed', async () => {
    const { session_id: id } = await chat();
    models.script(() => ({ status: 401, error: { message: 'no' } }));
    await expect(client.sessions.messages.send(id, 'When?')).rejects.toMatchObject({
      name: 'ApiError',
      code: 'provider-unavailable',
    });
    await expect(collected(client.sessions.messages.stream(id, 'When?'))).rejects.toMatchObject({
      name: 'ApiError',
      code: 'provider-unavailable',
    });
  });

  it('stops being waited for with its signal', async () => {
    const { session_id: id } = await chat();
    models.script(() => ({ hang: 'before-first-token' }));
    const leaving = new AbortController();
    const sending = client.sessions.messages.send(id, 'When?', { signal: leaving.signal });
    leaving.abort(new Error('left'));
    await expect(sending).rejects.toThrow('left');
  });
});

describe('a request', () => {
  const answering = (...answers: Array<() => Response | Promise<Response>>) => {
    const sent: Headers[] = [];
    const scripted: typeof fetch = async (_, init) => {
      sent.push(new Headers(init?.headers));
      init?.signal?.throwIfAborted();
      return (answers.shift() ?? (() => Response.json({ success: true, agent: { agent_id: 1 } })))();
    };
    return { sent, scripted };
  };
  const lost = () => Promise.reject<Response>(new TypeError('fetch failed'));
  const refused =
    (status: number, code: string, headers = {}) =>
    () =>
      Response.json({ success: false, error: code, code }, { status, headers });

  it('is sent again over a lost connection, with the same key where it creates', async () => {
    const { sent, scripted } = answering(lost);
    await createClient({ baseUrl: 'http://x.test', fetch: scripted }).agents.create({ name: 'A' });
    expect(sent).toHaveLength(2);
    expect(sent[0]?.get('idempotency-key')).toBe(sent[1]?.get('idempotency-key'));
  });

  it('is not sent again where that could do something twice', async () => {
    const { sent, scripted } = answering(lost);
    await expect(createClient({ fetch: scripted }).sessions.change(1, { session_type: 'chat' })).rejects.toBeInstanceOf(
      UnreachableError,
    );
    expect(sent).toHaveLength(1);
  });

  it('waits for a server that asks for a short pause, and tells of a long one', async () => {
    const short = answering(refused(503, 'server-restarting', { 'retry-after': '0' }));
    await createClient({ fetch: short.scripted }).agents.get(1);
    expect(short.sent).toHaveLength(2);
    const long = answering(refused(429, 'rate-limited', { 'retry-after': '42' }));
    await expect(createClient({ fetch: long.scripted }).agents.get(1)).rejects.toMatchObject({ retryAfterSeconds: 42 });
    expect(long.sent).toHaveLength(1);
  });

  it('asks for another token once, where the first was refused', async () => {
    const { sent, scripted } = answering(refused(401, 'invalid-token'));
    const tokens: Array<string | undefined> = [];
    const accessToken = (rejected?: string) => {
      tokens.push(rejected);
      return rejected === undefined ? 'old' : 'new';
    };
    await createClient({ fetch: scripted, credentials: { accessToken } }).agents.get(1);
    expect(sent.map((headers) => headers.get('authorization'))).toEqual(['Bearer old', 'Bearer new']);
    expect(tokens).toEqual([undefined, 'old']);
  });

  it('ends after its time', async () => {
    const never: typeof fetch = (_, init) =>
      new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)));
    await expect(createClient({ fetch: never, timeoutMs: 20 }).agents.get(1)).rejects.toBeInstanceOf(TimeoutError);
  });

  it('tells a page of something else on the way as what it is', async () => {
    const { scripted } = answering(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
    await expect(createClient({ fetch: scripted }).agents.get(1)).rejects.toMatchObject({ status: 502, code: 'unknown' });
  });
});

/** A picture of one pixel (PNG). */
const PIXEL = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='),
  (character) => character.charCodeAt(0),
);
