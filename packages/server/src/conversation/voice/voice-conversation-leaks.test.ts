import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { TURN_DEFAULTS } from '../../core/calls/voice-spec.ts';
import { createLanguageModelConnections } from '../../providers/openai-compatible/connections.ts';
import { createLanguageModel } from '../../providers/openai-compatible/language-model.ts';
import { startOpenAiServer } from '../../testing/openai-server.ts';
import { scriptedEndpoint } from '../../testing/scripted-endpoint.ts';
import { scriptedLine } from '../../testing/scripted-line.ts';
import { scriptedEars, scriptedSound, scriptedVoice } from '../../testing/scripted-voice.ts';
import { PromptVoiceActivity } from './prompt-voice-activity.ts';
import { createStartVoiceConversation } from './start-voice-conversation.ts';

// A file of its own: other tests leave timers of the framework behind for up to two seconds.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

it('a hundred spoken conversations leave the process as it was', { timeout: 120_000 }, async () => {
  const server = await startOpenAiServer();
  server.script(() => ({ tokens: 'one two three four five six seven eight nine ten eleven twelve.' }));
  const connections = createLanguageModelConnections();
  const start = createStartVoiceConversation({
    createLanguageModel: (endpoint, watch) => createLanguageModel(endpoint, connections, watch),
    report: (_sessionId, failure) => expect.unreachable(failure.kind),
    createEars: () => scriptedEars(),
    createVoice: () => scriptedVoice(),
    turnModels: async () => ({ vad: shared, createTurnDetector: () => 'vad' }),
  });
  const shared = new PromptVoiceActivity();
  const converse = async () => {
    const types = new Set<string>();
    let playing = () => {};
    const spoken = new Promise<void>((resolve) => {
      playing = resolve;
    });
    const conversation = await start(
      {
        sessionId: 1,
        instructions: 'x',
        history: [],
        models: [scriptedEndpoint(server)],
        voice: {
          language: 'en',
          ears: [],
          voices: [],
          turn: TURN_DEFAULTS,
          greeting: 'Hello there.',
          endsAt: Date.now() + 3_600_000,
        },
      },
      ({ type }) => {
        types.add(type);
        if (type === 'reply-playing') playing();
      },
    );
    const line = scriptedLine();
    conversation.attach(line, () => 0);
    await line.speak(scriptedSound(200));
    await spoken;
    const reply = conversation.message('Count!', { signal: new AbortController().signal })[Symbol.asyncIterator]();
    await reply.next();
    // In the middle of a reply.
    await conversation.close();
    line.stop();
    return types.has('reply-end');
  };
  const converseInTens = async (count: number) => {
    for (let at = 0; at < count; at += 10) {
      const ended = await Promise.all(Array.from({ length: 10 }, converse));
      expect(new Set(ended)).toEqual(new Set([true]));
    }
  };
  const events = ['exit', 'uncaughtException', 'unhandledRejection', 'SIGINT', 'SIGTERM', 'warning'];
  const state = () => ({
    listeners: events.map((event) => process.listenerCount(event)),
    // Sockets to the provider are shared and stay open by intent, with a timer each.
    handles: process.getActiveResourcesInfo().filter((name) => !/^(TCP|Timeout)/.test(name)),
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length < 40,
    // What Node 20 and 22 write into every promise, once for each storage that follows asynchronous calls.
    marksOfPromise: Object.getOwnPropertySymbols(new Promise(() => {})).length,
  });
  const heapMb = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  await converseInTens(20);
  await expect.poll(() => state().timers, { timeout: 15_000 }).toBe(true);
  const [before, heapBefore] = [state(), heapMb()];

  await converseInTens(100);
  await expect.poll(state, { timeout: 15_000 }).toEqual(before);
  // A conversation that stayed would keep several hundred kilobytes each.
  expect(heapMb() - heapBefore).toBeLessThan(10);
  await connections.close();
  await server.close();
});
