import type { Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { listenOnLoopback } from '../engine-process/loopback.ts';
import { createChatServer } from './chat-server.ts';
import { ContextOverflowError, type Generator } from './generator.ts';

const messages = [{ role: 'user', content: 'Hello' }];
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server over a scripted generator: `generate` decides what the model says, and when. */
async function serve(generate: Generator['generate'], limits = { running: 1, waiting: 0 }) {
  const generator: Generator = { contextTokens: 100, generate, dispose: async () => undefined };
  const server = createChatServer({ generator, model: 'scripted', apiKey: 'secret', limits });
  servers.push(server);
  const base = `http://127.0.0.1:${await listenOnLoopback(server, 0)}`;
  return {
    base,
    complete: (body: object | string, options: { signal?: AbortSignal; key?: string } = {}) =>
      fetch(`${base}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${options.key ?? 'secret'}` },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...(options.signal ? { signal: options.signal } : {}),
      }),
  };
}

const generation = { finishReason: 'stop', promptTokens: 5, cachedTokens: 3, completionTokens: 2 } as const;
const says =
  (...texts: string[]): Generator['generate'] =>
  async (_request, { onText }) => {
    for (const text of texts) onText(text);
    return generation;
  };

describe('the chat server', () => {
  it('answers whole', async () => {
    const { complete } = await serve(says('Hi', ' there'));
    expect(await (await complete({ messages })).json()).toMatchObject({
      object: 'chat.completion',
      model: 'scripted',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi there' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7, prompt_tokens_details: { cached_tokens: 3 } },
    });
  });

  it('streams as server-sent events', async () => {
    const { complete } = await serve(says('Hi', ' there'));
    const response = await complete({ messages, stream: true, stream_options: { include_usage: true } });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const events = (await response.text()).trim().split('\n\n');
    const data = events.map((event) => event.replace('data: ', ''));
    expect(data.at(-1)).toBe('[DONE]');
    const chunks = data.slice(0, -1).map((text) => JSON.parse(text));
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('Hi there');
    expect(chunks.at(-2).choices[0].finish_reason).toBe('stop');
    expect(chunks.at(-1).usage.total_tokens).toBe(7);
  });

  it('hands sampling, length and stop texts to the model', async () => {
    let seen: unknown;
    const { complete } = await serve(async (request) => {
      seen = request;
      return generation;
    });
    const content = [{ type: 'text', text: 'a' }];
    const options = { temperature: 0, top_p: 0.5, seed: 7, max_tokens: 9, stop: 'END', tools: [], user: 'x' };
    await complete({ messages: [{ role: 'developer', content }], ...options });
    expect(seen).toMatchObject({
      messages: [{ role: 'system', content: 'a' }],
      sampling: { temperature: 0, topP: 0.5, seed: 7 },
      maxTokens: 9,
      stop: ['END'],
    });
  });

  it('lets nobody in without the key', async () => {
    const { base, complete } = await serve(says('no'));
    expect((await complete({ messages }, { key: 'guess' })).status).toBe(401);
    expect((await fetch(`${base}/v1/models`)).status).toBe(401);
    expect(await (await fetch(`${base}/health`)).json()).toMatchObject({ status: 'ok', running: 0 });
  });

  it.each([
    ['no JSON', '{'],
    ['no messages', '{}'],
    ['an unknown role', JSON.stringify({ messages: [{ role: 'wizard', content: 'x' }] })],
    ['a temperature that is none', JSON.stringify({ messages, temperature: 'hot' })],
  ])('refuses %s with 400', async (_what, body) => {
    const { complete } = await serve(says('no'));
    const response = await complete(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_request' } });
  });

  it('says that the messages are too long', async () => {
    const { complete } = await serve(async () => {
      throw new ContextOverflowError(200, 100);
    });
    const response = await complete({ messages, stream: true });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'context_length_exceeded' } });
  });

  it('turns a request away with 503 and Retry-After when too many wait', async () => {
    let finish = () => {};
    const busy = new Promise<void>((resolve) => (finish = resolve));
    let started = () => {};
    const running = new Promise<void>((resolve) => (started = resolve));
    const { complete } = await serve(async () => {
      started();
      await busy;
      return generation;
    });
    const first = complete({ messages });
    await running;
    const second = await complete({ messages });
    expect(second.status).toBe(503);
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await second.json()).toMatchObject({ error: { code: 'model-busy' } });
    finish();
    expect((await first).status).toBe(200);
  });

  it('stops generating when the client hangs up, and serves the next one', async () => {
    let cancelled = () => {};
    const cancel = new Promise<void>((resolve) => (cancelled = resolve));
    let calls = 0;
    const { complete } = await serve(async (_request, { signal, onText }) => {
      calls += 1;
      onText('word');
      if (calls > 1) return generation;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      cancelled();
      throw signal.reason;
    });
    const stop = new AbortController();
    const response = await complete({ messages, stream: true }, { signal: stop.signal });
    await response.body?.getReader().read();
    stop.abort();
    await cancel;
    expect((await complete({ messages })).status).toBe(200);
  });

  it('tells a streaming client when generating fails in the middle', async () => {
    const { complete } = await serve(async (_request, { onText }) => {
      onText('Well');
      throw new Error('out of memory');
    });
    const text = await (await complete({ messages, stream: true })).text();
    expect(text).toContain('"code":"generation-failed"');
    expect(text).not.toContain('[DONE]');
  });
});
