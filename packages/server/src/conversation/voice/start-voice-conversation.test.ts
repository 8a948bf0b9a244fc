import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VoiceConversation, VoiceEvent } from '../../core/calls/voice-conversation.ts';
import { TURN_DEFAULTS, type TurnSettings, type VoiceConversationSpec } from '../../core/calls/voice-spec.ts';
import type { SpeechReport } from '../../core/speech/callable-speech.ts';
import { createLanguageModelConnections, type LanguageModelConnections } from '../../providers/openai-compatible/connections.ts';
import { createLanguageModel } from '../../providers/openai-compatible/language-model.ts';
import { type OpenAiServer, startOpenAiServer } from '../../testing/openai-server.ts';
import { scriptedEndpoint } from '../../testing/scripted-endpoint.ts';
import { scriptedLine } from '../../testing/scripted-line.ts';
import {
  numberSaid,
  scriptedEars,
  scriptedSound,
  scriptedVoice,
  scriptedVoiceActivity,
  type VoiceScript,
} from '../../testing/scripted-voice.ts';
import { createStartVoiceConversation } from './start-voice-conversation.ts';

let server: OpenAiServer;
let connections: LanguageModelConnections;
const closing: Promise<unknown>[] = [];
const open: Array<{ conversation: VoiceConversation; line: ReturnType<typeof scriptedLine> }> = [];

beforeEach(async () => {
  server = await startOpenAiServer();
  connections = createLanguageModelConnections();
});
afterEach(async () => {
  for (const { conversation, line } of open.splice(0)) {
    line.stop();
    closing.push(conversation.close());
  }
  await connections.close();
  await server.close();
});
afterAll(() => Promise.all(closing));

type Of<Type extends VoiceEvent['type']> = VoiceEvent & { type: Type };

/** A conversation with a script, its events, and the numbers of the words that were played. */
async function begin({
  turn = {},
  voice = {},
  earsHow,
  speed = 4,
  delayMs = 0,
  ...spec
}: {
  turn?: Partial<TurnSettings>;
  voice?: VoiceScript;
  earsHow?: 'ends' | 'hangs';
  speed?: number;
  delayMs?: number;
  greeting?: string;
  endsAt?: number;
  changes?: Partial<VoiceConversationSpec>;
} = {}) {
  const ears = scriptedEars(earsHow ? { how: earsHow } : {});
  let reportVoice: (failure: SpeechReport) => void = () => {};
  const start = createStartVoiceConversation({
    createLanguageModel: (endpoint, watch) => createLanguageModel(endpoint, connections, watch),
    report: () => {},
    createEars: () => ears,
    createVoice: (_endpoints, { report }) => {
      reportVoice = report;
      return scriptedVoice(voice);
    },
    turnModels: async () => ({ vad: scriptedVoiceActivity(), createTurnDetector: () => 'vad' }),
  });
  const events: VoiceEvent[] = [];
  const waiting = new Set<() => void>();
  const conversation = await start(
    {
      sessionId: 7,
      instructions: 'You are a museum guide.',
      history: [],
      models: [scriptedEndpoint(server)],
      voice: {
        language: 'en',
        ears: [],
        voices: [],
        turn: { ...TURN_DEFAULTS, minEndpointingMs: 100, maxEndpointingMs: 200, ...turn },
        greeting: spec.greeting,
        endsAt: spec.endsAt ?? Date.now() + 3_600_000,
      },
      ...spec.changes,
    },
    (event) => {
      events.push(event);
      for (const check of [...waiting]) check();
    },
  );
  const line = scriptedLine({ speed });
  const numbers: number[] = [];
  line.onFrame = (frame) => {
    const number = numberSaid(frame);
    if (number > 0) numbers.push(number);
  };
  open.push({ conversation, line });
  const all = <Type extends VoiceEvent['type']>(type: Type) => events.filter((event): event is Of<Type> => event.type === type);
  return {
    conversation,
    line,
    ears,
    events,
    /** One for every 20 ms of a word that was played. */
    numbers,
    all,
    failVoice: (failure: SpeechReport) => reportVoice(failure),
    attach: () => conversation.attach(line, () => delayMs),
    /** Says something into the microphone and waits for the quiet behind it to be over. */
    say: async (text: string, ms = 600) => {
      ears.understood.push(text);
      await line.speak(scriptedSound(ms));
    },
    /** The event with this number of its type, when it is there. */
    event: <Type extends VoiceEvent['type']>(type: Type, index = 0): Promise<Of<Type>> =>
      new Promise((resolve) => {
        const check = () => {
          const found = all(type)[index];
          if (!found) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
  };
}
const seen = (index: number) => server.requests[index]?.body.messages?.map((message) => `${message.role}: ${message.content}`);

describe('a spoken conversation', () => {
  it('hears a question, answers it aloud, and says what happens', async () => {
    server.script(() => ({ tokens: 'We open at nine.' }));
    const { attach, say, event, events, all } = await begin();
    attach();
    await say('When do you open?');
    const end = await event('reply-end');
    expect(end).toMatchObject({ content: 'We open at nine.', interrupted: false, provider: 'scripted', model: 'scripted' });
    const turn = all('user-turn')[0];
    expect(turn).toMatchObject({ text: 'When do you open?' });
    expect(end.origin).toEqual({ type: 'speech', turnId: turn?.turnId });
    expect(all('transcript').map(({ text, final }) => [text, final])).toEqual([
      ['When', false],
      ['When do you open?', true],
    ]);
    expect(
      all('reply-delta')
        .map(({ text }) => text)
        .join(''),
    ).toBe('We open at nine.');
    expect(all('reply-words').flatMap(({ words }) => words.map(({ text }) => text))).toEqual(['We', 'open', 'at', 'nine.']);
    const order = events.map(({ type }) => type).filter((type, at, types) => types.indexOf(type) === at);
    expect(order.indexOf('user-speaking')).toBeLessThan(order.indexOf('user-turn'));
    expect(order.indexOf('user-turn')).toBeLessThan(order.indexOf('reply-start'));
    expect(order.indexOf('reply-start')).toBeLessThan(order.indexOf('reply-playing'));
    expect(seen(0)).toEqual([
      expect.stringMatching(/^system: You are a museum guide\.\s+This conversation is spoken/),
      'user: When do you open?',
    ]);
  });
});
