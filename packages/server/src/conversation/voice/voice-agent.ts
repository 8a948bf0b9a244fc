import { ReadableStream } from 'node:stream/web';
import { type llm, type stt, voice } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import type { EarsPipe } from './ears-pipe.ts';
import type { SpokenReply } from './spoken-reply.ts';

export interface VoiceAgentOptions {
  instructions: string;
  chatCtx: llm.ChatContext;
  tools: llm.ToolContextLike;
  ears: EarsPipe;
  model: llm.LLM;
  /** The reply whose task is running. */
  replyOf: () => SpokenReply | undefined;
  /** Resolves when what was heard of interrupted replies is in the history. */
  settled: () => Promise<void>;
}

/** The framework's agent with our eyes on all that goes in and comes out, and our hand on what has to stop at once. */
export class VoiceAgent extends voice.Agent {
  readonly #options: VoiceAgentOptions;

  constructor(options: VoiceAgentOptions) {
    const { instructions, chatCtx, tools } = options;
    super({ instructions, chatCtx, tools });
    this.#options = options;
  }

  /**
   * The framework takes its copy of the history before a reply that was just talked over has got its place in it; the
   * model would not know what had been heard.
   */
  override async onUserTurnCompleted(chatCtx: llm.ChatContext): Promise<void> {
    await this.#options.settled();
    for (const item of this.chatCtx.items) if (!chatCtx.getById(item.id)) chatCtx.insert(item);
  }

  override async sttNode(audio: AsyncIterable<AudioFrame>): Promise<ReadableStream<stt.SpeechEvent>> {
    return this.#options.ears.listen(audio);
  }

  override async llmNode(
    chatCtx: llm.ChatContext,
    toolCtx: llm.ToolContext,
    { toolChoice }: voice.ModelSettings,
  ): Promise<ReadableStream<llm.ChatChunk>> {
    const reply = this.#options.replyOf();
    const stream = this.#options.model.chat({ chatCtx, toolCtx, ...(toolChoice === undefined ? {} : { toolChoice }) });
    const close = () => stream.close();
    reply?.onStop(close);
    // After a tool the model goes on where it stopped, without the blank in between.
    if (reply && /\S$/.test(reply.written)) reply.generated(' ');
    return new ReadableStream<llm.ChatChunk>({
      async start(controller) {
        for await (const chunk of stream) {
          reply?.generated(chunk.delta?.content ?? '');
          controller.enqueue(chunk);
        }
        controller.close();
      },
      cancel: close,
    });
  }

  override async transcriptionNode(text: AsyncIterable<string | voice.TimedString>): Promise<ReadableStream<string>> {
    return untilStopped(ReadableStream.from(withoutOuterBlanks(text)), this.#options.replyOf());
  }

  override async ttsNode(
    text: ReadableStream<string> | AsyncIterable<string>,
    settings: voice.ModelSettings,
  ): Promise<ReadableStream<AudioFrame> | null> {
    const reply = this.#options.replyOf();
    if (reply) reply.spoken = true;
    const frames = await voice.Agent.default.ttsNode(this, text, settings);
    return frames && untilStopped(frames, reply);
  }
}

/** The history holds no blanks at the ends of what was said: as it is stored, and as it comes back. */
async function* withoutOuterBlanks(text: AsyncIterable<string | voice.TimedString>): AsyncGenerator<string> {
  let begun = false;
  let held = '';
  for await (const piece of text) {
    const whole = held + (typeof piece === 'string' ? piece : piece.text);
    const said = (begun ? whole : whole.trimStart()).trimEnd();
    held = whole.slice(whole.trimEnd().length);
    if (said === '') continue;
    begun = true;
    yield said;
  }
}

/** The same stream, which ends at once when the reply is stopped: the framework would wait for what comes next, for seconds. */
function untilStopped<Item>(items: ReadableStream<Item>, reply: SpokenReply | undefined): ReadableStream<Item> {
  const reader = items.getReader();
  let stopped = false;
  const stop = () => {
    stopped = true;
    reader.cancel().catch(() => {});
  };
  return new ReadableStream<Item>({
    async start(controller) {
      reply?.onStop(stop);
      for (;;) {
        const { done, value } = await reader.read();
        if (done || stopped) break;
        controller.enqueue(value);
      }
      controller.close();
    },
    cancel: stop,
  });
}
