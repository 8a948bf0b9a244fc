import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEars, createVoice } from '../../compose-speech-engines.ts';
import type { VoiceEvent } from '../../core/calls/voice-conversation.ts';
import { TURN_DEFAULTS } from '../../core/calls/voice-spec.ts';
import type { LocalSpeech } from '../../providers/local-speech/local-speech.ts';
import { createLanguageModelConnections } from '../../providers/openai-compatible/connections.ts';
import { createLanguageModel } from '../../providers/openai-compatible/language-model.ts';
import { type OpenAiServer, startOpenAiServer } from '../../testing/openai-server.ts';
import {
  atRate,
  createRealSpeech,
  endpointOf,
  hear,
  joined,
  type Said,
  say,
  silence,
  textOf,
  wordErrors,
} from '../../testing/real-speech.ts';
import { scriptedEndpoint } from '../../testing/scripted-endpoint.ts';
import { scriptedLine } from '../../testing/scripted-line.ts';
import { ensureSpeechModels } from '../../testing/test-model.ts';
import { createStartVoiceConversation } from './start-voice-conversation.ts';

const { store } = await ensureSpeechModels();
const QUESTION = 'Please tell me when the museum opens on Sunday.';
const ANSWER = 'On Sunday the museum opens at nine in the morning.';

describe.skipIf(!store)('a spoken conversation with the ears, the voice and the turn detection of this machine', () => {
  let speech: LocalSpeech;
  let server: OpenAiServer;
  let question: Said;
  const connections = createLanguageModelConnections();
  beforeAll(async () => {
    speech = await createRealSpeech();
    await speech.start(new AbortController().signal);
    server = await startOpenAiServer();
    question = await say(endpointOf(speech), QUESTION, { voice: 'local/clara' });
  }, 60_000);
  afterAll(async () => {
    await connections.close();
    await server?.close();
    await speech?.stop();
  });

  it('understands a question that is spoken, and speaks an answer that can be understood', { timeout: 60_000 }, async () => {
    server.script(() => ({ tokens: ANSWER }));
    const local = { kind: 'local', ...endpointOf(speech) } as const;
    const start = createStartVoiceConversation({
      createLanguageModel: (endpoint, watch) => createLanguageModel(endpoint, connections, watch),
      report: () => {},
      createEars: (endpoints, options) => createEars(endpoints, { ...options, connections }),
      createVoice: (endpoints, options) => createVoice(endpoints, { ...options, connections }),
    });
    const events: VoiceEvent[] = [];
    let ended = () => {};
    const over = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const conversation = await start(
      {
        sessionId: 1,
        instructions: 'You are a museum guide.',
        history: [],
        models: [scriptedEndpoint(server)],
        voice: {
          language: 'en',
          ears: [local],
          voices: [{ ...local, speed: 1 }],
          turn: TURN_DEFAULTS,
          greeting: undefined,
          endsAt: Date.now() + 3_600_000,
        },
      },
      (event) => {
        events.push(event);
        if (event.type === 'reply-end') ended();
      },
    );
    const line = scriptedLine();
    const frames: Int16Array[] = [];
    line.onFrame = (frame) => frames.push(frame);
    conversation.attach(line, () => 0);
    await line.speak(joined([silence(0.3, 48_000), atRate(question.samples, 24_000, 48_000)]));
    await over;
    line.stop();
    await conversation.close();

    const turn = events.find((event) => event.type === 'user-turn');
    expect(wordErrors(QUESTION, turn?.text ?? ''), turn?.text).toBeLessThanOrEqual(1);
    const reply = events.find((event) => event.type === 'reply-end');
    expect(reply).toMatchObject({ content: ANSWER, interrupted: false, origin: { type: 'speech', turnId: turn?.turnId } });
    const words = events.flatMap((event) => (event.type === 'reply-words' ? event.words : []));
    expect(words.map(({ text }) => text).join(' ')).toBe(ANSWER);
    const heard = textOf(await hear(endpointOf(speech), atRate(joined(frames), 48_000, 16_000)));
    expect(wordErrors(ANSWER, heard), heard).toBeLessThanOrEqual(2);
  });
});
