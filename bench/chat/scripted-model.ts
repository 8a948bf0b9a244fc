import { startOpenAiServer } from '../../packages/server/src/testing/openai-server.ts';

// The instant scripted model, in a process of its own.
const server = await startOpenAiServer();
server.script(() => ({ tokens: 'We are open.' }));
process.send?.(server.url);
