import { createStartVoiceConversation } from '../conversation/voice/start-voice-conversation.ts';
import type { VoiceEvent } from '../core/calls/voice-conversation.ts';
import { TURN_DEFAULTS, type TurnSettings } from '../core/calls/voice-spec.ts';
import type { ReplyEvent } from '../core/conversation.ts';
import { createLanguageModelConnections, type LanguageModelConnections } from '../providers/openai-compatible/connections.ts';
import { createLanguageModel } from '../providers/openai-compatible/language-model.ts';
import { type OpenAiServer, startOpenAiServer } from './openai-server.ts';
import { scriptedEndpoint } from './scripted-endpoint.ts';
import { scriptedLine } from './scripted-line.ts';
import {
  numberSaid,
  scriptedEars,
  scriptedSound,
  scriptedVoice,
  scriptedVoiceActivity,
  type VoiceScript,
} from './scripted-voice.ts';

/** Where spoken conversations are begun in a test: with a scripted model, scripted ears and voices, and lines with a clock. */
export interface TalkWorld {
  server: OpenAiServer;
  begin(options?: TalkOptions): Promise<Talk>;
  /** What the model was told with this request. */
  seen(index: number): string[] | undefined;
  /** Ends all; the framework takes half a second for each conversation, which `closed` waits for. */
  leave(): Promise<void>;
}

export interface TalkOptions {
  turn?: Partial<TurnSettings>;
  voice?: VoiceScript;
  earsHow?: 'ends' | 'hangs';
  /** Of the line's clock. */
  speed?: number;
  greeting?: string;
  endsAt?: number;
}

export type Talk = Awaited<ReturnType<typeof beginTalk>>;

const closing: Promise<unknown>[] = [];

/** Resolves when every conversation of this file is closed. */
export const closed = () => Promise.all(closing);

export async function createTalkWorld(): Promise<TalkWorld> {
  const server = await startOpenAiServer();
  const connections = createLanguageModelConnections();
  const open: Talk[] = [];
  return {
    server,
    async begin(options = {}) {
      const talk = await beginTalk(server, connections, options);
      open.push(talk);
      return talk;
    },
    seen: (index) => server.requests[index]?.body.messages?.map((message) => `${message.role}: ${message.content}`),
    async leave() {
      for (const { conversation, line } of open) {
        line.stop();
        closing.push(conversation.close());
      }
      await connections.close();
      await server.close();
    },
  };
}

type Of<Type extends VoiceEvent['type']> = VoiceEvent & { type: Type };

/** A conversation with a script, its events, and the numbers of the words that were played. */
async function beginTalk(
  server: OpenAiServer,
  connections: LanguageModelConnections,
  { turn = {}, voice = {}, earsHow, speed = 4, greeting, endsAt = Date.now() + 3_600_000 }: TalkOptions,
) {
  const ears = scriptedEars(earsHow ? { how: earsHow } : {});
  const start = createStartVoiceConversation({
    createLanguageModel: (endpoint, watch) => createLanguageModel(endpoint, connections, watch),
    report: () => {},
    createEars: () => ears,
    createVoice: () => scriptedVoice(voice),
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
        greeting,
        endsAt,
      },
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
  const all = <Type extends VoiceEvent['type']>(type: Type) => events.filter((event): event is Of<Type> => event.type === type);
  return {
    conversation,
    line,
    ears,
    events,
    /** One for every 20 ms of a word that was played. */
    numbers,
    all,
    /** `delayMs`: from the handover of a sample to the loudspeaker. */
    attach: (delayMs = 0) => conversation.attach(line, () => delayMs),
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
/** A signal that does not fire. */
export const never = new AbortController().signal;

/** Everything of a reply. */
export async function drain(events: AsyncIterable<ReplyEvent>): Promise<ReplyEvent[]> {
  const all: ReplyEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** Looks again with every turn of the event loop's clock. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Mulberry32: chance that is the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
