import { createParser } from 'eventsource-parser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenAiServer, startOpenAiServer } from './openai-server.ts';

let server: OpenAiServer;
beforeEach(async () => {
  server = await startOpenAiServer();
});
afterEach(() => server.close());

const post = (body: unknown) =>
  fetch(`${server.url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hi' },
];
async function events(response: Response): Promise<string[]> {
  const data: string[] = [];
  const parser = createParser({ onEvent: (event) => data.push(event.data) });
  parser.feed(await response.text());
  return data;
}

describe('the stand-in for a provider', () => {
  it.each([['at once'], ['token by token']])('streams %s: role, tokens, reason, usage, [DONE]', async (how) => {
    server.script(() => ({ tokens: 'one two', ...(how === 'at once' ? {} : { gate: () => Promise.resolve() }) }));
    const data = await events(await post({ model: 'm', messages, stream: true }));
    expect(data.at(-1)).toBe('[DONE]');
    const chunks = data.slice(0, -1).map((text) => JSON.parse(text));
    expect(chunks.every((chunk) => chunk.object === 'chat.completion.chunk' && chunk.model === 'm')).toBe(true);
    expect(chunks.map((chunk) => chunk.choices[0]?.delta)).toEqual([
      { role: 'assistant', content: '', refusal: null },
      { content: 'one' },
      { content: ' two' },
      {},
      undefined,
    ]);
    expect(chunks.map((chunk) => chunk.choices[0]?.finish_reason)).toEqual([null, null, null, 'stop', undefined]);
    expect(chunks.at(-1).usage).toEqual({ prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 });
  });

  it('answers whole when no stream is asked for, and echoes what it got', async () => {
    const answer = JSON.parse(await (await post({ model: 'echo', messages })).text());
    expect(answer.choices[0].message.content).toMatch(/^2 messages \[system user\] [0-9a-f]{12}: Hi$/);
    expect(server.requests[0]?.body.messages).toEqual(messages);
  });

  it('fails in the shape of OpenAI', async () => {
    server.script(() => ({ status: 429, headers: { 'retry-after': '3' } }));
    const response = await post({ model: 'm', messages });
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('3');
    expect(await response.json()).toEqual({
      error: { message: 'Scripted error 429.', type: 'requests', param: null, code: 'rate_limit_exceeded' },
    });
  });

  it('breaks the connection where the script says', async () => {
    server.script(() => ({ tokens: 'one two', breakAfter: { tokens: 1, how: 'destroy' } }));
    await expect(post({ model: 'm', messages, stream: true }).then(events)).rejects.toThrow();
    await server.requests[0]?.closed;
    expect(server.requests[0]?.disconnected).toBe(true);
  });
});
