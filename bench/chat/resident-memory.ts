import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createStartConversation } from '../../packages/server/src/conversation/start-conversation.ts';
import type { Conversation } from '../../packages/server/src/core/conversation.ts';
import { createLanguageModelConnections } from '../../packages/server/src/providers/openai-compatible/connections.ts';
import { createLanguageModel } from '../../packages/server/src/providers/openai-compatible/language-model.ts';
import { startOpenAiServer } from '../../packages/server/src/testing/openai-server.ts';
import { scriptedEndpoint } from '../../packages/server/src/testing/scripted-endpoint.ts';

const SESSIONS = 500;

/** Heap bytes of one conversation after one turn, measured over 500 of them in this process with forced collections. */
export async function residentSessionBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const server = await startOpenAiServer();
  server.script(() => ({ tokens: 'We are open.' }));
  const connections = createLanguageModelConnections();
  const start = createStartConversation({
    createLanguageModel: (endpoint, watch) => createLanguageModel(endpoint, connections, watch),
    report: () => undefined,
  });
  const open = async (sessionId: number): Promise<Conversation> => {
    const conversation = await start({
      sessionId,
      instructions: 'You answer for a shop.',
      history: [],
      models: [scriptedEndpoint(server)],
    });
    const { signal } = new AbortController();
    for await (const event of conversation.message('Are you open?', { signal })) if (event.type === 'end') break;
    return conversation;
  };
  for (let n = 0; n < 50; n++) await (await open(n)).close();
  collect();
  const before = process.memoryUsage().heapUsed;
  const conversations: Conversation[] = [];
  for (let n = 0; n < SESSIONS; n++) conversations.push(await open(n));
  collect();
  const bytes = (process.memoryUsage().heapUsed - before) / SESSIONS;
  await Promise.all(conversations.map((conversation) => conversation.close()));
  await connections.close();
  await server.close();
  return bytes;
}
