import { ReadableStream } from 'node:stream/web';
import { type llm, type stt, voice } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import type { EarsPipe } from './ears-pipe.ts';
import { SPEAKING_RATE, TIMED_WORDS } from './speech-output.ts';
import type { SpokenReply } from './spoken-reply.ts';
import { createWrittenText, type WrittenText } from './written-text.ts';

export interface VoiceAgentOptions {
  instructions: string;
  chatCtx: llm.ChatContext;
  tools: llm.ToolContextLike;
  ears: EarsPipe;
  model: llm.LLM;
  /** What is taken out of a text before the voice gets it. */
  transforms: voice.textTransforms.TextTransform[] | null;
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
    const { replyOf, transforms } = this.#options;
    const reply = replyOf();
    if (reply) reply.spoken = true;
    const written = createWrittenText();
    const watched = ReadableStream.from(watch(text, written));
    const sayable = transforms ? voice.textTransforms.applyTextTransforms(watched, transforms) : watched;
    const frames = await voice.Agent.default.ttsNode(this, sayable, settings);
    return frames && asWritten(frames, written, reply);
  }
}

async function* watch(text: AsyncIterable<string>, written: WrittenText): AsyncGenerator<string> {
  for await (const piece of text) {
    written.add(piece);
    yield piece;
  }
}

/** The same sound, every word in the spelling of the text; it ends at once when the reply is stopped. */
function asWritten(
  frames: ReadableStream<AudioFrame>,
  written: WrittenText,
  reply: SpokenReply | undefined,
): ReadableStream<AudioFrame> {
  const reader = frames.getReader();
  let stopped = false;
  const stop = () => {
    stopped = true;
    reader.cancel().catch(() => {});
  };
  return new ReadableStream<AudioFrame>({
    async start(controller) {
      reply?.onStop(stop);
      let end = 0;
      for (;;) {
        const { done, value: frame } = await reader.read();
        if (done || stopped) break;
        const words = frame.userdata[TIMED_WORDS] as voice.TimedString[] | undefined;
        if (words) {
          frame.userdata[TIMED_WORDS] = words.map((word) => voice.createTimedString({ ...word, text: written.take(word.text) }));
          end = words.at(-1)?.endTime ?? end;
        }
        controller.enqueue(frame);
      }
      const rest = stopped || end === 0 ? '' : written.rest();
      if (rest !== '') controller.enqueue(silentMark(rest, end));
      controller.close();
    },
    cancel: stop,
  });
}

/** Marks that nobody can say, such as a smiley at the end, come with a single silent sample. */
function silentMark(text: string, at: number): AudioFrame {
  const frame = new AudioFrame(new Int16Array(1), SPEAKING_RATE, 1, 1);
  frame.userdata[TIMED_WORDS] = [voice.createTimedString({ text, startTime: at, endTime: at })];
  return frame;
}
