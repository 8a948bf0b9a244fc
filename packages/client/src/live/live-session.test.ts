import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type OpenAiServer, startOpenAiServer } from '../../../server/src/testing/openai-server.ts';
import { startTestApi, type TestApi } from '../../../server/src/testing/test-api.ts';
import { type Client, createClient } from '../client.ts';
import type { LiveOptions, LiveSession } from './live-interface.ts';
import { connectLive } from './live-session.ts';
import type { Told } from './state.ts';

// In writing, against the real server: calls need a browser, and are tried on the page for trying an agent.
let api: TestApi;
let models: OpenAiServer;
let client: Client;
let agentId: number;
const opened: LiveSession[] = [];

beforeAll(async () => {
  models = await startOpenAiServer();
  api = await startTestApi({ models });
  client = createClient({
    baseUrl: await api.app.listen({ port: 0, host: '127.0.0.1' }),
    credentials: { apiKey: api.apiKey },
  });
  agentId = (await client.agents.create({ name: 'Ada', custom_greeting: 'Hello!' })).agent_id;
});
afterEach(() => {
  for (const live of opened.splice(0)) live.close();
});
afterAll(async () => {
  await api.close();
  await models.close();
});

const connect = (options: Partial<LiveOptions> = {}) => {
  const live = connectLive({
    client: client.as(undefined),
    session: async (session_type) => (await client.sessions.create({ agent_id: agentId, session_type })).session,
    ...options,
  });
  opened.push(live);
  return live;
};
const lines = (live: LiveSession) => live.state.captions.lines.map(({ kind, text }) => `${kind}: ${text}`);
/** Where a browser keeps what belongs to a tab. */
const tab = () => {
  const held = new Map<string, string>();
  return {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => void held.set(key, value),
    removeItem: (key: string) => void held.delete(key),
  };
};

describe('a live session in writing', () => {
  it('begins with the first message, streams the reply, and tells its timings', async () => {
    models.script(() => ({ tokens: 'We open at nine.' }));
    const live = connect();
    const seen: string[] = [];
    const timings: number[] = [];
    live.on('state', ({ replying, captions }) => replying && seen.push(captions.lines.at(-1)?.text ?? ''));
    live.on('timings', ({ latency }) => timings.push(latency.first_token ?? -1));
    expect(live.state).toMatchObject({ connection: 'idle', sessionId: undefined });
    expect(await live.send('  When? ')).toBe(true);
    expect(lines(live)).toEqual(['agent: Hello!', 'user: When?', 'agent: We open at nine.']);
    expect(live.state).toMatchObject({ agentName: 'Ada', replying: false, problem: undefined });
    expect(seen.some((text) => text !== '' && 'We open at nine.'.startsWith(text))).toBe(true);
    expect(timings).toEqual([expect.any(Number)]);
  });

  it('gives back what could not be answered, and answers the same message at the next attempt', async () => {
    const live = connect();
    const problems: Told[] = [];
    live.on('problem', (problem) => problems.push(problem));
    models.script(() => ({ status: 401 }));
    expect(await live.send('When?')).toBe(false);
    expect(lines(live)).toEqual(['agent: Hello!']);
    expect(problems).toMatchObject([{ code: 'provider-unavailable' }]);
    expect(live.state.problem).toBe(problems[0]);
    models.script(() => ({ tokens: 'At nine.' }));
    expect(await live.send('When?')).toBe(true);
    expect(lines(live)).toEqual(['agent: Hello!', 'user: When?', 'agent: At nine.']);
    expect(await client.sessions.messages.list(live.state.sessionId ?? 0)).toHaveLength(3);
    expect(live.state.problem).toBeUndefined();
  });

  it('stops a reply', async () => {
    models.script(() => ({
      tokens: 'One two three.',
      gate: (index) => (index === 1 ? new Promise<void>(() => undefined) : undefined),
    }));
    const live = connect();
    const answered = live.send('Count');
    await vi.waitFor(() => expect(lines(live).at(-1)).toBe('agent: One'));
    live.interrupt();
    expect(await answered).toBe(true);
    expect(live.state.captions.lines.at(-1)).toMatchObject({ text: 'One', interrupted: true });
  });

  it('goes on after a reload of its tab, and knows when it ended meanwhile', async () => {
    models.script(() => ({ tokens: 'At nine.' }));
    const keep = { store: tab(), key: 'conversation' };
    const first = connect({ keep });
    await first.send('When?');
    first.close();
    const second = connect({ keep, session: () => Promise.reject(new Error('not asked for')) });
    await second.opened;
    expect(lines(second)).toEqual(['agent: Hello!', 'user: When?', 'agent: At nine.']);
    second.close();
    await client.sessions.end(second.state.sessionId ?? 0);
    const third = connect({ keep });
    await third.opened;
    // Its token died with it.
    expect(third.state).toMatchObject({ connection: 'idle', sessionId: undefined, problem: { code: 'invalid-token' } });
    expect(await third.send('And now?')).toBe(true);
    expect(third.state.sessionId).not.toBe(second.state.sessionId);
  });

  it('takes part in a session that is there, and ends it', async () => {
    const { session } = await client.sessions.create({ agent_id: agentId, session_type: 'chat' });
    const live = connect({ session, mode: 'chat' });
    await live.opened;
    expect(lines(live)).toEqual(['agent: Hello!']);
    await live.end();
    expect(live.state).toMatchObject({ connection: 'ended', ending: { reason: 'ended-by-client' } });
    expect((await client.sessions.get(session.session_id)).status).toBe('completed');
    expect(await live.send('Again')).toBe(false);
  });

  it('says that the conversation was ended elsewhere, when it is spoken to', async () => {
    const live = connect();
    await live.send('Hi');
    await client.sessions.end(live.state.sessionId ?? 0);
    expect(await live.send('Hi?')).toBe(false);
    expect(live.state).toMatchObject({ connection: 'ended', ending: { kind: 'refused' } });
    expect(await live.send('Hi?')).toBe(true);
    expect(live.state).toMatchObject({ connection: 'idle', ending: undefined });
  });
});
