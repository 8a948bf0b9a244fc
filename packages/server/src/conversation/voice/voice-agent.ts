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
}

/** The framework's agent with our eyes on all that goes in and comes out, and our hand on what has to stop at once. */
export class VoiceAgent extends voice.Agent {
  readonly #options: VoiceAgentOptions;

  constructor(options: VoiceAgentOptions) {
    const { instructions, chatCtx, tools } = options;
    super({ instructions, chatCtx, tools });
    this.#options = options;
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

/** The same sound, which ends at once when the reply is stopped. */
function untilStopped(frames: ReadableStream<AudioFrame>, reply: SpokenReply | undefined): ReadableStream<AudioFrame> {
  const reader = frames.getReader();
  let stopped = false;
  const stop = () => {
    stopped = true;
    reader.cancel().catch(() => {});
  };
  return new ReadableStream<AudioFrame>({
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
