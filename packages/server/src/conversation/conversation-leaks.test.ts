import { expect, it } from 'vitest';
import { createLanguageModelConnections } from '../providers/openai-compatible/connections.ts';
import { createLanguageModel } from '../providers/openai-compatible/language-model.ts';
import { startOpenAiServer } from '../testing/openai-server.ts';
import { createStartConversation } from './start-conversation.ts';

// A file of its own: other tests leave timers of the framework behind for up to two seconds.
it('two hundred conversations leave the process as it was', async () => {
  const server = await startOpenAiServer();
  const connections = createLanguageModelConnections();
  const start = createStartConversation({
    createLanguageModel: (endpoint, watch) => createLanguageModel(endpoint, connections, watch),
    report: (_sessionId, failure) => expect.unreachable(failure.kind),
  });
  const model = {
    provider: 'first',
    model: 'scripted',
    baseUrl: server.url,
    contextTokens: 4096,
    privateNetwork: true,
    firstTokenTimeoutMs: 20_000,
    nextTokenTimeoutMs: 20_000,
  };
  const converse = async () => {
    const conversation = await start({ sessionId: 1, instructions: 'x', history: [], models: [model] });
    const types: string[] = [];
    for await (const event of conversation.message('hello', { signal: new AbortController().signal })) types.push(event.type);
    await conversation.close();
    return types.at(-1);
  };
  const events = ['exit', 'uncaughtException', 'unhandledRejection', 'SIGINT', 'SIGTERM', 'warning'];
  const state = () => ({
    listeners: events.map((event) => process.listenerCount(event)),
    // Sockets to the provider are shared and stay open by intent, with a timer each.
    handles: process.getActiveResourcesInfo().filter((name) => !/^(TCP|Timeout)/.test(name)),
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length < 20,
  });
  await converse();
  const before = state();
  expect(before.timers).toBe(true);

  expect(new Set(await Promise.all(Array.from({ length: 200 }, converse)))).toEqual(new Set(['end']));
  // The framework leaves a timer of 2 s behind for every turn.
  await expect.poll(state, { timeout: 10_000 }).toEqual(before);
  await connections.close();
  await server.close();
});
